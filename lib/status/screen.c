#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/graph.h"
#include "base/text.h"
#include "base/x.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/forecast.h"
#include "status/row.h"
#include "status/screen.h"
#include "status/status.h"

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

/* lines that one more row of a section takes: none when it is the last, in place
 * of the line that tells how many are left out */
static int
cost(const struct rows *r)
{
	return r->limit + 1 < r->n;
}

/* shares out the lines of the screen: each section has its title and a row, and
 * what is left is dealt out in turn */
static void
share(struct rows *rows, int height)
{
	static const enum section turns[NSECTION] = { BUILDING, FAILED, COULD,
	    WAITING, DELIVERED, ASKED };
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
			if (r->limit == r->n || cost(r) > height)
				continue;
			height -= cost(r);
			r->limit++;
			again = 1;
		}
	} while (again);
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

/* what is said of all; returns its lines */
static int
head(const struct status *st, const struct eta *e, int cols, struct buf *b)
{
	struct buf all = {0}, text = {0};
	char *line, *next;
	int n, s;

	for (s = 0; s < NSTATE; s++)
		buffmt(&all, "%s%s %zu", s ? "  " : "", spoolstates[s],
		    st->counts[s]);
	bufchar(&all, '\n');
	rownotes(st, &all);
	if (e->left > 0 || e->blocked > 0) {
		rowprogress(st, e, &all);
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
screen(const struct status *st, const struct eta *e,
    const struct screen *how, struct buf *b)
{
	struct rows rows[NSECTION] = {0};
	size_t i, name, s;
	int used;

	/* the last line is the shell's */
	used = head(st, e, how->cols, b) + 1;
	sort(st, how->pick, rows);
	share(rows, how->rows ? how->rows - used : INT_MAX);
	name = widest(rows);
	if (how->cols > 0 && name > (size_t)how->cols / 2)
		name = (size_t)how->cols / 2;
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
