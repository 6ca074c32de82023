#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "buf.h"
#include "html.h"
#include "job.h"
#include "pages.h"
#include "site.h"
#include "spool.h"
#include "status.h"
#include "text.h"
#include "x.h"

enum {
	BARS = 30, LATEST = 200,
	HOUR = 3600, DAY = 24 * HOUR,
	/* pixels */
	WIDE = 22, HIGH = 160, HEAD = 8, FOOT = 22, SIDE = 44
};

/* how many were built and failed in each of the last hours or days */
struct chart {
	int64_t span, end;	/* of a bar; of the last one */
	size_t done[BARS], fail[BARS], most;
};

struct list {
	const struct sjob **jobs;
	size_t n;
};

static int
bytime(const void *a, const void *b)
{
	const struct sjob *x = *(const struct sjob *const *)a;
	const struct sjob *y = *(const struct sjob *const *)b;

	if (x->since != y->since)
		return x->since > y->since ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void
collect(const struct status *st, struct list *l)
{
	const struct sjob *j;
	size_t i;

	memset(l, 0, sizeof *l);
	for (i = 0; i < st->n; i++) {
		j = st->jobs[i];
		if ((j->state != DONE && j->state != FAIL) || j->fault)
			continue;
		l->jobs = xgrow(l->jobs, l->n, sizeof(struct sjob *));
		l->jobs[l->n++] = j;
	}
	if (l->n > 0)
		qsort(l->jobs, l->n, sizeof(struct sjob *), bytime);
}

static void
count(const struct status *st, const struct list *l, struct chart *c)
{
	const struct sjob *j;
	int64_t back;
	size_t i, n;

	memset(c, 0, sizeof *c);
	c->span = l->n > 0 && st->now - l->jobs[l->n - 1]->since < BARS * HOUR ?
	    HOUR : DAY;
	c->end = (st->now / c->span + 1) * c->span;
	for (i = 0; i < l->n; i++) {
		j = l->jobs[i];
		back = (c->end - 1 - j->since) / c->span;
		if (back < 0 || back >= BARS)
			continue;
		n = BARS - 1 - (size_t)back;
		if (j->state == DONE)
			c->done[n]++;
		else
			c->fail[n]++;
		if (c->done[n] + c->fail[n] > c->most)
			c->most = c->done[n] + c->fail[n];
	}
}

static const char *
label(const struct chart *c, int bar, char *text, size_t n)
{
	struct tm tm;
	time_t t;

	t = (time_t)(c->end - (BARS - bar) * c->span);
	if (!gmtime_r(&t, &tm) || strftime(text, n, c->span == HOUR ? "%H:00" :
	    "%d %b", &tm) == 0)
		return "";
	return text;
}

static void
piece(struct buf *b, const char *class, int x, int y, int high)
{
	if (high > 0)
		buffmt(b, "<rect class=\"bar %s\" x=\"%d\" y=\"%d\" width=\"%d\" "
		    "height=\"%d\"/>", class, x, y, WIDE - 6, high);
}

static int
scaled(size_t n, size_t most)
{
	int high;

	high = (int)(n * HIGH / most);
	return n > 0 && high < 2 ? 2 : high;
}

static void
bar(struct buf *b, const struct chart *c, int i)
{
	char text[32];
	int done, fail, x;

	done = scaled(c->done[i], c->most);
	fail = scaled(c->fail[i], c->most);
	x = SIDE + i * WIDE;
	buffmt(b, "<g><title>%s: %zu built, %zu failed</title>",
	    label(c, i, text, sizeof text), c->done[i], c->fail[i]);
	piece(b, "done", x + 3, HEAD + HIGH - done, done);
	piece(b, "fail", x + 3, HEAD + HIGH - done - fail - 1, fail);
	if (i % 5 == 4)
		buffmt(b, "<text class=\"small\" x=\"%d\" y=\"%d\" "
		    "text-anchor=\"middle\">%s</text>", x + WIDE / 2,
		    HEAD + HIGH + FOOT - 4, text);
	bufstr(b, "</g>\n");
}

static void
chart(struct buf *b, const struct chart *c)
{
	int i, wide;

	wide = SIDE + BARS * WIDE + 20;
	buffmt(b, "<h2 id=\"chart\">By the %s</h2>\n<div class=\"wide\" "
	    "tabindex=\"0\" role=\"region\" aria-labelledby=\"chart\">\n"
	    "<svg role=\"img\" aria-label=\"Builds that succeeded and failed\" "
	    "width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
	    "xmlns=\"http://www.w3.org/2000/svg\">\n",
	    c->span == HOUR ? "hour" : "day", wide, HEAD + HIGH + FOOT, wide,
	    HEAD + HIGH + FOOT);
	buffmt(b, "<line class=\"axis\" x1=\"%d\" y1=\"%d\" x2=\"%d\" "
	    "y2=\"%d\"/>\n<text class=\"small\" x=\"%d\" y=\"%d\" "
	    "text-anchor=\"end\">%zu</text>\n", SIDE, HEAD + HIGH, wide,
	    HEAD + HIGH, SIDE - 6, HEAD + 8, c->most);
	for (i = 0; i < BARS; i++)
		bar(b, c, i);
	bufstr(b, "</svg>\n</div>\n<ul class=\"counts\"><li class=\"state "
	    "done\"><b aria-hidden=\"true\">\xe2\x96\xa0</b> built</li>"
	    "<li class=\"state fail\"><b aria-hidden=\"true\">\xe2\x96\xa0</b> "
	    "failed</li></ul>\n");
}

static void
table(const struct site *s, struct buf *b, const struct list *l)
{
	const struct sjob *j;
	size_t i;

	bufstr(b, "<h2 id=\"latest\">The latest</h2>\n<table class=\"cards\" "
	    "aria-labelledby=\"latest\">\n<thead><tr>"
	    "<th scope=\"col\">Package</th><th scope=\"col\">State</th>"
	    "<th scope=\"col\">When</th><th scope=\"col\">It took</th>"
	    "<th scope=\"col\">Machine</th></tr></thead>\n<tbody>\n");
	for (i = 0; i < l->n && i < LATEST; i++) {
		j = l->jobs[i];
		bufstr(b, "<tr><td>");
		sitejob(s, b, "", j->name);
		sitecell(b, "State");
		sitestate(b, j);
		sitecell(b, "When");
		htmltime(b, j->since);
		sitecell(b, "It took");
		if (j->job.started && j->job.ended >= j->job.started)
			textspan(b, j->job.ended - j->job.started);
		sitecell(b, "Machine");
		if (j->job.node)
			htmltext(b, j->job.node);
		bufstr(b, "</td></tr>\n");
	}
	bufstr(b, "</tbody>\n</table>\n");
}

int
sitehistory(struct site *s)
{
	struct chart c;
	struct list l;
	struct buf b = {0};
	int r;

	collect(s->st, &l);
	count(s->st, &l, &c);
	sitehead(&b, "", "history.html", "History");
	if (c.most > 0)
		chart(&b, &c);
	if (l.n > 0)
		table(s, &b, &l);
	else
		bufstr(&b, "<p>Nothing has been built yet.</p>\n");
	sitefoot(&b);
	free(l.jobs);
	r = pagesput(s->pages, "history.html", &b);
	buffree(&b);
	return r;
}
