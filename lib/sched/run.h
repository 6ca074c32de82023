/* The loop of spiff-run: lets each part of the scheduler do what can be done, hands on
 * the events, and waits for more. */

struct jobs;

enum { RUN_WIPED = -1 };

/* Runs until a signal says to end or, once, until no job can move any more; the caller
 * has set its fields of js. Returns the exit status, or RUN_WIPED when the spool was
 * removed or replaced and must be opened again; *told is set when a signal said to end.
 * */
int run(struct jobs *js, int once, int *told);
