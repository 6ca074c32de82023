#include <stdlib.h>
#include <string.h>

#include "bar.h"
#include "buf.h"
#include "eta.h"
#include "job.h"
#include "row.h"
#include "spool.h"
#include "status.h"
#include "text.h"
#include "x.h"

enum { LEAST = 10, MOST = 30 };	/* columns of the bar */

/* what there is to say in the order in which it may be cut off */
static void
brief(const struct status *st, const struct eta *e, size_t all, struct buf *b)
{
	buffmt(b, "%zu%% %zu of %zu", all ? 100 * e->built / all : 100,
	    e->built, all);
	if (e->end) {
		bufstr(b, ", ");
		textspan(b, e->end - st->now);
		bufstr(b, " left");
	}
	if (e->blocked)
		buffmt(b, ", %zu blocked", e->blocked);
	buffmt(b, ", %zu/h", e->lasthour);
}

static void
progress(const struct status *st, const struct eta *e, size_t cols, int colour,
    struct buf *b)
{
	struct buf text = {0};
	size_t all, full, i, width;

	all = e->built + e->left + e->blocked;
	brief(st, e, all, &text);
	width = cols > textcols(text.s) + 3 ? cols - textcols(text.s) - 3 : 0;
	width = width < LEAST ? LEAST : width > MOST ? MOST : width;
	full = all ? width * e->built / all : width;
	bufchar(b, '[');
	if (colour)
		bufstr(b, "\033[32m");
	for (i = 0; i < full; i++)
		bufchar(b, '#');
	if (colour)
		bufstr(b, "\033[0m");
	for (; i < width; i++)
		bufchar(b, '.');
	bufstr(b, "] ");
	textcut(b, text.s, cols > width + 3 ? cols - width - 3 : 0);
	bufchar(b, '\n');
	buffree(&text);
}

/* why nothing moves; returns its lines */
static int
notes(const struct status *st, size_t cols, struct buf *b)
{
	struct buf text = {0};
	char *line, *next;
	int n;

	n = 0;
	rownotes(st, &text);
	for (line = text.s; line && (next = strchr(line, '\n')); line = next + 1) {
		*next = '\0';
		textcut(b, line, cols);
		bufchar(b, '\n');
		n++;
	}
	buffree(&text);
	return n;
}

/* what builds, longest under way first */
static int
bystart(const void *a, const void *b)
{
	const struct sjob *x = *(const struct sjob *const *)a;
	const struct sjob *y = *(const struct sjob *const *)b;

	if (x->since != y->since)
		return x->since < y->since ? -1 : 1;
	return strcmp(x->name, y->name);
}

void
bar(const struct status *st, const struct eta *e, int cols, int rows,
    int colour, struct buf *b)
{
	const struct sjob **jobs;
	size_t i, most, n, name;

	progress(st, e, (size_t)cols, colour, b);
	rows -= notes(st, (size_t)cols, b);
	jobs = xcalloc(st->n + 1, sizeof *jobs);
	name = n = 0;
	for (i = 0; i < st->n; i++) {
		if (st->jobs[i]->state != RUN)
			continue;
		jobs[n++] = st->jobs[i];
		if (rowname(st->jobs[i]) > name)
			name = rowname(st->jobs[i]);
	}
	qsort(jobs, n, sizeof *jobs, bystart);
	if (name > (size_t)cols / 2)
		name = (size_t)cols / 2;
	most = rows > 3 ? (size_t)rows - 3 : 0;
	for (i = 0; i < n && i < most; i++)
		row(st, jobs[i], name, cols, b);
	if (i < n)
		buffmt(b, "  and %zu more\n", n - i);
	free(jobs);
}
