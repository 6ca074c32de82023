/* for memfd_create: what a full disk must not cut short */
#define _GNU_SOURCE

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/call.h"
#include "base/io.h"
#include "base/loop.h"
#include "base/proc.h"
#include "base/x.h"

struct call {
	pid_t pid;
	int fds[3];		/* files in memory: its input and outputs */
	size_t max;
	int64_t until;		/* milliseconds of loopnow() */
	int ended, hung;
	int status;
};

/* In the child. The files grow no more above that, and a program that goes on
 * writing fails. */
static int
limit(void *arg)
{
	const struct call *c = arg;
	struct rlimit rl;

	rl.rlim_cur = rl.rlim_max = c->max;
	return setrlimit(RLIMIT_FSIZE, &rl);
}

static int
files(struct call *c, const void *in, size_t n)
{
	int i;

	for (i = 0; i < 3; i++) {
		c->fds[i] = memfd_create("call", MFD_CLOEXEC);
		if (c->fds[i] < 0)
			return -1;
	}
	if (iowritefd(c->fds[0], in, n) < 0)
		return -1;
	return lseek(c->fds[0], 0, SEEK_SET) < 0 ? -1 : 0;
}

struct call *
callstart(char *const *argv, const void *in, size_t n, size_t max, int ms)
{
	struct call *c;
	struct proc p = { .argv = argv, .session = 1, .deathsig = SIGKILL,
	    .child = limit };
	int e;

	c = xcalloc(1, sizeof *c);
	c->fds[0] = c->fds[1] = c->fds[2] = -1;
	c->max = max;
	c->until = loopnow() + ms;
	c->pid = -1;
	p.arg = c;
	if (files(c, in, n) == 0) {
		p.in = c->fds[0];
		p.out = c->fds[1];
		p.err = c->fds[2];
		c->pid = procstart(&p);
	}
	if (c->pid > 0)
		return c;
	e = errno;
	c->ended = 1;
	calldel(c);
	errno = e;
	return NULL;
}

void
calldel(struct call *c)
{
	int i;

	if (!c)
		return;
	if (!c->ended)
		prockill(c->pid, SIGKILL);
	for (i = 0; i < 3; i++) {
		if (c->fds[i] >= 0)
			close(c->fds[i]);
	}
	free(c);
}

int
callreaped(struct call *c, pid_t pid, int status)
{
	if (c->ended || c->pid != pid)
		return 0;
	c->ended = 1;
	c->status = status;
	/* what it has left behind would go on writing */
	prockill(pid, SIGKILL);
	return 1;
}

int64_t
callstep(struct call *c)
{
	if (!c->ended && !c->hung && loopnow() >= c->until) {
		c->hung = 1;
		prockill(c->pid, SIGKILL);
	}
	return c->hung ? -1 : c->until;
}

int
callended(const struct call *c)
{
	return c->ended;
}

int
callcode(const struct call *c)
{
	if (c->hung)
		return CALL_HUNG;
	return WIFEXITED(c->status) ? WEXITSTATUS(c->status) : CALL_OVER;
}

int
calloutput(const struct call *c, struct buf *out, struct buf *err)
{
	struct buf *to[] = { out, err };
	int i;

	for (i = 0; i < 2; i++) {
		if (lseek(c->fds[i + 1], 0, SEEK_SET) < 0 ||
		    ioreadfd(c->fds[i + 1], c->max, to[i]) < 0)
			return -1;
		bufadd(to[i], "", 0);
	}
	return 0;
}
