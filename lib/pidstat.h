/* What /proc tells of a process. */

#include <sys/types.h>

struct pidstat {
	pid_t pid, parent, group;
	int dead;		/* ended, perhaps not collected yet */
	unsigned long long start;	/* clock ticks since boot */
};

/* reads it; pid is the name of a directory in /proc; -1 with errno, also for a
 * name that is no number */
int pidstat(const char *pid, struct pidstat *st);
