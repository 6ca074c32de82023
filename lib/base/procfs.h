/* Our descendants: every process that we started, or that one of them did, also
 * those that have left our group and session, once procadopt was called. */

#include <sys/types.h>

/* sends the signal to all of them, but not to a child for which known, unless NULL,
 * returns 1, nor to what that has started; returns how many there were, those that
 * have ended and wait to be collected not counted; -1 with errno */
int procfssignal(int sig, int (*known)(pid_t pid));

/* kills all processes of this machine whose environments have each of n variables,
 * NAME=value, and can be read by us; -1 with errno */
int procfskill(const char *const *vars, size_t n);

/* whether any is left, those included that wait to be collected */
int procfsleft(void);

/* What /proc tells of a process. */

struct procfsstat {
	pid_t pid, parent, group;
	int dead;		/* ended, perhaps not collected yet */
	unsigned long long start;	/* clock ticks since boot */
};

/* reads it; pid is the name of a directory in /proc; -1 with errno, also for a
 * name that is no number */
int procfsstat(const char *pid, struct procfsstat *st);

/* returns this machine's name, which lives as long as the program; "unknown"
 * where the system does not tell it */
const char *procfsmachine(void);
