/* Who builds: a process group named so that a later process, perhaps after a
 * crash or a reboot, can tell whether anything of it still lives. The text is
 * "PID START BOOT HOST": a pid alone may be somebody else's by then. */

#include <sys/types.h>

enum procid {
	PROCID_DEAD,		/* nothing of it lives, or the text is no claim */
	PROCID_ALIVE,
	PROCID_ELSEWHERE		/* another machine's; nothing is known here */
};

/* returns the claim of this machine's process and the group it leads, NULL
 * with errno; the caller owns it */
char *procidmake(pid_t pid);

/* says whether the claim's group has a living process; *pid is its group's */
enum procid procidlook(const char *text, pid_t *pid);

/* whether the process that made a claim's group lives itself */
int procidleads(pid_t pid);
