/* Runs spiff-rebuild when an index may have changed: it tells of what is broken, and
 * queues it again where the settings say so. */

struct jobs;
struct part;

/* Makes the part. */
void rebuildpart(struct part *p, struct jobs *js);
