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

enum { ENTRIES = 50 };

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
sitedata(struct site *s)
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
	r = pagesput(s->pages, "jobs.tsv", &b);
	buffree(&b);
	buffree(&text);
	return r;
}

/* a name that stays the same wherever the feed is made and read: the bits of two
 * hashes in the form of a UUID of one's own making (RFC 9562, version 8) */
static void
identity(struct buf *b, const char *what)
{
	uint64_t hi, lo;

	hi = pageshash(0, what, strlen(what));
	lo = pageshash(hi, what, strlen(what));
	buffmt(b, "<id>urn:uuid:%08" PRIx32 "-%04" PRIx32 "-8%03" PRIx32
	    "-%04" PRIx32 "-%012" PRIx64 "</id>\n", (uint32_t)(hi >> 32),
	    (uint32_t)(hi >> 16 & 0xffff), (uint32_t)(hi & 0xfff),
	    (uint32_t)(lo >> 48 & 0x3fff) | 0x8000, lo & 0xffffffffffff);
}

static void
entry(const struct site *s, const struct sjob *j, struct buf *b)
{
	const struct family *f;
	char *what;

	what = xasprintf("%s %lld", j->name, (long long)j->since);
	bufstr(b, "<entry>\n");
	identity(b, what);
	free(what);
	bufstr(b, "<title>");
	htmltext(b, j->name);
	bufstr(b, " failed");
	if (j->blocks)
		buffmt(b, " and holds up %zu", j->blocks);
	bufstr(b, "</title>\n<updated>");
	htmlstamp(b, j->since);
	bufstr(b, "</updated>\n");
	/* an entry without content must lead somewhere (RFC 4287, 4.1.2) */
	f = sitefamily(s, j->name);
	bufstr(b, "<link href=\"");
	if (f) {
		bufstr(b, "pkg/");
		htmlurl(b, f->base);
	}
	bufstr(b, f ? ".html\"/>\n" : "index.html\"/>\n");
	bufstr(b, "<summary>");
	sitedetail(s, b, j);
	bufstr(b, "</summary>\n</entry>\n");
}

int
sitefeed(struct site *s)
{
	struct sjob **jobs;
	struct buf b = {0};
	char *what;
	size_t i, n;
	int r;

	jobs = NULL;
	n = 0;
	for (i = 0; i < s->st->n; i++) {
		if (s->st->jobs[i]->state != FAIL)
			continue;
		jobs = xgrow(jobs, n, sizeof *jobs);
		jobs[n++] = s->st->jobs[i];
	}
	if (n > 0)
		qsort(jobs, n, sizeof *jobs, sitelatest);
	bufstr(&b, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	    "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n");
	what = xasprintf("%s %s", machinename(), s->sp->path);
	identity(&b, what);
	free(what);
	bufstr(&b, "<title>Failed builds, ");
	htmltext(&b, machinename());
	bufstr(&b, "</title>\n<author><name>spiff</name></author>\n"
	    "<link rel=\"self\" href=\"failures.atom\"/>\n"
	    "<link href=\"index.html\"/>\n<updated>");
	htmlstamp(&b, n ? jobs[0]->since : 0);
	bufstr(&b, "</updated>\n");
	for (i = 0; i < n && i < ENTRIES; i++)
		entry(s, jobs[i], &b);
	bufstr(&b, "</feed>\n");
	free(jobs);
	r = pagesput(s->pages, "failures.atom", &b);
	buffree(&b);
	return r;
}
