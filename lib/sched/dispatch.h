/* Starts builds while there are slots, best job first, unless a failure, the file pause
 * or a limit is in the way. */

struct jobs;
struct part;

/* Makes the part of the scheduler. */
void dispatchpart(struct part *p, struct jobs *js);
