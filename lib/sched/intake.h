/* Reads the files in new/: moves jobs to wait/, runs spiff-enqueue for requests, and
 * moves other files to fail/ with the reason beside them. */

struct jobs;
struct part;

/* Makes the part of the scheduler. */
void intakepart(struct part *p, struct jobs *js);
