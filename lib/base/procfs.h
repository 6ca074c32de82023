/* Finds and signals processes by /proc. */

#include <sys/types.h>

/* signals all descendants of this process, after procadopt also those that have left its
 * group and session; leaves out children for which known, unless it is NULL, returns 1,
 * with their descendants; returns how many got the signal; -1 with errno */
int procfssignal(int sig, int (*known)(pid_t pid));

/* kills all processes of this machine whose environments this process can read and which
 * have each of n variables, NAME=value; -1 with errno */
int procfskill(const char *const *vars, size_t n);

/* whether this process has a child, running or not reaped yet */
int procfsleft(void);
