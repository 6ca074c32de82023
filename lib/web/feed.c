#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/pid.h"
#include "base/text.h"
#include "base/x.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/explain.h"
#include "status/rebuilds.h"
#include "status/status.h"
#include "web/dir.h"
#include "web/html.h"
#include "web/web.h"
#include "xbps/repo.h"
#include "xbps/stage.h"

enum { ENTRIES = 50 };

/* an ID that depends on the text alone: two hashes as a UUID of version 8 (RFC 9562) */
static void
identity(struct buf *b, const char *what)
{
	uint64_t hi, lo;

	hi = dirhash(0, what, strlen(what));
	lo = dirhash(hi, what, strlen(what));
	buffmt(b, "<id>urn:uuid:%08" PRIx32 "-%04" PRIx32 "-8%03" PRIx32
	    "-%04" PRIx32 "-%012" PRIx64 "</id>\n", (uint32_t)(hi >> 32),
	    (uint32_t)(hi >> 16 & 0xffff), (uint32_t)(hi & 0xfff),
	    (uint32_t)(lo >> 48 & 0x3fff) | 0x8000, lo & 0xffffffffffff);
}

static void
feedentry(const struct site *s, const struct sjob *j, struct buf *b)
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
	f = webfamily(s, j->name);
	bufstr(b, "<link href=\"");
	if (f) {
		bufstr(b, "pkg/");
		htmlurl(b, f->base);
	}
	bufstr(b, f ? ".html\"/>\n" : "index.html\"/>\n");
	bufstr(b, "<summary>");
	webdetail(s, b, j);
	bufstr(b, "</summary>\n</entry>\n");
}

/* what the entries of rebuilds are made with */
struct due {
	const struct site *site;
	struct buf *b;
	const struct rebuilds *rebuilds;
	int64_t since;
};

static void
dueentry(void *arg, const char *kind, const char *package, const char *what)
{
	const struct due *d = arg;
	struct buf *b = d->b;
	char *id;

	id = xasprintf("%s %s %s %s", kind, package, what, d->rebuilds->arch);
	bufstr(b, "<entry>\n");
	identity(b, id);
	free(id);
	bufstr(b, "<title>");
	htmltext(b, package);
	bufstr(b, strcmp(kind, "broken") == 0 ? " is broken" : " is to be rebuilt");
	bufstr(b, "</title>\n<updated>");
	htmlstamp(b, d->since);
	bufstr(b, "</updated>\n<link href=\"index.html\"/>\n<summary>");
	htmltext(b, strcmp(kind, "broken") == 0 ? "lacks " :
	    strcmp(kind, "relink") == 0 ? "was built with another interface of " :
	    "needs what the stage takes away: ");
	htmltext(b, what);
	bufstr(b, "</summary>\n</entry>\n");
}

/* when the index of the architecture was written */
static int64_t
indextime(const char *arch)
{
	struct stat st;
	char *path;
	int64_t t;

	path = xasprintf("%s/%s-repodata", confget(CONF_REPO), arch);
	t = stat(path, &st) == 0 ? st.st_mtim.tv_sec : 0;
	free(path);
	return t;
}

static void
dueentries(const struct site *s, struct buf *b)
{
	struct due d = { s, b, NULL, 0 };
	size_t i;

	for (i = 0; i < s->nrepos; i++) {
		d.rebuilds = s->repos[i];
		d.since = indextime(d.rebuilds->arch);
		rebuildseach(d.rebuilds, dueentry, &d);
	}
}

int
webfeed(struct site *s)
{
	struct weblist l = {0};
	struct buf b = {0};
	char *what;
	size_t i;
	int r;

	for (i = 0; i < s->st->n; i++) {
		if (s->st->jobs[i]->state == FAIL)
			weblistadd(&l, s->st->jobs[i]);
	}
	weblistsort(&l, weblatest);
	bufstr(&b, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	    "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n");
	what = xasprintf("%s %s", pidmachine(), s->sp->path);
	identity(&b, what);
	free(what);
	bufstr(&b, "<title>Failed builds, ");
	htmltext(&b, pidmachine());
	bufstr(&b, "</title>\n<author><name>spiff</name></author>\n"
	    "<link rel=\"self\" href=\"failures.atom\"/>\n"
	    "<link href=\"index.html\"/>\n<updated>");
	htmlstamp(&b, l.n ? l.jobs[0]->since : 0);
	bufstr(&b, "</updated>\n");
	for (i = 0; i < l.n && i < ENTRIES; i++)
		feedentry(s, l.jobs[i], &b);
	dueentries(s, &b);
	bufstr(&b, "</feed>\n");
	free(l.jobs);
	r = dirput(s->dir, "failures.atom", &b);
	buffree(&b);
	return r;
}
