/* One package, one job: of two versions that are queued the one that was asked
 * for later stays. */

struct job;
struct sched;

/* settles it for j, which lies in state: 1 j stays, and others are cancelled; 0 j
 * is cancelled, or gone; -1 after a message */
int rivalsettle(struct sched *s, const struct job *j, int state);
