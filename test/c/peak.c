/* Runs a command and writes to a file how long it took, how much memory it had at most,
 * and its processor time: peak FILE COMMAND..., `SECONDS KB SECONDS'. Exits as the
 * command does. */
#include <err.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int
main(int argc, char **argv)
{
	struct timespec from, to;
	struct rusage ru;
	int status;
	pid_t pid;
	FILE *f;

	if (argc < 3)
		errx(2, "usage: peak file command...");
	clock_gettime(CLOCK_MONOTONIC, &from);
	pid = fork();
	if (pid < 0)
		err(111, "fork");
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		err(111, "%s", argv[2]);
	}
	if (waitpid(pid, &status, 0) < 0 || getrusage(RUSAGE_CHILDREN, &ru) < 0)
		err(111, "%s", argv[2]);
	clock_gettime(CLOCK_MONOTONIC, &to);
	f = fopen(argv[1], "w");
	if (!f || fprintf(f, "%.3f %ld %.3f\n", (double)(to.tv_sec - from.tv_sec) +
	    (double)(to.tv_nsec - from.tv_nsec) / 1e9, ru.ru_maxrss,
	    seconds(ru.ru_utime) + seconds(ru.ru_stime)) < 0 ||
	    fclose(f) != 0)
		err(111, "%s", argv[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
