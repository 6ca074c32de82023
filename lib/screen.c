#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "eta.h"
#include "graph.h"
#include "job.h"
#include "row.h"
#include "screen.h"
#include "spool.h"
#include "status.h"
#include "text.h"
#include "x.h"

enum section { BUILDING, DELIVERED, COULD, WAITING, ASKED, FAILED, NSECTION };

static const struct {
	const char *title, *colour;
} sections[NSECTION] = {
	[BUILDING] = { "building", "32" },
	[DELIVERED] = { "built, not in the index yet", "32" },
	[COULD] = { "ready, for a slot", "36" },
	[WAITING] = { "waiting", "33" },
	[ASKED] = { "new", "36" },
	[FAILED] = { "failed", "31" },
};

struct rows {
	const struct sjob **jobs;
	size_t n;
	size_t limit;	/* of those that are shown */
};

static enum section
sectionof(const struct sjob *j)
{
	/* what others wait for in vain counts as failed, wherever it lies */
	if (j->root == j)
		return FAILED;
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
	case CANCEL:
	case NSTATE:
	default:
		return NSECTION;
	}
}

/* those that hold up most first; then those that nothing holds up, as they will
 * be built */
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
sort(const struct status *st, const char *pick, struct rows *rows)
{
	const struct sjob *j;
	struct rows *r;
	enum section s;
	size_t i;

	for (i = 0; i < st->n; i++) {
		j = st->jobs[i];
		s = sectionof(j);
		if (s == NSECTION || (pick && !pick[i]))
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

/* shares out the lines of the screen: a section that needs less than its part
 * leaves the rest to the others; what is left out is told in a line of its own */
static void
share(struct rows *rows, int height)
{
	size_t left, n, part, s;
	int again;

	left = height > 0 ? (size_t)height : (size_t)-1;
	do {
		again = 0;
		n = 0;
		for (s = 0; s < NSECTION; s++)
			n += rows[s].n > 0 && !rows[s].limit;
		part = n ? left / n : 0;
		for (s = 0; s < NSECTION; s++) {
			if (!rows[s].n || rows[s].limit || rows[s].n + 2 > part)
				continue;
			rows[s].limit = rows[s].n;
			left -= rows[s].n + 2;
			again = 1;
		}
	} while (again);
	for (s = 0; s < NSECTION; s++) {
		if (rows[s].n && !rows[s].limit)
			rows[s].limit = part > 4 ? part - 3 : 1;
	}
}

static size_t
widest(const struct rows *rows)
{
	size_t i, max, n, s;

	max = 0;
	for (s = 0; s < NSECTION; s++) {
		for (i = 0; i < rows[s].limit; i++) {
			n = rowname(rows[s].jobs[i]);
			max = n > max ? n : max;
		}
	}
	return max;
}

static void
title(const char *text, const char *colour, struct buf *b)
{
	if (colour)
		buffmt(b, "\033[1;%sm%s\033[0m\n", colour, text);
	else
		buffmt(b, "%s\n", text);
}

static void
counts(const struct status *st, struct buf *b)
{
	int s;

	for (s = 0; s < NSTATE; s++)
		buffmt(b, "%s%s %zu", s ? "  " : "", spoolstates[s],
		    st->counts[s]);
	bufchar(b, '\n');
	if (!st->runner)
		bufstr(b, "no spiff-run works on this spool\n");
	if (st->paused)
		bufstr(b, "paused: nothing new starts\n");
	if (st->runner && st->trouble) {
		bufstr(b, "nothing can be started by the builder ");
		textclean(b, st->trouble);
		bufstr(b, ", since ");
		textspan(b, st->now - st->troubled);
		bufchar(b, '\n');
	}
}

void
screen(const struct status *st, const struct eta *e,
    const struct screen *how, struct buf *b)
{
	struct rows rows[NSECTION] = {0};
	size_t i, name, s;

	counts(st, b);
	if (e->left > 0 || e->blocked > 0) {
		rowprogress(st, e, b);
		bufchar(b, '\n');
	}
	sort(st, how->pick, rows);
	share(rows, how->rows ? how->rows - 5 : 0);
	name = widest(rows);
	for (s = 0; s < NSECTION; s++) {
		if (rows[s].n == 0)
			continue;
		bufchar(b, '\n');
		title(sections[s].title, how->colour ? sections[s].colour :
		    NULL, b);
		for (i = 0; i < rows[s].limit; i++)
			row(st, rows[s].jobs[i], name, how->cols, b);
		if (i < rows[s].n)
			buffmt(b, "  and %zu more\n", rows[s].n - i);
		free(rows[s].jobs);
	}
}
