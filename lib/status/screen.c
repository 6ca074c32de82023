#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/graph.h"
#include "base/text.h"
#include "base/x.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/explain.h"
#include "status/forecast.h"
#include "status/screen.h"
#include "status/status.h"

enum { NAMECOLS = 48, SPANCOLS = 7 };

static void
padcolumns(struct buf *b, size_t from, size_t cols, int right)
{
	struct buf text = {0};
	size_t n;

	bufadd(&text, b->s + from, b->len - from);
	n = textcols(text.s);
	b->len = right ? from : b->len;
	for (; n < cols; n++)
		bufchar(b, ' ');
	if (right)
		bufadd(b, text.s, text.len);
	buffree(&text);
}

static void
writedetail(const struct status *st, const struct sjob *j, struct buf *b)
{
	size_t start;

	if (j->state == RUN && j->job.node)
		buffmt(b, "%s: ", j->job.node);
	if (j->blocks)
		buffmt(b, "holds up %zu: ", j->blocks);
	start = b->len;
	explainshort(st, j, b);
	if (b->len == start && start > 2)
		b->len -= 2;
	bufadd(b, "", 0);
}

size_t
screenname(const struct sjob *j)
{
	struct buf b = {0};
	size_t n;

	textclean(&b, j->name);
	n = textcols(b.s);
	buffree(&b);
	return n < NAMECOLS ? n : NAMECOLS;
}

void
screenrow(const struct status *st, const struct sjob *j, size_t name, int cols,
    int fold, struct buf *b)
{
	struct buf text = {0};
	size_t from, used;

	bufstr(b, "  ");
	from = b->len;
	textcut(b, j->name, name);
	padcolumns(b, from, name, 0);
	bufchar(b, ' ');
	from = b->len;
	if (j->read)
		textspan(b, st->now - j->since);
	padcolumns(b, from, SPANCOLS, 1);
	writedetail(st, j, &text);
	if (fold && text.len > 0)
		bufstr(b, "\n  ");
	used = fold ? 4 : 2 + name + 1 + SPANCOLS + 2;
	if (text.len > 0 && (cols == 0 || (size_t)cols > used)) {
		bufstr(b, "  ");
		textcut(b, text.s, cols ? (size_t)cols - used : (size_t)-1);
	}
	bufchar(b, '\n');
	buffree(&text);
}

void
screennotes(const struct status *st, struct buf *b)
{
	const char *line;
	char *text;
	size_t n;

	if (!st->runner) {
		bufstr(b, "no spiff-run works on this spool; to start one: "
		    "spiff-run -s ");
		textclean(b, st->sp->path);
		bufchar(b, '\n');
	}
	if (st->paused)
		bufstr(b, "paused: nothing new starts\n");
	if (st->runner && st->trouble) {
		bufstr(b, "nothing can be started by the builder ");
		textclean(b, st->trouble);
		bufstr(b, ", since ");
		textspan(b, st->now - st->troubled);
		bufchar(b, '\n');
	}
	if (st->runner && st->unindexed) {
		bufstr(b, "what is built does not come into the index: ");
		textclean(b, st->unindexed);
		bufchar(b, '\n');
	}
	for (line = st->runner && st->cluster ? st->cluster : ""; *line; line += n) {
		n = strcspn(line, "\n") + 1;
		text = textline(line, n - 1);
		buffmt(b, "%s\n", text);
		free(text);
	}
}

/* appends a local time, with the date if it is not today's */
static void
localtimetext(const struct status *st, int64_t when, struct buf *b)
{
	struct tm now, then;
	time_t t;
	char text[32];

	t = st->now;
	if (!localtime_r(&t, &now))
		return;
	t = when;
	if (!localtime_r(&t, &then) || !strftime(text, sizeof text,
	    then.tm_yday == now.tm_yday && then.tm_year == now.tm_year ?
	    "%H:%M" : "%Y-%m-%d %H:%M", &then))
		return;
	bufstr(b, text);
}

void
screenprogress(const struct status *st, const struct forecast *e, struct buf *b)
{
	buffmt(b, "%zu built, %zu to go", e->built, e->left);
	if (e->left > 0 && e->unknown == e->left) {
		bufstr(b, ", time unknown");
	} else if (e->end || e->least) {
		bufstr(b, " in ");
		forecastleft(st, e, b);
	}
	if (e->end) {
		bufstr(b, ", until ");
		localtimetext(st, e->end, b);
	}
	if (e->blocked)
		buffmt(b, ", %zu blocked", e->blocked);
	if (e->lasthour)
		buffmt(b, "; %zu in the last hour", e->lasthour);
}

enum section { BUILDING, DELIVERED, COULD, WAITING, ASKED, HELD, FAILED, ENDED, CANCELLED,
	NSECTION };

static const struct {
	const char *title, *colour;
} sections[NSECTION] = {
	[BUILDING] = { "building", "32" },
	[DELIVERED] = { "built, not in the index yet", "32" },
	[COULD] = { "ready, for a slot", "36" },
	[WAITING] = { "waiting", "33" },
	[ASKED] = { "new", "36" },
	[HELD] = { "held", "33" },
	[FAILED] = { "failed", "31" },
	[ENDED] = { "done", "32" },
	[CANCELLED] = { "cancelled", "33" },
};

struct rows {
	const struct sjob **jobs;
	size_t n;
	size_t limit;	/* rows that are shown */
};

static enum section
sectionof(const struct sjob *j)
{
	/* a root cause counts in any state */
	if (j->root == j)
		return j->held ? HELD : FAILED;
	switch (j->state) {
	case NEW:
		return ASKED;
	case WAIT:
		return WAITING;
	case READY:
		return COULD;
	case RUN:
		return BUILDING;
	case BUILT:
		return DELIVERED;
	case FAIL:
		return FAILED;
	case DONE:
		return ENDED;
	case CANCEL:
		return CANCELLED;
	case NSTATE:
	default:
		return NSECTION;
	}
}

/* whether a table of all jobs leaves the section out, as its jobs need nothing more */
static int
isover(enum section s)
{
	return s == ENDED || s == CANCELLED;
}

/* jobs that block most first; then those that are not blocked, by their expected end */
static int
byweight(const void *a, const void *b)
{
	const struct sjob *x = *(const struct sjob *const *)a;
	const struct sjob *y = *(const struct sjob *const *)b;

	if (x->blocks != y->blocks)
		return x->blocks > y->blocks ? -1 : 1;
	if (!x->root != !y->root)
		return x->root ? 1 : -1;
	if (x->end != y->end)
		return !x->end || (y->end && x->end > y->end) ? 1 : -1;
	return strcmp(x->name, y->name);
}

static void
sortsections(const struct status *st, const char *pick, struct rows *rows)
{
	const struct sjob *j;
	struct rows *r;
	enum section s;
	size_t i;

	for (i = 0; i < st->n; i++) {
		j = st->jobs[i];
		s = sectionof(j);
		if (s == NSECTION || (pick ? !pick[i] : isover(s)))
			continue;
		r = &rows[s];
		r->jobs = xgrow(r->jobs, r->n, sizeof(struct sjob *));
		r->jobs[r->n++] = j;
	}
	for (s = 0; s < NSECTION; s++) {
		if (rows[s].n > 0)
			qsort(rows[s].jobs, rows[s].n, sizeof(struct sjob *),
			    byweight);
	}
}

/* lines that one more row of a section takes: none for the last row, which replaces the
 * line `and N more' */
static int
rowcost(const struct rows *r)
{
	return r->limit + 1 < r->n;
}

/* divides the lines of the screen: each section gets its title and a row, and the rest in
 * turn */
static void
sharelines(struct rows *rows, int height)
{
	static const enum section turns[NSECTION] = { BUILDING, FAILED, COULD,
	    HELD, WAITING, DELIVERED, ASKED, ENDED, CANCELLED };
	struct rows *r;
	int again, s;

	for (s = 0; s < NSECTION; s++) {
		rows[s].limit = rows[s].n > 0;
		if (rows[s].n > 0)
			height -= rows[s].n > 1 ? 4 : 3;
	}
	do {
		again = 0;
		for (s = 0; s < NSECTION; s++) {
			r = &rows[turns[s]];
			if (r->limit == r->n || rowcost(r) > height)
				continue;
			height -= rowcost(r);
			r->limit++;
			again = 1;
		}
	} while (again);
}

static size_t
widestname(const struct rows *rows)
{
	size_t i, max, n, s;

	max = 0;
	for (s = 0; s < NSECTION; s++) {
		for (i = 0; i < rows[s].limit; i++) {
			n = screenname(rows[s].jobs[i]);
			max = n > max ? n : max;
		}
	}
	return max;
}

static void
writetitle(const char *text, const char *colour, struct buf *b)
{
	if (colour)
		buffmt(b, "\033[1;%sm%s\033[0m\n", colour, text);
	else
		buffmt(b, "%s\n", text);
}

/* appends the lines above the sections; returns how many */
static int
writehead(const struct status *st, const struct forecast *e, int cols, struct buf *b)
{
	struct buf all = {0}, text = {0};
	char *line, *next;
	int n, s;

	for (s = 0; s < NSTATE; s++)
		buffmt(&all, "%s%s %zu", s ? "  " : "", spoolstates[s],
		    st->counts[s]);
	bufchar(&all, '\n');
	screennotes(st, &all);
	if (e->left > 0 || e->blocked > 0) {
		screenprogress(st, e, &all);
		bufchar(&all, '\n');
	}
	for (line = all.s; (next = strchr(line, '\n')); line = next + 1) {
		*next = '\0';
		textfold(&text, line, (size_t)cols);
	}
	n = 0;
	for (line = text.s; (line = strchr(line, '\n')); line++)
		n++;
	bufadd(b, text.s, text.len);
	buffree(&all);
	buffree(&text);
	return n;
}

void
screen(const struct status *st, const struct forecast *e,
    const struct screen *how, struct buf *b)
{
	struct rows rows[NSECTION] = {0};
	size_t i, name, s;
	int used;

	/* the last line is the shell's */
	used = writehead(st, e, how->cols, b) + 1;
	sortsections(st, how->pick, rows);
	sharelines(rows, how->rows ? how->rows - used : INT_MAX);
	name = widestname(rows);
	if (how->cols > 0 && name > (size_t)how->cols / 2)
		name = (size_t)how->cols / 2;
	for (s = 0; s < NSECTION; s++) {
		if (rows[s].n == 0)
			continue;
		bufchar(b, '\n');
		writetitle(sections[s].title, how->colour ? sections[s].colour :
		    NULL, b);
		for (i = 0; i < rows[s].limit; i++)
			screenrow(st, rows[s].jobs[i], name, how->cols, 0, b);
		if (i < rows[s].n)
			buffmt(b, "  and %zu more\n", rows[s].n - i);
		free(rows[s].jobs);
	}
}
