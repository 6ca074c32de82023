/* Has spiff-index -i take deliveries into the repository, one run at a time, while there
 * are jobs in built/. */

struct jobs;
struct part;

/* Makes the part of the scheduler. */
void indexerpart(struct part *p, struct jobs *js);
