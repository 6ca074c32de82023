#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/loop.h"
#include "base/progress.h"
#include "base/x.h"

/* The self-pipe (D. J. Bernstein): the handler sets a flag and writes a byte, which ends
 * poll(2) also when the signal comes just before it. */
enum { SIGNALS = 65 };	/* Linux has 64, and POSIX no name for it */
static int wake[2] = { -1, -1 };
static volatile sig_atomic_t caught[SIGNALS];

int64_t
loopnow(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
loopsooner(int64_t a, int64_t b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

int64_t
loopbackoff(int64_t last, int64_t first, int64_t most)
{
	return last == 0 ? first : last < most / 2 ? last * 2 : most;
}

static void
handle(int sig)
{
	int e;

	e = errno;
	caught[sig] = 1;
	/* a full pipe ends poll too */
	if (write(wake[1], "", 1) < 0)
		errno = e;
	errno = e;
}

int
loopcatch(const int *signals)
{
	struct sigaction sa;
	int i;

	if (wake[0] < 0) {
		if (pipe(wake) < 0)
			return -1;
		for (i = 0; i < 2; i++) {
			fcntl(wake[i], F_SETFD, FD_CLOEXEC);
			fcntl(wake[i], F_SETFL, O_NONBLOCK);
		}
	}
	memset(&sa, 0, sizeof sa);
	sa.sa_handler = handle;
	sa.sa_flags = SA_RESTART;
	sigemptyset(&sa.sa_mask);
	for (; *signals; signals++) {
		if (sigaction(*signals, &sa, NULL) < 0)
			return -1;
	}
	return 0;
}

int
loopsignal(void)
{
	int sig;

	for (sig = 1; sig < SIGNALS; sig++) {
		if (caught[sig]) {
			caught[sig] = 0;
			return sig;
		}
	}
	return 0;
}

int
loopending(void)
{
	return caught[SIGTERM] || caught[SIGINT] || caught[SIGQUIT];
}

static int
timeout(int64_t until)
{
	int64_t left;

	if (until < 0)
		return -1;
	left = until - loopnow();
	if (left < 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}

/* polls, and meanwhile shows how far the program's work is */
static int
pollall(struct pollfd *fds, nfds_t n, int64_t until)
{
	int draw, left, r;

	do {
		draw = progressdraw();
		left = timeout(until);
		r = poll(fds, n, draw >= 0 && (left < 0 || draw < left) ? draw : left);
	} while (r == 0 && (until < 0 || loopnow() < until));
	return r;
}

int
loopwait(struct pollfd *fds, nfds_t n, int64_t until)
{
	struct pollfd *all;
	char drain[64];
	nfds_t i;
	int r;

	all = xcalloc(n + 1, sizeof *all);
	if (n)
		memcpy(all, fds, n * sizeof *all);
	all[n].fd = wake[0];
	all[n].events = POLLIN;
	r = pollall(all, n + 1, until);
	if (r < 0 && errno == EINTR)
		r = 0;
	for (i = 0; i < n; i++)
		fds[i].revents = r > 0 ? all[i].revents : 0;
	if (r > 0 && all[n].revents) {
		while (read(wake[0], drain, sizeof drain) > 0)
			;
	}
	free(all);
	return r < 0 ? -1 : 0;
}
