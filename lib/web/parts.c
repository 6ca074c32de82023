#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/pid.h"
#include "base/text.h"
#include "base/x.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/explain.h"
#include "status/status.h"
#include "web/html.h"
#include "web/web.h"

static const struct {
	const char *file, *word;
} navigation[] = {
	{ "index.html", "Overview" },
	{ "packages.html", "Packages" },
	{ "schedule.html", "Schedule" },
	{ "history.html", "History" },
};

/* for each state, and for jobs blocked by another; style.css has a sign for each
 * class */
static const struct {
	const char *class, *word;
} states[] = {
	[NEW] = { "new", "new" },
	[WAIT] = { "wait", "waiting" },
	[READY] = { "ready", "ready" },
	[RUN] = { "run", "building" },
	[BUILT] = { "built", "not yet in the index" },
	[DONE] = { "done", "built" },
	[FAIL] = { "fail", "failed" },
	[CANCEL] = { "cancel", "cancelled" },
	[NSTATE] = { "lost", "not in the spool" },
	[NSTATE + 1] = { "blocked", "blocked" },
};

void
webhead(struct buf *b, const char *root, const char *here, const char *title)
{
	size_t i;

	buffmt(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\""
	    "default-src 'none'; style-src 'self'; %sbase-uri 'none'; "
	    "form-action 'none'\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width\">\n"
	    "<title>", *root ? "" :
	    "script-src 'self'; img-src 'self'; ");
	htmltext(b, title);
	if (!strstr(title, pidmachine())) {
		bufstr(b, ", ");
		htmltext(b, pidmachine());
	}
	buffmt(b, "</title>\n<link rel=\"stylesheet\" href=\"%sstyle.css\">\n",
	    root);
	if (!*root)
		bufstr(b, "<link rel=\"icon\" href=\"icon.svg\">\n"
		    "<link rel=\"alternate\" type=\"application/atom+xml\" "
		    "title=\"Failures\" href=\"failures.atom\">\n"
		    "<script src=\"site.js\" defer></script>\n");
	buffmt(b, "</head>\n<body>\n%s<header>\n<nav aria-label=\"Pages\">\n",
	    *root ? "" : "<a class=\"skip\" href=\"#main\">To the text</a>\n");
	for (i = 0; i < sizeof navigation / sizeof navigation[0]; i++)
		buffmt(b, "<a href=\"%s%s\"%s>%s</a>\n", root,
		    navigation[i].file, here && strcmp(here, navigation[i].file) == 0 ?
		    " aria-current=\"page\"" : "", navigation[i].word);
	if (!*root)
		bufstr(b, "<a href=\"failures.atom\">Feed of failures</a>\n"
		    "<a href=\"jobs.tsv\">Data</a>\n");
	buffmt(b, "</nav>\n</header>\n<main%s>\n<h1>", *root ? "" : " id=\"main\"");
	htmltext(b, title);
	bufstr(b, "</h1>\n");
}

void
webfoot(struct buf *b)
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
webclass(const struct sjob *j)
{
	return states[stateof(j)].class;
}

const char *
webword(const struct sjob *j)
{
	return states[stateof(j)].word;
}

void
webstate(struct buf *b, const struct sjob *j)
{
	buffmt(b, "<span class=\"state %s\">%s</span>", webclass(j), webword(j));
}

void
webcell(struct buf *b, const char *label)
{
	buffmt(b, "</td><td data-label=\"%s\">", label);
}

void
webtable(struct buf *b, const char *id, const char *title, size_t count,
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

void
webrowend(struct buf *b)
{
	bufstr(b, "</td></tr>\n");
}

void
webtableend(struct buf *b)
{
	bufstr(b, "</tbody>\n</table>\n");
}

void
webterm(struct buf *b, const char *term, const char *text)
{
	buffmt(b, "<dt>%s</dt><dd>", term);
	htmltext(b, text);
	bufstr(b, "</dd>\n");
}

int64_t
websecs(const struct sjob *j)
{
	return j->state >= BUILT && j->job.started &&
	    j->job.ended >= j->job.started ? j->job.ended - j->job.started : -1;
}

void
webbuild(struct buf *b, int64_t secs, int64_t memory, const char *node)
{
	webcell(b, "Time");
	if (secs >= 0)
		textspan(b, secs);
	webcell(b, "Memory");
	if (memory > 0)
		textsize(b, memory);
	webcell(b, "Machine");
	if (node)
		htmltext(b, node);
}

void
weblink(struct buf *b, const char *root, const struct family *f,
    const char *text)
{
	struct buf url = {0};

	if (!f) {
		htmltext(b, text);
		return;
	}
	if (root)
		buffmt(&url, "%spkg/", root);
	htmlurl(&url, f->base);
	bufstr(&url, ".html");
	htmllink(b, url.s, text);
	buffree(&url);
}

void
webjob(const struct site *s, struct buf *b, const char *root, const char *job)
{
	weblink(b, root, webfamily(s, job), job);
}

int64_t
webround(const struct site *s, int64_t when)
{
	int64_t left, step;

	left = when - s->st->now;
	step = left < 600 ? 60 : left < 3600 ? 300 : left < 86400 ? 1800 : 3600;
	return (when + step - 1) / step * step;
}

void
webturn(const struct site *s, struct buf *b, const struct sjob *j)
{
	struct explanation r;

	explain(s->st, j, &r);
	switch (r.why) {
	case WHY_RETRY:
		if (r.until) {
			bufstr(b, "its next try, at ");
			htmlclock(b, r.until + 59, s->st->now);
			break;
		}
		/* FALLTHROUGH */
	case WHY_SLOT:
		bufstr(b, "a slot");
		if (j->place > 1)
			buffmt(b, "; %zu go first", j->place - 1);
		break;
	case WHY_TAKEN:
		bufstr(b, "the scheduler");
		break;
	default:
		webdetail(s, b, j);
	}
	explainfree(&r);
}

void
webdetail(const struct site *s, struct buf *b, const struct sjob *j)
{
	struct buf text = {0};

	explainshort(s->st, j, &text);
	bufadd(&text, "", 0);
	htmltext(b, text.s);
	buffree(&text);
}

int
weblatest(const void *a, const void *b)
{
	const struct sjob *x = *(const struct sjob *const *)a;
	const struct sjob *y = *(const struct sjob *const *)b;

	if (x->since != y->since)
		return x->since > y->since ? -1 : 1;
	return strcmp(x->name, y->name);
}

void
weblistadd(struct weblist *l, const struct sjob *j)
{
	l->jobs = xgrow(l->jobs, l->n, sizeof(struct sjob *));
	l->jobs[l->n++] = j;
}

void
weblistsort(struct weblist *l, int (*cmp)(const void *, const void *))
{
	if (l->n > 0)
		qsort(l->jobs, l->n, sizeof(struct sjob *), cmp);
}

void
webquoted(struct buf *b, const char *s)
{
	struct buf clean = {0};
	const char *p;

	textclean(&clean, s);
	for (p = clean.s; *p; p++) {
		if (*p == '"' || *p == '\\')
			bufchar(b, '\\');
		bufchar(b, *p);
	}
	buffree(&clean);
}
