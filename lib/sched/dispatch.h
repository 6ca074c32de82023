/* Which ready job is begun next, and when: while there are slots, best first, unless
 * something has to pass before. */

struct jobs;
struct part;

/* Makes the part of the scheduler. */
void dispatchpart(struct part *p, struct jobs *js);
