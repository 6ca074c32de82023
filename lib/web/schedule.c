#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/pid.h"
#include "base/text.h"
#include "base/x.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/forecast.h"
#include "status/status.h"
#include "web/dir.h"
#include "web/html.h"
#include "web/web.h"

/* The schedule: time from left to right, for each machine as many lines as it had builds
 * at a time. A build to come stands on any line that is free then, since its machine is
 * not known yet. */

enum {
	/* pixels */
	WIDE = 1120, EDGE = 4, HIGH = 22, PITCH = 26, HEAD = 34, NAME = 20,
	COLUMN = 7,		/* of a letter */
	LEAST = 6,		/* narrower bars are joined with their neighbours, */
	GATHER = 28,		/* of many builds, so that their number has room */
	MOST = 300,		/* bars of a picture */
	LINES = 40,		/* of a picture */
	ROWS = 200,		/* of the table */
	TICKS = 9,
	LEASTPAST = 600,	/* seconds */
	DATED = 50,		/* what a date and the word now need, side by side, */
	CLOCK = 20,		/* and what an hour and the line below it need */
	HOUR = 3600, DAY = 24 * HOUR
};

enum kind { BEFORE, FAILED, NOW, NEXT, GUESS, NKIND };

static const struct {
	const char *class, *word, *pattern;
} kinds[NKIND] = {
	[BEFORE] = { "done", "built", NULL },
	[FAILED] = { "fail", "failed", "<path d=\"M0 0L8 8M8 0L0 8\"/>" },
	[NOW] = { "run", "building", "<path d=\"M0 8L8 0\"/>" },
	[NEXT] = { "ready", "to come", NULL },
	[GUESS] = { "guess", "to come, time guessed", NULL },
};

struct stint {
	const struct sjob *job;
	const char *node;	/* NULL: not known */
	int64_t from, to;
	enum kind kind;
	int chain;		/* it is part of the critical chain */
	size_t line;
};

struct line {
	const char *node;
	int64_t free;		/* from when on */
};

struct schedule {
	const struct site *s;
	struct stint *list;	/* by line, then by beginning */
	size_t n;
	struct line lines[LINES];
	size_t nlines;
	int64_t from, to;	/* the time that is shown */
	size_t later;		/* builds left out for lack of lines */
	int least;		/* pixels of a bar */
};

static void
addstint(struct schedule *c, const struct sjob *j, enum kind kind, int64_t from,
    int64_t to)
{
	struct stint *t;

	if (to < c->from)
		return;
	c->list = xgrow(c->list, c->n, sizeof *c->list);
	t = &c->list[c->n++];
	memset(t, 0, sizeof *t);
	t->job = j;
	t->kind = kind;
	t->from = from;
	t->to = to;
	if (kind <= NOW)
		t->node = j->job.node ? j->job.node : pidmachine();
}

/* The past takes a quarter of the time to come, so that a narrow screen shows the
 * present; a day if nothing is left to build. */
static void
choosespan(struct schedule *c)
{
	const struct forecast *e = c->s->e;
	const struct sjob *j;
	int64_t back, first, now;
	size_t i;

	now = c->s->st->now;
	c->to = e->last > now ? e->last : now;
	back = e->left == 0 ? DAY : (c->to - now) / 4;
	back = back < LEASTPAST ? LEASTPAST : back;
	first = now;
	for (i = 0; i < c->s->st->n; i++) {
		j = c->s->st->jobs[i];
		if (j->state >= RUN && j->state != NSTATE && j->job.started &&
		    (j->state == RUN || j->job.ended >= now - back) &&
		    j->job.started < first)
			first = j->job.started;
	}
	c->from = first > now - back ? first : now - back;
	if (c->to - c->from < 60)
		c->from = c->to - 60;
}

static void
addstints(struct schedule *c)
{
	const struct status *st = c->s->st;
	const struct sjob *j;
	size_t i;

	for (i = 0; i < st->n; i++) {
		j = st->jobs[i];
		if (j->state == NSTATE || j->fault)
			continue;
		if (j->state == RUN && st->runner)
			addstint(c, j, NOW, forecastbegin(j), j->end > st->now ? j->end :
			    st->now);
		else if (j->state == RUN)
			addstint(c, j, j->guessed ? GUESS : NEXT, st->now, j->end);
		else if (j->state >= BUILT && j->state != CANCEL &&
		    j->job.started && j->job.ended >= j->job.started)
			addstint(c, j, j->state == FAIL ? FAILED : BEFORE,
			    j->job.started, j->job.ended);
		else if (j->state < RUN && j->end)
			addstint(c, j, j->guessed ? GUESS : NEXT, forecastbegin(j),
			    j->end);
	}
}

static int
bybeginning(const void *a, const void *b)
{
	const struct stint *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return strcmp(x->job->name, y->job->name);
}

static int
byline(const void *a, const void *b)
{
	const struct stint *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return bybeginning(a, b);
}

/* returns the line, of the build's machine or of any if that is not known, that became
 * free last; a new one if all are taken; nlines if there are LINES */
static size_t
lineof(struct schedule *c, const struct stint *t)
{
	const struct line *l;
	size_t best, i;

	best = c->nlines;
	for (i = 0; i < c->nlines; i++) {
		l = &c->lines[i];
		if (l->free <= t->from && (!t->node ||
		    (l->node && strcmp(l->node, t->node) == 0)) &&
		    (best == c->nlines || l->free > c->lines[best].free))
			best = i;
	}
	if (best == c->nlines && c->nlines < LINES) {
		c->lines[c->nlines].node = t->node;
		c->lines[c->nlines++].free = 0;
	}
	return best;
}

/* whether line x is drawn above y: by machine, lines without one last */
static int
above(const struct line *x, const struct line *y)
{
	int r;

	if (!x->node || !y->node)
		return x->node || (!y->node && x < y);
	r = strcmp(x->node, y->node);
	return r < 0 || (r == 0 && x < y);
}

/* puts the lines of a machine together */
static void
sortlines(struct schedule *c)
{
	struct line sorted[LINES];
	size_t place[LINES] = {0}, i, k;

	for (i = 0; i < c->nlines; i++) {
		for (k = 0; k < c->nlines; k++)
			place[i] += k != i && above(&c->lines[k], &c->lines[i]);
		sorted[place[i]] = c->lines[i];
	}
	for (i = 0; i < c->n; i++)
		c->list[i].line = place[c->list[i].line];
	memcpy(c->lines, sorted, c->nlines * sizeof *sorted);
}

static void
placestints(struct schedule *c)
{
	struct stint *t;
	size_t i, k;

	if (c->n > 0)
		qsort(c->list, c->n, sizeof *c->list, bybeginning);
	for (i = k = 0; i < c->n; i++) {
		t = &c->list[i];
		t->line = lineof(c, t);
		if (t->line == c->nlines) {
			c->later++;
			continue;
		}
		if (c->lines[t->line].free < t->to)
			c->lines[t->line].free = t->to;
		c->list[k++] = *t;
	}
	c->n = k;
	sortlines(c);
	if (c->n > 0)
		qsort(c->list, c->n, sizeof *c->list, byline);
	c->least = LEAST;
	if (c->n > MOST) {
		c->least = (int)(c->nlines * WIDE / MOST);
		c->least = c->least < GATHER ? GATHER : c->least;
	}
}

static void
markchain(struct schedule *c)
{
	struct forecaststep *path;
	size_t i, n;
	char *chain;

	chain = xcalloc(c->s->st->n, 1);
	n = forecastpath(c->s->st, &path);
	for (i = 0; i < n; i++)
		chain[path[i].job->at] = 1;
	for (i = 0; i < c->n; i++)
		c->list[i].chain = chain[c->list[i].job->at] && c->list[i].kind >= NOW;
	free(path);
	free(chain);
}

static int
timex(const struct schedule *c, int64_t t)
{
	if (t < c->from)
		t = c->from;
	return EDGE + (int)((t - c->from) * (WIDE - 2 * EDGE) / (c->to - c->from));
}

/* whether the line is the first of its machine */
static int
firstofmachine(const struct schedule *c, size_t line)
{
	const char *a, *b;

	if (line == 0)
		return 1;
	a = c->lines[line - 1].node;
	b = c->lines[line].node;
	return a && b ? strcmp(a, b) != 0 : a != b;
}

/* the lines of a machine stand below its name */
static int
liney(const struct schedule *c, size_t line)
{
	size_t i;
	int y;

	y = HEAD + (int)line * PITCH;
	for (i = 0; i <= line && i < c->nlines; i++)
		y += firstofmachine(c, i) ? NAME : 0;
	return y;
}

static void
label(struct buf *b, const char *class, int x, int y, const char *anchor,
    const char *text)
{
	buffmt(b, "<text class=\"%s\" x=\"%d\" y=\"%d\" text-anchor=\"%s\">", class, x,
	    y, anchor);
	htmltext(b, text);
	bufstr(b, "</text>\n");
}

/* lines at round times, with the hour, and the date where a day begins */
static void
drawticks(const struct schedule *c, struct buf *b, int bottom)
{
	static const int steps[] = { 60, 300, 600, 1800, HOUR, 3 * HOUR, 6 * HOUR,
	    12 * HOUR, DAY, 2 * DAY, 7 * DAY, 30 * DAY, 365 * DAY };
	const char *anchor;
	struct tm tm;
	char text[32];
	int64_t t;
	time_t at;
	size_t i;
	int day, x;

	for (i = 0; i + 1 < sizeof steps / sizeof steps[0] &&
	    (c->to - c->from) / steps[i] >= TICKS; i++)
		;
	day = -1;
	for (t = (c->from / steps[i] + 1) * steps[i]; t < c->to; t += steps[i]) {
		at = (time_t)t;
		if (!gmtime_r(&at, &tm))
			continue;
		x = timex(c, t);
		anchor = x < 40 ? "start" : x > WIDE - 40 ? "end" : "middle";
		buffmt(b, "<line class=\"axis\" x1=\"%d\" y1=\"%d\" x2=\"%d\" "
		    "y2=\"%d\"/>", x, HEAD, x, bottom);
		/* beside the word now there is no room: the next line has the date */
		if (tm.tm_yday != day && abs(x - timex(c, c->s->st->now)) >= DATED &&
		    strftime(text, sizeof text, "%d %b", &tm)) {
			label(b, "small", x, 12, anchor, text);
			day = tm.tm_yday;
		}
		if (steps[i] < DAY && abs(x - timex(c, c->s->st->now)) >= CLOCK &&
		    strftime(text, sizeof text, "%H:%M", &tm))
			label(b, "small", x, 26, anchor, text);
	}
}

/* the words of a bar for screen readers and the pointer */
static void
bartitle(const struct stint *t, size_t n, struct buf *b)
{
	const struct stint *last = &t[n - 1];
	struct buf text = {0};

	bufstr(&text, t->job->name);
	if (n > 1)
		buffmt(&text, " to %s, %zu builds", last->job->name, n);
	else
		buffmt(&text, ", %s", kinds[t->kind].word);
	bufstr(&text, ", ");
	textspan(&text, last->to - t->from);
	if (t->chain && n == 1)
		bufstr(&text, ", in the chain that decides the end");
	bufstr(b, "<title>");
	htmltext(b, text.s);
	bufstr(b, "</title>");
	buffree(&text);
}

/* returns the build whose look a bar of several builds gets */
static const struct stint *
chief(const struct stint *t, size_t n)
{
	static const int weight[NKIND] = { [FAILED] = 4, [NOW] = 3, [NEXT] = 2,
	    [GUESS] = 1 };
	const struct stint *best;
	size_t i;

	best = t;
	for (i = 1; i < n; i++) {
		if (weight[t[i].kind] > weight[best->kind])
			best = &t[i];
	}
	return best;
}

static int
chained(const struct stint *t, size_t n)
{
	size_t i;

	for (i = 0; i < n && !t[i].chain; i++)
		;
	return i < n;
}

/* one build as a link to its package, or several to the table */
static void
drawbar(const struct schedule *c, const struct stint *t, size_t n, struct buf *b)
{
	const struct family *f = n == 1 ? webfamily(c->s, t->job->name) : NULL;
	enum kind kind = chief(t, n)->kind;
	struct buf text = {0};
	int wide, x, y;

	x = timex(c, t->from);
	wide = timex(c, t[n - 1].to) - x - 1;
	wide = wide < 2 ? 2 : wide;
	y = liney(c, t->line);
	bufstr(b, "<a href=\"");
	if (f) {
		bufstr(b, "pkg/");
		htmlurl(b, f->base);
		bufstr(b, ".html");
	} else {
		bufstr(b, "#table");
	}
	bufstr(b, "\">");
	bartitle(t, n, b);
	buffmt(b, "<rect class=\"stint %s%s\" x=\"%d\" y=\"%d\" width=\"%d\" "
	    "height=\"%d\"/>", kinds[kind].class, chained(t, n) ? " chain" : "", x,
	    y, wide, HIGH);
	if (kinds[kind].pattern)
		buffmt(b, "<rect fill=\"url(#%s)\" x=\"%d\" y=\"%d\" width=\"%d\" "
		    "height=\"%d\"/>", kinds[kind].class, x, y, wide, HIGH);
	if (n > 1)
		buffmt(&text, "%zu", n);
	else if (wide > 5 * COLUMN)
		textcut(&text, t->job->job.pkgname, (size_t)(wide - 8) / COLUMN);
	if (text.len > 0 && wide >= (int)text.len * COLUMN + 4) {
		bufstr(b, "<text class=\"on\" ");
		buffmt(b, "x=\"%d\" y=\"%d\">", x + 4, y + 16);
		htmltext(b, text.s);
		bufstr(b, "</text>");
	}
	bufstr(b, "</a>\n");
	buffree(&text);
}

static int
sametime(enum kind a, enum kind b)
{
	return (a < NOW) == (b < NOW) && (a > NOW) == (b > NOW);
}

/* joins bars that would be too narrow, or too many, with those behind them, but past,
 * present and future only each with its own */
static void
drawbars(const struct schedule *c, struct buf *b)
{
	const struct stint *t;
	size_t i, n;

	for (i = 0; i < c->n; i += n) {
		t = &c->list[i];
		for (n = 1; i + n < c->n && t[n].line == t->line &&
		    sametime(t[n].kind, t->kind) &&
		    timex(c, t[n].to) - timex(c, t->from) <= c->least; n++)
			;
		drawbar(c, t, n, b);
	}
}

static void
drawpicture(const struct schedule *c, struct buf *b)
{
	int bottom, i, x;

	bottom = liney(c, c->nlines) + 4;
	buffmt(b, "<p class=\"narrow dim\">The picture is wider than this screen: "
	    "scroll it sideways.</p>\n<div class=\"wide\" tabindex=\"0\" "
	    "role=\"region\" aria-label=\"Picture of the schedule\">\n"
	    "<svg role=\"group\" aria-label=\"Builds by time and machine; the table "
	    "below says the same\" width=\"%d\" height=\"%d\" "
	    "viewBox=\"0 0 %d %d\" xmlns=\"http://www.w3.org/2000/svg\">\n<defs>\n",
	    WIDE, bottom, WIDE, bottom);
	for (i = 0; i < NKIND; i++) {
		if (kinds[i].pattern)
			buffmt(b, "<pattern id=\"%s\" class=\"%s\" width=\"8\" "
			    "height=\"8\" patternUnits=\"userSpaceOnUse\">%s"
			    "</pattern>\n", kinds[i].class, kinds[i].class,
			    kinds[i].pattern);
	}
	bufstr(b, "</defs>\n");
	drawticks(c, b, bottom);
	for (i = 0; (size_t)i < c->nlines; i++) {
		if (firstofmachine(c, (size_t)i))
			label(b, "small", EDGE, liney(c, (size_t)i) - 6, "start",
			    c->lines[i].node ? c->lines[i].node : i == 0 ?
			    "slots" : "more slots");
	}
	drawbars(c, b);
	x = timex(c, c->s->st->now);
	buffmt(b, "<line class=\"now\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>\n",
	    x, 16, x, bottom);
	label(b, "small now", x, 12, x > WIDE - 30 ? "end" : x < 30 ? "start" :
	    "middle", "now");
	bufstr(b, "</svg>\n</div>\n");
}

static void
drawlegend(const struct schedule *c, struct buf *b)
{
	size_t have[NKIND + 1] = {0}, i;

	for (i = 0; i < c->n; i++) {
		have[c->list[i].kind]++;
		have[NKIND] += c->list[i].chain != 0;
	}
	bufstr(b, "<ul class=\"counts\" aria-label=\"What the bars mean\">\n");
	for (i = 0; i <= NKIND; i++) {
		if (have[i] == 0)
			continue;
		buffmt(b, "<li><svg class=\"key\" width=\"28\" height=\"16\" "
		    "aria-hidden=\"true\"><rect class=\"stint %s\" x=\"2\" y=\"2\" "
		    "width=\"24\" height=\"12\"/>", i < NKIND ? kinds[i].class :
		    "ready chain");
		if (i < NKIND && kinds[i].pattern)
			buffmt(b, "<rect fill=\"url(#%s)\" x=\"2\" y=\"2\" "
			    "width=\"24\" height=\"12\"/>", kinds[i].class);
		buffmt(b, "</svg> %zu %s</li>\n", have[i], i < NKIND ?
		    kinds[i].word : "in the chain that decides the end");
	}
	bufstr(b, "</ul>\n");
}

/* builds under way and to come first, then the past, latest first */
static int
bynearness(const void *a, const void *b)
{
	const struct stint *x = *(const struct stint *const *)a;
	const struct stint *y = *(const struct stint *const *)b;

	if ((x->kind < NOW) != (y->kind < NOW))
		return x->kind < NOW ? 1 : -1;
	return x->kind < NOW ? bybeginning(y, x) : bybeginning(x, y);
}

static void
scheduletable(const struct schedule *c, struct buf *b)
{
	const int64_t now = c->s->st->now;
	const struct stint **order, *t;
	int64_t from, to;
	size_t i;

	order = xcalloc(c->n + 1, sizeof *order);
	for (i = 0; i < c->n; i++)
		order[i] = &c->list[i];
	qsort(order, c->n, sizeof *order, bynearness);
	webtable(b, "table", "The same as a table", c->n,
	    "Package|From|To|Time|Machine|What");
	for (i = 0; i < c->n && i < ROWS; i++) {
		t = order[i];
		bufstr(b, "<tr><td>");
		webjob(c->s, b, "", t->job->name);
		from = t->kind <= NOW ? t->from : webround(c->s, t->from);
		/* what is to come ends as much later as it begins later */
		to = t->kind < NOW ? t->to : t->kind == NOW ? webround(c->s, t->to) :
		    from + t->to - t->from;
		webcell(b, "From");
		htmlclock(b, from, now);
		webcell(b, "To");
		htmlclock(b, to, now);
		webcell(b, "Time");
		textspan(b, t->to - t->from);
		webcell(b, "Machine");
		htmltext(b, t->node ? t->node : "");
		webcell(b, "What");
		buffmt(b, "%s%s", kinds[t->kind].word, t->chain ?
		    ", in the chain that decides the end" : "");
		webrowend(b);
	}
	webtableend(b);
	if (i < c->n)
		buffmt(b, "<p>And %zu more.</p>\n", c->n - i);
	free(order);
}

static void
introduction(const struct schedule *c, struct buf *b)
{
	const struct forecast *e = c->s->e;

	if (e->left == 0) {
		bufstr(b, "<p>Nothing is left to build.</p>\n");
		return;
	}
	bufstr(b, "<p>What each machine built, builds now, and is expected to build. "
	    "A build to come is drawn where a slot will be free for it.");
	if (e->unbuilt > 0)
		buffmt(b, " Of %zu builds %zu are of packages that were never built: "
		    "their times are guesses.", e->left, e->unbuilt);
	if (c->later > 0)
		buffmt(b, " %zu builds for which there is no line are left out.",
		    c->later);
	bufstr(b, "</p>\n");
}

int
webschedule(struct site *s)
{
	struct schedule c = { .s = s };
	struct buf b = {0};
	int r;

	choosespan(&c);
	addstints(&c);
	placestints(&c);
	markchain(&c);
	webhead(&b, "", "schedule.html", "Schedule");
	introduction(&c, &b);
	if (c.n > 0) {
		drawlegend(&c, &b);
		drawpicture(&c, &b);
		scheduletable(&c, &b);
	}
	webfoot(&b);
	free(c.list);
	r = dirput(s->dir, "schedule.html", &b);
	buffree(&b);
	return r;
}
