#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/procfs.h"
#include "base/text.h"
#include "base/x.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/explain.h"
#include "status/status.h"
#include "web/dir.h"
#include "web/html.h"
#include "web/web.h"
#include "xbps/repo.h"
#include "xbps/stage.h"

/* the fields behind detail, when there is no job */
#define NOTHING "\t\t\t\t\t\t\t\t\t\n"

static void
datum(struct buf *b, const char *s)
{
	bufchar(b, '\t');
	if (s)
		textclean(b, s);
}

static void
number(struct buf *b, long long n)
{
	bufchar(b, '\t');
	if (n > 0)
		buffmt(b, "%lld", n);
}

/* what the repository has in its stage, and what that waits for: packages, named as
 * their files are */
static void
staged(const struct site *s, struct buf *b)
{
	const struct repopkg *pkg;
	const struct hold *h;
	size_t i;

	for (i = 0; i < s->noffers; i++) {
		pkg = s->offers[i].pkg;
		if (!pkg->staged)
			continue;
		textclean(b, pkg->pkgver);
		buffmt(b, ".%s\tstaged\t\t" NOTHING, pkg->arch);
	}
	for (i = 0; i < s->nholds; i++) {
		h = &s->holds[i];
		textclean(b, h->pkg ? h->pkg->pkgver : h->rebuild->user);
		buffmt(b, ".%s\trebuild\t", h->pkg ? h->pkg->arch : h->arch);
		datum(b, h->rebuild->soname);
		bufstr(b, NOTHING);
	}
}

int
webdata(struct site *s)
{
	const struct sjob *j;
	struct buf b = {0}, text = {0};
	size_t i;
	int r;

	bufstr(&b, "job\tstate\tsince\tdetail\tblocked by\tholds up\tasked\t"
	    "started\tended\ttries\tmachine\tmemory\texpected\n");
	for (i = 0; i < s->st->n; i++) {
		j = s->st->jobs[i];
		if (j->state == NSTATE)
			continue;
		textclean(&b, j->name);
		datum(&b, spoolstates[j->state]);
		number(&b, j->since);
		explainshort(s->st, j, &text);
		datum(&b, text.s ? text.s : "");
		text.len = 0;
		bufadd(&text, "", 0);
		datum(&b, j->root && j->root != j ? j->root->name : NULL);
		number(&b, (long long)j->blocks);
		number(&b, j->job.asked);
		number(&b, j->job.started);
		number(&b, j->job.ended);
		number(&b, j->job.tries);
		datum(&b, j->job.node);
		number(&b, j->job.memory);
		number(&b, j->end);
		bufchar(&b, '\n');
	}
	staged(s, &b);
	r = dirput(s->dir, "jobs.tsv", &b);
	buffree(&b);
	buffree(&text);
	return r;
}

