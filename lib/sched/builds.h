/* The running builds: keeps them within their limits, and files those that have ended. */

struct jobs;
struct part;

/* Makes the part of the scheduler. */
void buildspart(struct part *p, struct jobs *js);
