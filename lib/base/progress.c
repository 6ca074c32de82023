#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/progress.h"
#include "base/term.h"

#define ERASE "\r\033[K"

enum { FIRST = 1000, AGAIN = 200, WIDEST = 200 };	/* milliseconds; columns */

static const char *what;
static unsigned depth;		/* works that were begun and have not ended */
static int shown;		/* of the first of them a line is drawn */
static atomic_size_t ndone, nall;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;	/* of what is below */
static int64_t due;		/* the time of the next line */
static int drawn;
static unsigned paused;

/* loopnow cannot be used: loopwait draws */
static int64_t
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
put(const char *s, size_t n)
{
	ssize_t r;

	/* a line that the terminal does not take is not drawn */
	r = write(STDERR_FILENO, s, n);
	(void)r;
}

/* whether this process may write: in the background, the shell has the terminal */
static int
isfront(void)
{
	return tcgetpgrp(STDERR_FILENO) == getpgrp();
}

static void
drawline(void)
{
	char line[sizeof ERASE + WIDEST];
	size_t all, done, len, most;
	int n, width;

	width = termsize(STDERR_FILENO, NULL);
	if (width <= 1 || !isfront())
		return;
	done = atomic_load(&ndone);
	all = atomic_load(&nall);
	if (all > 0)
		n = snprintf(line, sizeof line, ERASE "%s: %zu of %zu", what, done, all);
	else
		n = snprintf(line, sizeof line, ERASE "%s: %zu", what, done);
	if (n < 0)
		return;
	len = (size_t)n < sizeof line ? (size_t)n : sizeof line - 1;
	/* a line that fills the last column might wrap */
	most = strlen(ERASE) + (size_t)width - 1;
	put(line, len < most ? len : most);
	drawn = 1;
}

static void
erase(void)
{
	if (drawn && isfront())
		put(ERASE, strlen(ERASE));
	drawn = 0;
}

void
progressbegin(const char *words)
{
	if (depth++ > 0)
		return;
	what = words;
	drawn = 0;
	paused = 0;
	atomic_store(&ndone, 0);
	atomic_store(&nall, 0);
	due = now() + FIRST;
	shown = termable(STDERR_FILENO);
}

int
progressdraw(void)
{
	int64_t left;

	if (!shown)
		return -1;
	pthread_mutex_lock(&lock);
	left = due - now();
	if (left <= 0) {
		if (!paused)
			drawline();
		left = AGAIN;
		due = now() + left;
	}
	pthread_mutex_unlock(&lock);
	return (int)left;
}

void
progressset(size_t done, size_t all)
{
	if (depth != 1)
		return;
	atomic_store(&ndone, done);
	atomic_store(&nall, all);
	progressdraw();
}

void
progressone(void)
{
	if (depth != 1)
		return;
	atomic_fetch_add(&ndone, 1);
	progressdraw();
}

void
progressend(void)
{
	if (--depth > 0)
		return;
	shown = 0;
	erase();
}

void
progresspause(void)
{
	if (!shown)
		return;
	pthread_mutex_lock(&lock);
	paused++;
	erase();
	pthread_mutex_unlock(&lock);
}

void
progressresume(void)
{
	if (!shown)
		return;
	pthread_mutex_lock(&lock);
	if (paused > 0)
		paused--;
	pthread_mutex_unlock(&lock);
}
