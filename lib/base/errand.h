/* What spiff-run tells a spiff-cell that lives on, and what it answers: a message
 * each, over a socket that keeps them apart, and a pipe that all cells share. A
 * message is strings, each with a NUL behind it:
 *
 *	LOG	the file that the command writes to
 *	FILE	the file that is told what was used
 *	NAME=VALUE ...
 *	(an empty one)
 *	COMMAND ARGUMENT ...
 *	(an empty one)
 */

#include <sys/types.h>

struct errand {
	char *log, *file;
	char **env, **argv;	/* with a NULL behind them */
};

/* sends it; -1 with errno */
int errandsend(int fd, const struct errand *e);

/* waits for one and sets e to what is good until the next call: 1, 0
 * when none will come, -1 with errno, EINVAL for what is no message */
int errandread(int fd, struct errand *e);

/* says that nothing is left of what the calling process was sent, and the wait
 * status of its command; -1 with errno */
int errandanswer(int fd, int status);

/* takes an answer and sets the process that gave it and the status: 1, 0 when
 * there is none at the moment */
int errandanswered(int fd, pid_t *pid, int *status);
