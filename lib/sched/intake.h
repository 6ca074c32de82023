/* What is put into new/: jobs, which are accepted into wait/, and requests, of which
 * spiff-enqueue makes jobs. What is neither goes to fail/ with the reason beside
 * it. */

struct jobs;
struct part;

/* Makes the part of the scheduler. */
void intakepart(struct part *p, struct jobs *js);
