/* The logs of builds in Nomad: what is new comes into the spool's log, a piece at a
 * time, while the build runs and when it has ended. */

#include <stdint.h>

struct build;
struct spool;

/* looks at the log of a running build, that which was not looked at for the longest
 * time, if it is time; returns when to call it again, in milliseconds of loopnow(),
 * -1: when something has happened */
int64_t nomadlognext(struct spool *sp);

/* looks at the rest of the log of a build that has ended */
void nomadlogrest(struct spool *sp, struct build *b);

/* takes what a look that has ended has brought; of a build that has ended nothing is
 * missing then, or it cannot be had, when logtries is 0 */
void nomadlogtake(struct spool *sp, struct build *b);

/* puts the log that a delivery has brought in the place of what was read of it: 1,
 * or 0 when it has brought none */
int nomadlogdelivered(struct spool *sp, const struct build *b);
