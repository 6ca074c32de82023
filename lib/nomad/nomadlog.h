/* Copies the logs of builds in Nomad into the spool, a piece at a time, while a build
 * runs and after its end. */

#include <stdint.h>

struct build;
struct spool;

/* Looks at the log of the running build whose last look is the oldest, if it is time;
 * returns when to be called again, in milliseconds of loopnow(), -1: when something has
 * happened. */
int64_t nomadlognext(struct spool *sp);

/* Starts a look at the rest of an ended build's log. */
void nomadlogrest(struct spool *sp, struct build *b);

/* Reads the result of a look that has ended; the log of an ended build is complete, or
 * given up, when logtries is 0. */
void nomadlogtake(struct spool *sp, struct build *b);

/* Replaces the log by that in the build's delivery: 1, or 0 if there is none. */
int nomadlogdelivered(struct spool *sp, const struct build *b);
