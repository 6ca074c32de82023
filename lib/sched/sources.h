/* Fetches the sources of jobs that wait, one job after the other, so that builds find
 * them, and a source that is not to be had is known before the job's turn. The queue
 * never waits for it; a job whose sources cannot be fetched says so, and is built all the
 * same. */

struct jobs;
struct part;

/* Makes the part of the scheduler. */
void sourcespart(struct part *p, struct jobs *js);
