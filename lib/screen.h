/* The status as a table that fits a screen. */

struct buf;
struct status;

struct screen {
	int cols, rows;		/* 0: as many as it takes */
	int colour;
	const char *pick;	/* by number of job: whether to show it; NULL: all */
};

/* appends the table; st must have been linked */
void screen(const struct status *st, const struct screen *how, struct buf *b);
