/* Runs spiff-rebuild when an index may have changed: it tells hooks of broken packages,
 * and queues them where the settings say so. */

struct jobs;
struct part;

/* Makes the part of the scheduler. */
void rebuildpart(struct part *p, struct jobs *js);
