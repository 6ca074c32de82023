/* Which of the jobs that could start goes first: of those with the same priority
 * and age the one with most work behind it. Age makes up for both in the end, so
 * that none waits for ever while others keep coming: a day for a priority, and a
 * minute for a minute of work, up to a day for all the work there is. */

#include <stdint.h>

struct rank {
	int64_t standing;	/* as orderstanding has it; it may be lent by a
				 * job that waits for this one */
	int64_t behind;		/* seconds in the longest chain of builds that
				 * begins with this one */
	const char *name;
};

/* returns what a job is worth without what waits for it: more for a higher
 * priority, and for one that was asked for earlier, in seconds since the epoch */
int64_t orderstanding(int priority, int64_t asked);

/* orders two jobs: below 0 when a goes first; never 0 for two names */
int ordercmp(const struct rank *a, const struct rank *b);
