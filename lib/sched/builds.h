/* The builds under way: watched, kept within their limits, and filed when nothing of
 * them is left. */

struct jobs;
struct part;

/* Makes the part of the scheduler. */
void buildspart(struct part *p, struct jobs *js);
