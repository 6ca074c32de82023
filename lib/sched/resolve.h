/* What waiting jobs need, followed through the jobs that took the place of others and
 * looked up in the repositories: wait/ to ready/. */

struct jobs;
struct part;

/* Makes the part of the scheduler. */
void resolvepart(struct part *p, struct jobs *js);
