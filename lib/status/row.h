/* Single lines for people: a job, and the progress of all. */

#include <stddef.h>

struct buf;
struct eta;
struct sjob;
struct status;

/* returns the columns that the job's name takes */
size_t rowname(const struct sjob *j);

/* appends a line: the job's name in so many columns, for how long it is there,
 * and what is to be said of it; of cols columns at most, 0: as many as it takes */
void row(const struct status *st, const struct sjob *j, size_t name, int cols,
    struct buf *b);

/* appends a line for each thing that keeps builds from being started */
void rownotes(const struct status *st, struct buf *b);

/* appends how much is built and left, and how long that will take, without the
 * end of the line */
void rowprogress(const struct status *st, const struct eta *e, struct buf *b);
