/* What tells a process from all others: its pid, when it was started, and its machine. */

#include <sys/types.h>

struct pidstat {
	pid_t pid, parent, group;
	int dead;		/* ended, and not reaped yet */
	unsigned long long start;	/* clock ticks since boot */
};

/* reads /proc/PID/stat; -1 with errno, also for a pid that is no number */
int pidstat(const char *pid, struct pidstat *st);

/* returns this machine's name, "unknown" when the system does not tell; lives as long as
 * the program */
const char *pidmachine(void);
