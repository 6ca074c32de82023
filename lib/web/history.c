#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/x.h"
#include "spool/job.h"
#include "spool/record.h"
#include "spool/spool.h"
#include "status/status.h"
#include "web/dir.h"
#include "web/html.h"
#include "web/web.h"

enum {
	BARS = 30, LATEST = 200,
	NTH = 3,		/* of the bars have a label */
	HOUR = 3600, DAY = 24 * HOUR,
	/* pixels */
	WIDE = 39, HIGH = 160, HEAD = 20, FOOT = 22, EDGE = 6
};

/* how many were built and failed in each of the last hours or days */
struct chart {
	int64_t span, end;	/* of a bar; of the last one */
	size_t done[BARS], fail[BARS], most;
};

static void
endedjobs(const struct status *st, struct weblist *l)
{
	const struct sjob *j;
	size_t i;

	for (i = 0; i < st->n; i++) {
		j = st->jobs[i];
		if ((j->state == DONE || j->state == FAIL) && !j->fault)
			weblistadd(l, j);
	}
	weblistsort(l, weblatest);
}

static void
countend(struct chart *c, int64_t when, int built)
{
	int64_t back;
	size_t n;

	back = (c->end - 1 - when) / c->span;
	if (when >= c->end || back >= BARS)
		return;
	n = BARS - 1 - (size_t)back;
	if (built)
		c->done[n]++;
	else
		c->fail[n]++;
	if (c->done[n] + c->fail[n] > c->most)
		c->most = c->done[n] + c->fail[n];
}

/* counts the builds that SPIFF_HISTORY tells of, and before these the jobs */
static void
countbars(const struct status *st, const struct weblist *l, struct chart *c)
{
	const struct recordend *ends;
	int64_t first;
	size_t i, n;

	memset(c, 0, sizeof *c);
	recordread();
	ends = recordrecent(&n);
	first = n > 0 ? ends[0].ended : st->now + 1;
	if (l->n > 0 && l->jobs[l->n - 1]->since < first)
		first = l->jobs[l->n - 1]->since;
	c->span = l->n + n > 0 && st->now - first < BARS * HOUR ? HOUR : DAY;
	c->end = (st->now / c->span + 1) * c->span;
	for (i = 0; i < l->n; i++) {
		if (n == 0 || l->jobs[i]->since < ends[0].ended)
			countend(c, l->jobs[i]->since, l->jobs[i]->state == DONE);
	}
	for (i = 0; i < n; i++)
		countend(c, ends[i].ended, ends[i].built);
}

/* the hour or day that a bar begins with; an hour with its date if dated, or early in a
 * day */
static const char *
timelabel(const struct chart *c, int bar, int dated, char *text, size_t n)
{
	struct tm tm;
	time_t t;

	t = (time_t)(c->end - (BARS - bar) * c->span);
	if (!gmtime_r(&t, &tm) || strftime(text, n, c->span == DAY ? "%d %b" :
	    dated || tm.tm_hour < NTH ? "%d %b %H:00" : "%H:00", &tm) == 0)
		return "";
	return text;
}

static void
barpiece(struct buf *b, const char *class, int x, int y, int high)
{
	if (high > 0)
		buffmt(b, "<rect class=\"bar %s\" x=\"%d\" y=\"%d\" width=\"%d\" "
		    "height=\"%d\"/>", class, x + 4, y, WIDE - 8, high);
}

static int
scaled(size_t n, size_t most)
{
	int high;

	high = (int)(n * HIGH / most);
	return n > 0 && high < 2 ? 2 : high;
}

static void
barlabel(struct buf *b, int x, int y, const char *anchor, const char *text)
{
	buffmt(b, "<text class=\"small\" x=\"%d\" y=\"%d\" "
	    "text-anchor=\"%s\">%s</text>", x, y, anchor, text);
}

static void
drawbar(struct buf *b, const struct chart *c, int i)
{
	char text[32], n[32];
	int done, fail, gap, x;

	done = scaled(c->done[i], c->most);
	fail = scaled(c->fail[i], c->most);
	gap = done > 0 && fail > 0;
	x = i * WIDE;
	barpiece(b, "done", x, HEAD + HIGH - done, done);
	barpiece(b, "fail", x, HEAD + HIGH - done - fail - gap, fail);
	if (done + fail > 0) {
		snprintf(n, sizeof n, "%zu", c->done[i] + c->fail[i]);
		barlabel(b, x + WIDE / 2, HEAD + HIGH - done - fail - gap - 5,
		    "middle", n);
	}
	/* behind the last bar the picture ends */
	if ((BARS - 1 - i) % NTH == 0)
		barlabel(b, i == BARS - 1 ? x + WIDE : x + WIDE / 2,
		    HEAD + HIGH + FOOT - 4, i == BARS - 1 ? "end" : "middle",
		    timelabel(c, i, i < NTH, text, sizeof text));
	bufchar(b, '\n');
}

static void
charttable(struct buf *b, const struct chart *c)
{
	char text[32];
	int i;

	bufstr(b, "<details><summary>The same in numbers</summary>\n<table>\n"
	    "<thead><tr><th scope=\"col\">From</th><th scope=\"col\">Built</th>"
	    "<th scope=\"col\">Failed</th></tr></thead>\n<tbody>\n");
	for (i = BARS - 1; i >= 0; i--) {
		if (c->done[i] + c->fail[i] > 0)
			buffmt(b, "<tr><td>%s</td><td>%zu</td><td>%zu</td></tr>\n",
			    timelabel(c, i, 1, text, sizeof text), c->done[i],
			    c->fail[i]);
	}
	bufstr(b, "</tbody>\n</table>\n</details>\n");
}

static void
drawchart(struct buf *b, const struct chart *c)
{
	int i, wide;

	wide = BARS * WIDE + EDGE;
	buffmt(b, "<h2 id=\"chart\">By the %s</h2>\n<div class=\"wide late\" "
	    "tabindex=\"0\" role=\"region\" aria-labelledby=\"chart\">\n"
	    "<svg role=\"img\" aria-label=\"Builds that succeeded and failed, "
	    "the last %d %ss; numbers below\" width=\"%d\" height=\"%d\" "
	    "viewBox=\"0 0 %d %d\" xmlns=\"http://www.w3.org/2000/svg\">\n",
	    c->span == HOUR ? "hour" : "day", BARS,
	    c->span == HOUR ? "hour" : "day", wide, HEAD + HIGH + FOOT, wide,
	    HEAD + HIGH + FOOT);
	buffmt(b, "<line class=\"axis\" x1=\"0\" y1=\"%d\" x2=\"%d\" "
	    "y2=\"%d\"/>\n", HEAD + HIGH, wide, HEAD + HIGH);
	for (i = 0; i < BARS; i++)
		drawbar(b, c, i);
	bufstr(b, "</svg>\n</div>\n<ul class=\"counts\"><li class=\"state "
	    "done\">built</li>"
	    "<li class=\"state fail\">failed</li></ul>\n");
	charttable(b, c);
}

static void
latesttable(const struct site *s, struct buf *b, const struct weblist *l)
{
	size_t i;

	webtable(b, "latest", "The latest", 0, "Package|State|When|" WEBBUILD);
	for (i = 0; i < l->n && i < LATEST; i++) {
		bufstr(b, "<tr><td>");
		webjob(s, b, "", l->jobs[i]->name);
		webcell(b, "State");
		webstate(b, l->jobs[i]);
		webcell(b, "When");
		htmltime(b, l->jobs[i]->since);
		webbuild(b, websecs(l->jobs[i]), l->jobs[i]->job.memory,
		    l->jobs[i]->job.node);
		webrowend(b);
	}
	webtableend(b);
}

int
webhistory(struct site *s)
{
	struct chart c;
	struct weblist l = {0};
	struct buf b = {0};
	int r;

	endedjobs(s->st, &l);
	countbars(s->st, &l, &c);
	webhead(&b, "", "history.html", "History");
	if (c.most > 0)
		drawchart(&b, &c);
	if (l.n > 0)
		latesttable(s, &b, &l);
	else if (c.most == 0)
		bufstr(&b, "<p>Nothing has been built yet.</p>\n");
	webfoot(&b);
	free(l.jobs);
	r = dirput(s->dir, "history.html", &b);
	buffree(&b);
	return r;
}
