/* Follows the spool as it changes. */

struct buf;
struct spool;

struct follow {
	int terminal;		/* a descriptor, for a progress bar, or -1 */
	int colour;
	int (*emit)(const struct buf *b);	/* writes b; -1 ends follow */
};

/* Emits a line of explainline for each job that changes its state; on a terminal a line
 * for each that ends, with a progress bar below. Returns when no job can move by itself
 * any more: 0 all were built; 1 one failed or is blocked, or a signal came; -1 after a
 * message. */
int follow(const struct spool *sp, const struct follow *f);
