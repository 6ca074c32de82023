/* The identity of a process group, so that a later process, even after a crash or a
 * reboot, can tell whether the group still lives. It is the text "PID START BOOT HOST",
 * as another process may have the PID by then. */

#include <sys/types.h>

enum procid {
	PROCID_DEAD,		/* no process of it lives, or the text is bad */
	PROCID_ALIVE,
	PROCID_ELSEWHERE	/* it is of another machine */
};

/* Returns the identity of a process of this machine and the group it leads, which the
 * caller owns; NULL with errno. */
char *procidmake(pid_t pid);

/* Says whether the group has a living process; sets *pid to the group's number. */
enum procid procidlook(const char *text, pid_t *pid);

/* Says whether the leader of the group itself lives. */
int procidleads(pid_t pid);
