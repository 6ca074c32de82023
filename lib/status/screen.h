/* The status as a table that fits a screen. */

struct buf;
struct eta;
struct status;

struct screen {
	int cols, rows;		/* 0: as many as it takes */
	int colour;
	const char *pick;	/* by number of job: whether to show it; NULL: all */
};

/* appends the table; st must have been linked */
void screen(const struct status *st, const struct eta *e,
    const struct screen *how, struct buf *b);
