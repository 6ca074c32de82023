/* The progress of a queue as a few lines of a terminal. */

struct buf;
struct eta;
struct status;

/* appends lines of at most cols columns, rows at most: a bar, and what builds */
void bar(const struct status *st, const struct eta *e, int cols, int rows,
    int colour, struct buf *b);
