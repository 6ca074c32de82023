/* The loop of spiff-run: has each part of the scheduler do what can be done, hands on
 * what has happened, and then waits for more. */

struct jobs;

enum { RUN_WIPED = -1 };

/* Runs until a signal says to end, or, once, until nothing can move any more; the
 * fields of js that its caller sets are set. Returns the exit status, or RUN_WIPED
 * when the spool's directories were removed or replaced and it has to be opened
 * again; *told is set when a signal said to end. */
int run(struct jobs *js, int once, int *told);
