/* The loop of spiff-run: what has happened, what follows from it, and then to
 * wait for more. */

struct sched;

enum { RUN_WIPED = -1 };

/* runs until a signal says to end, or, once, until nothing can move any more;
 * returns the exit status, or RUN_WIPED when the spool's directories were
 * removed or replaced and it has to be opened again */
int run(struct sched *s, int once);
