/* Keeps the queue in memory equal to the spool's directories: what others have
 * moved, added, edited or removed is seen from the kernel's hints, and without them by
 * a look at everything every few seconds. */

struct jobs;
struct part;

/* Makes the part of the scheduler. */
void jobscanpart(struct part *p, struct jobs *js);
