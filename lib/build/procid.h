/* Who builds: a process group named so that a later process, perhaps after a
 * crash or a reboot, can tell whether anything of it still lives. The text is
 * "PID START BOOT HOST": a pid alone may be somebody else's by then. */

#include <sys/types.h>

enum claim {
	CLAIM_DEAD,		/* nothing of it lives, or the text is no claim */
	CLAIM_ALIVE,
	CLAIM_ELSEWHERE		/* another machine's; nothing is known here */
};

/* returns the claim of this machine's process and the group it leads, NULL
 * with errno; the caller owns it */
char *claimmake(pid_t pid);

/* says whether the claim's group has a living process; *pid is its group's */
enum claim claimlook(const char *text, pid_t *pid);

/* whether the process that made a claim's group lives itself */
int claimleads(pid_t pid);
