/* Which of the jobs that could start goes first. */

#include <stdint.h>

struct rank {
	int priority;		/* higher goes first */
	int64_t behind;		/* seconds in the longest chain of builds that
				 * begins with this one */
	int64_t asked;		/* seconds since the epoch */
	const char *name;
};

/* orders two jobs: below 0 when a goes first; never 0 for two names */
int ordercmp(const struct rank *a, const struct rank *b);
