/* Runs a command and kills it, or a process that it has started, with signal 9, at
 * random moments: harm SEED MICROSECONDS COMMAND... Up to three times in that
 * length of time, each time one in two the command itself, with which it ends.
 * The same seed makes the same choices. Exits 0 when the command was killed, else
 * with its status. */
#define _GNU_SOURCE

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TIMES = 3, MANY = 64 };

static uint64_t state;

static unsigned long
r(unsigned long n)
{
	state = state * 6364136223846793005 + 1442695040888963407;
	return (unsigned long)(state >> 33) % n;
}

/* appends the pids of what a process has started */
static size_t
children(pid_t of, pid_t *list, size_t n)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/task/%d/children", of, of);
	f = fopen(path, "r");
	while (f && n < MANY && fscanf(f, "%d", &list[n]) == 1)
		n++;
	if (f)
		fclose(f);
	return n;
}

/* xbps-src does not see that a part of it was killed, and may leave out a package */
static int
blind(pid_t pid)
{
	char name[16] = "", path[64];
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/comm", pid);
	f = fopen(path, "r");
	if (f) {
		if (!fgets(name, sizeof name, f))
			*name = '\0';
		fclose(f);
	}
	return strcmp(name, "xbps-src\n") == 0;
}

/* one of what pid has started, and of what these have; pid if there is none */
static pid_t
descendant(pid_t pid)
{
	pid_t list[MANY];
	size_t i, n;

	n = children(pid, list, 0);
	for (i = 0; i < n; i++) {
		if (!blind(list[i]))
			n = children(list[i], list, n);
	}
	return n > 0 ? list[r(n)] : pid;
}

/* sleeps until so long after the start; 1 when the command ended before */
static int
ended(pid_t pid, const struct timespec *start, unsigned long us, int *status)
{
	struct timespec left, now, until = *start;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	until.tv_nsec += (long)(us % 1000000) * 1000;
	until.tv_sec += (time_t)(us / 1000000) + until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	for (;;) {
		if (waitpid(pid, status, WNOHANG) == pid)
			return 1;
		clock_gettime(CLOCK_MONOTONIC, &now);
		left.tv_sec = until.tv_sec - now.tv_sec;
		left.tv_nsec = until.tv_nsec - now.tv_nsec;
		if (left.tv_nsec < 0) {
			left.tv_nsec += 1000000000;
			left.tv_sec--;
		}
		if (left.tv_sec < 0)
			return 0;
		sigtimedwait(&set, NULL, &left);
	}
}

static int
bytime(const void *a, const void *b)
{
	const unsigned long *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int
main(int argc, char **argv)
{
	struct timespec start;
	unsigned long most, times[TIMES];
	pid_t pid, victim;
	sigset_t set, old;
	size_t i;
	int status;

	if (argc < 4)
		errx(2, "usage: harm seed microseconds command...");
	state = strtoull(argv[1], NULL, 10) * 2654435761u + 1;
	most = strtoul(argv[2], NULL, 10) + 1;
	r(2);
	for (i = 0; i < TIMES; i++)
		times[i] = r(most);
	qsort(times, TIMES, sizeof times[0], bytime);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, &old);
	clock_gettime(CLOCK_MONOTONIC, &start);
	pid = fork();
	if (pid < 0)
		err(111, "fork");
	if (pid == 0) {
		sigprocmask(SIG_SETMASK, &old, NULL);
		execvp(argv[3], argv + 3);
		err(111, "%s", argv[3]);
	}
	for (i = 0; i < TIMES; i++) {
		if (ended(pid, &start, times[i], &status))
			return WIFEXITED(status) ? WEXITSTATUS(status) : 111;
		victim = r(2) ? descendant(pid) : pid;
		kill(victim, SIGKILL);
		if (victim == pid)
			break;
	}
	if (waitpid(pid, &status, 0) < 0)
		err(111, "%s", argv[3]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}
