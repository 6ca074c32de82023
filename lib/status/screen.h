/* The status as a table that fits a screen, and the lines that it is made of. */

#include <stddef.h>

struct buf;
struct forecast;
struct sjob;
struct status;

struct screen {
	int cols, rows;		/* 0: as many as it takes */
	int colour;
	const char *pick;	/* by number of job: whether to show it; NULL: all */
};

/* appends the table; st must have been linked */
void screen(const struct status *st, const struct forecast *e,
    const struct screen *how, struct buf *b);

/* returns the columns that the job's name takes */
size_t screenname(const struct sjob *j);

/* appends a line: the job's name in so many columns, for how long it is there,
 * and what is to be said of it, in a line of its own if fold; of cols columns at
 * most, 0: as many as it takes */
void screenrow(const struct status *st, const struct sjob *j, size_t name, int cols,
    int fold, struct buf *b);

/* appends a line for each thing that keeps builds from being started */
void screennotes(const struct status *st, struct buf *b);

/* appends how much is built and left, and how long that will take, without the
 * end of the line */
void screenprogress(const struct status *st, const struct forecast *e, struct buf *b);
