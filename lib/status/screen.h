/* The status as a table that fits a screen, and the lines that it consists of. */

#include <stddef.h>

struct buf;
struct forecast;
struct sjob;
struct status;

struct screen {
	int cols, rows;		/* 0: no limit */
	int colour;
	const char *pick;	/* by number of job: whether to show it, which must have
				 * been read then; NULL: all that are not done or
				 * cancelled */
};

/* Appends the table; st must have been linked. */
void screen(const struct status *st, const struct forecast *e,
    const struct screen *how, struct buf *b);

/* Returns the columns of the job's name. */
size_t screenname(const struct sjob *j);

/* Appends a line of at most cols columns, 0: any number: the job's name in name columns,
 * how long it has been in its state, and why, in a line of its own with fold. */
void screenrow(const struct status *st, const struct sjob *j, size_t name, int cols,
    int fold, struct buf *b);

/* Appends a line for each thing that keeps builds from being started. */
void screennotes(const struct status *st, struct buf *b);

/* Appends how many jobs are built and left, and the time left, without a newline. */
void screenprogress(const struct status *st, const struct forecast *e, struct buf *b);
