/* holding FILE COMMAND...: runs the command while it holds the lock of the file, as
 * spiff-run holds that of its spool. */
#include <err.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/lock.h"

int
main(int argc, char **argv)
{
	int status;
	pid_t pid;

	if (argc < 3)
		errx(2, "usage: holding file command...");
	if (locktake(AT_FDCWD, argv[1], 0) < 0)
		err(2, "%s", argv[1]);
	pid = fork();
	if (pid < 0)
		err(2, "fork");
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		err(2, "%s", argv[2]);
	}
	if (waitpid(pid, &status, 0) < 0)
		err(2, "%s", argv[2]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}
