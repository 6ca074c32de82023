#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/procfs.h"
#include "base/text.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/explain.h"
#include "status/status.h"
#include "web/html.h"
#include "web/web.h"

static const struct {
	const char *file, *word;
} places[] = {
	{ "index.html", "Overview" },
	{ "packages.html", "Packages" },
	{ "plan.html", "Plan" },
	{ "history.html", "History" },
};

/* of a job's state; the last is of those that wait in vain */
static const struct {
	const char *class, *sign, *word;
} states[] = {
	[NEW] = { "new", "+", "new" },
	[WAIT] = { "wait", "\xe2\x97\x8b", "waiting" },
	[READY] = { "ready", "\xe2\x97\x8f", "ready" },
	[RUN] = { "run", "\xe2\x96\xb6", "building" },
	[BUILT] = { "built", "\xe2\x97\x86", "not yet in the index" },
	[DONE] = { "done", "\xe2\x9c\x93", "built" },
	[FAIL] = { "fail", "\xe2\x9c\x97", "failed" },
	[CANCEL] = { "cancel", "\xe2\x80\x93", "cancelled" },
	[NSTATE] = { "blocked", "?", "not in the spool" },
	[NSTATE + 1] = { "blocked", "!", "blocked" },
};

void
sitehead(struct buf *b, const char *root, const char *here, const char *title)
{
	size_t i;

	bufstr(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\""
	    "default-src 'none'; style-src 'self'; script-src 'self'; "
	    "img-src 'self'; base-uri 'none'; form-action 'none'\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, "
	    "initial-scale=1\">\n<title>");
	htmltext(b, title);
	if (!strstr(title, machinename())) {
		bufstr(b, ", ");
		htmltext(b, machinename());
	}
	buffmt(b, "</title>\n<link rel=\"stylesheet\" href=\"%sstyle.css\">\n"
	    "<link rel=\"icon\" href=\"%sicon.svg\" type=\"image/svg+xml\">\n"
	    "<link rel=\"alternate\" type=\"application/atom+xml\" "
	    "title=\"Failures\" href=\"%sfailures.atom\">\n"
	    "</head>\n<body%s>\n<a class=\"skip\" href=\"#main\">To the text</a>\n"
	    "<header>\n<nav aria-label=\"Pages\">\n", root, root, root,
	    here && strcmp(here, "plan.html") == 0 ? " class=\"plan\"" : "");
	for (i = 0; i < sizeof places / sizeof places[0]; i++)
		buffmt(b, "<a href=\"%s%s\"%s>%s</a>\n", root, places[i].file,
		    here && strcmp(here, places[i].file) == 0 ?
		    " aria-current=\"page\"" : "", places[i].word);
	buffmt(b, "<a href=\"%sfailures.atom\">Feed of failures</a>\n"
	    "<a href=\"%sjobs.tsv\">Data</a>\n</nav>\n</header>\n"
	    "<main id=\"main\">\n<h1>", root, root);
	htmltext(b, title);
	bufstr(b, "</h1>\n");
}

void
sitefoot(struct buf *b)
{
	bufstr(b, "</main>\n</body>\n</html>\n");
}

static size_t
stateof(const struct sjob *j)
{
	if ((j->state == WAIT || j->state == NEW) && j->root)
		return NSTATE + 1;
	return j->state;
}

const char *
siteclass(const struct sjob *j)
{
	return states[stateof(j)].class;
}

const char *
sitesign(const struct sjob *j)
{
	return states[stateof(j)].sign;
}

const char *
siteword(const struct sjob *j)
{
	return states[stateof(j)].word;
}

void
sitestate(struct buf *b, const struct sjob *j)
{
	buffmt(b, "<span class=\"state %s\"><b aria-hidden=\"true\">%s</b> %s"
	    "</span>", siteclass(j), sitesign(j), siteword(j));
}

void
sitecell(struct buf *b, const char *label)
{
	buffmt(b, "</td><td data-label=\"%s\">", label);
}

void
sitetable(struct buf *b, const char *id, const char *title, size_t count,
    const char *columns)
{
	size_t len;

	buffmt(b, "<h2 id=\"%s\">%s", id, title);
	if (count > 0)
		buffmt(b, " <span class=\"dim\">%zu</span>", count);
	buffmt(b, "</h2>\n<table class=\"cards\" aria-labelledby=\"%s\">\n"
	    "<thead><tr>", id);
	for (; *columns; columns += len + (columns[len] == '|')) {
		len = strcspn(columns, "|");
		buffmt(b, "<th scope=\"col\">%.*s</th>", (int)len, columns);
	}
	bufstr(b, "</tr></thead>\n<tbody>\n");
}

int64_t
sitesecs(const struct sjob *j)
{
	return j->state >= BUILT && j->job.started &&
	    j->job.ended >= j->job.started ? j->job.ended - j->job.started : -1;
}

void
sitebuild(struct buf *b, int64_t secs, int64_t memory, const char *node)
{
	sitecell(b, "It took");
	if (secs >= 0)
		textspan(b, secs);
	sitecell(b, "Memory");
	if (memory > 0)
		textsize(b, memory);
	sitecell(b, "Machine");
	if (node)
		htmltext(b, node);
}

void
sitelink(struct buf *b, const char *root, const struct family *f,
    const char *text)
{
	struct buf url = {0};

	buffmt(&url, "%spkg/", root);
	htmlurl(&url, f->base);
	bufstr(&url, ".html");
	htmllink(b, url.s, text);
	buffree(&url);
}

void
siteitem(struct buf *b, const char *root, const struct family *f,
    const struct sjob *j, const char *text)
{
	buffmt(b, "<li class=\"state %s\"><b aria-hidden=\"true\">%s</b> ",
	    siteclass(j), sitesign(j));
	if (f)
		sitelink(b, root, f, text);
	else
		htmltext(b, text);
	buffmt(b, " <span class=\"dim\">%s</span></li>\n", siteword(j));
}

void
sitejob(const struct site *s, struct buf *b, const char *root, const char *job)
{
	const struct family *f;

	f = sitefamily(s, job);
	if (f)
		sitelink(b, root, f, job);
	else
		htmltext(b, job);
}

int64_t
siteround(const struct site *s, int64_t when)
{
	int64_t left, step;

	left = when - s->st->now;
	step = left < 600 ? 60 : left < 3600 ? 300 : left < 86400 ? 1800 : 3600;
	return (when + step - 1) / step * step;
}

void
sitedetail(const struct site *s, struct buf *b, const struct sjob *j)
{
	struct buf text = {0};

	explainshort(s->st, j, &text);
	bufadd(&text, "", 0);
	htmltext(b, text.s);
	buffree(&text);
}

int
sitenames(const char *a, const char *b)
{
	int r;

	r = strcasecmp(a, b);
	return r ? r : strcmp(a, b);
}

int
sitelatest(const void *a, const void *b)
{
	const struct sjob *x = *(const struct sjob *const *)a;
	const struct sjob *y = *(const struct sjob *const *)b;

	if (x->since != y->since)
		return x->since > y->since ? -1 : 1;
	return strcmp(x->name, y->name);
}
