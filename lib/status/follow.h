/* The spool followed as it changes. */

struct buf;
struct spool;

struct follow {
	int terminal;		/* its descriptor, for a progress bar; -1: none */
	int colour;
	int (*emit)(const struct buf *b);	/* writes b at once; -1 ends all */
};

/* emits a line for each job that comes to another state, as explainline has it, or
 * on a terminal one for each that ends, and below them a progress bar that is
 * drawn anew in its place; returns when nothing is left that moves by itself: 0
 * all was built, 1 something failed or is blocked, or a signal came, -1 after
 * a message */
int follow(const struct spool *sp, const struct follow *f);
