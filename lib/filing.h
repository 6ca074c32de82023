/* What becomes of a job when its build has ended. */

#include <stdint.h>

struct build;
struct sched;

/* writes into the job's file how the build ended and moves it on: 1 done, or the
 * job is not this build's any more; -1 after a message, to be called again */
int filebuild(struct sched *s, struct build *b);

/* returns the seconds until what the machine spoilt is tried again */
int64_t filingpause(void);
