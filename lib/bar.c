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

enum { BARCOLS = 30 };

static void
progress(const struct status *st, const struct eta *e, int cols, int colour,
    struct buf *b)
{
	struct buf text = {0};
	size_t all, full, i, width;

	width = cols / 3 < BARCOLS ? (size_t)cols / 3 : BARCOLS;
	all = e->built + e->left + e->blocked;
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
	rowprogress(st, e, &text);
	textcut(b, text.s, (size_t)cols - width - 3);
	bufchar(b, '\n');
	buffree(&text);
}

int
bar(const struct status *st, const struct eta *e, int cols, int rows,
    int colour, struct buf *b)
{
	size_t i, most, n, name;
	const struct sjob *j;

	progress(st, e, cols, colour, b);
	name = n = 0;
	most = rows > 3 ? (size_t)rows - 3 : 0;
	for (i = 0; i < st->n; i++) {
		j = st->jobs[i];
		if (j->state == RUN && rowname(j) > name)
			name = rowname(j);
	}
	if (name > (size_t)cols / 2)
		name = (size_t)cols / 2;
	for (i = 0; i < st->n && n < most; i++) {
		if (st->jobs[i]->state != RUN)
			continue;
		row(st, st->jobs[i], name, cols, b);
		n++;
	}
	if (n < st->counts[RUN]) {
		buffmt(b, "  and %zu more\n", st->counts[RUN] - n);
		n++;
	}
	return (int)n + 1;
}
