/* Moves waiting jobs to ready/ when all that they need is in a repository. */

struct jobs;
struct part;

/* Makes the part of the scheduler. */
void resolvepart(struct part *p, struct jobs *js);
