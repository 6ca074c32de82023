/* Has spiff-index -i take deliveries into the repository, one run at a time, for as
 * long as built/ is not empty. */

struct jobs;
struct part;

/* Makes the part of the scheduler. */
void indexerpart(struct part *p, struct jobs *js);
