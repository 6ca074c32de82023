/* for memfd_create, which POSIX has not */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bsd/sys/queue.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/io.h"
#include "base/loop.h"
#include "base/proc.h"
#include "base/procfs.h"
#include "base/x.h"

enum {
	PIECE = 1 << 16,	/* bytes of one read */
	PIECES = 16,		/* that are taken from a child in one turn */
	QUITS = 5000,		/* milliseconds that a spiff-cell has to kill what it
				 * runs */
	ROUNDS = 10		/* of killing orphans that meanwhile start others */
};

struct child {
	pid_t pid;		/* 0: has ended */
	int status;
	int cell;
	int stopped;		/* it was told to end */
	int late, toolong;	/* its limit of time, or output, was reached */
	int64_t term, kill;	/* when it gets SIGTERM and SIGKILL; -1: never */
	int64_t grace;
	size_t max;
	int cut;
	int fds[2];		/* of outputs that are kept; -1: none */
	struct buf kept[2];
	void (*ended)(struct child *c, void *arg);
	void *arg;
	TAILQ_ENTRY(child) list;
};

static TAILQ_HEAD(, child) children = TAILQ_HEAD_INITIALIZER(children);
static int adopting;

/* returns a descriptor of a file in memory with these bytes; -1 with errno */
static int
inputfile(const void *p, size_t n)
{
	int fd;

	fd = memfd_create("input", MFD_CLOEXEC);
	if (fd < 0 || (iowritefd(fd, p, n) == 0 && lseek(fd, 0, SEEK_SET) == 0))
		return fd;
	ioclose(fd);
	return -1;
}

/* if output i is kept, opens a pipe for it and sets *end to the child's end */
static int
openpipe(struct child *c, int i, int *end)
{
	int fds[2];

	if (*end != CHILD_KEEP)
		return 0;
	if (pipe(fds) < 0)
		return -1;
	fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	c->fds[i] = fds[0];
	*end = fds[1];
	return 0;
}

static pid_t
launchchild(struct child *c, const struct childspec *spec)
{
	struct proc p = { .argv = spec->argv, .who = spec->who,
	    .env = spec->env, .in = spec->in, .out = spec->out,
	    .err = spec->err, .session = 1,
	    .deathsig = spec->cell ? SIGTERM : SIGKILL };
	pid_t pid;
	int e;

	pid = -1;
	if (spec->input)
		p.in = inputfile(spec->input, spec->ninput);
	if ((!spec->input || p.in >= 0) && openpipe(c, 0, &p.out) == 0 &&
	    openpipe(c, 1, &p.err) == 0)
		pid = procstart(&p);
	e = errno;
	if (spec->input && p.in >= 0)
		close(p.in);
	if (c->fds[0] >= 0)
		close(p.out);
	if (c->fds[1] >= 0)
		close(p.err);
	errno = e;
	return pid;
}

struct child *
childstart(const struct childspec *spec)
{
	static const int caught[] = { SIGCHLD, 0 };
	struct child *c;
	int e;

	if (loopcatch(caught) < 0)
		return NULL;
	c = xcalloc(1, sizeof *c);
	c->fds[0] = c->fds[1] = -1;
	c->cell = spec->cell;
	c->term = spec->limit ? loopnow() + spec->limit : -1;
	c->kill = -1;
	c->grace = spec->grace;
	c->max = spec->max;
	c->cut = spec->cut;
	c->ended = spec->ended;
	c->arg = spec->arg;
	TAILQ_INSERT_TAIL(&children, c, list);
	c->pid = launchchild(c, spec);
	if (c->pid > 0)
		return c;
	e = errno;
	c->pid = 0;
	childdel(c);
	errno = e;
	return NULL;
}

static void
closeoutput(struct child *c, int i)
{
	ioclose(c->fds[i]);
	c->fds[i] = -1;
}

void
childdel(struct child *c)
{
	if (!c)
		return;
	if (c->pid)
		prockill(c->pid, SIGKILL);
	closeoutput(c, 0);
	closeoutput(c, 1);
	buffree(&c->kept[0]);
	buffree(&c->kept[1]);
	TAILQ_REMOVE(&children, c, list);
	free(c);
}

/* kills a child's process group, or has a spiff-cell kill what it runs */
static void
killchild(struct child *c, int64_t now)
{
	c->stopped = 1;
	c->term = -1;
	if (c->cell) {
		c->cell = 0;
		procsignal(c->pid, SIGQUIT);
		c->kill = now + QUITS;
	} else {
		prockill(c->pid, SIGKILL);
		c->kill = -1;
	}
}

void
childstop(struct child *c, int64_t grace)
{
	int64_t now;

	if (!c || !c->pid || (c->stopped && c->kill < 0))
		return;
	now = loopnow();
	if (grace <= 0) {
		killchild(c, now);
		return;
	}
	if (!c->stopped)
		prockill(c->pid, SIGTERM);
	c->stopped = 1;
	c->term = -1;
	c->kill = loopsooner(c->kill, now + grace);
}

pid_t
childpid(const struct child *c)
{
	return c->pid;
}

int
childended(const struct child *c)
{
	return c->pid == 0;
}

int
childstatus(const struct child *c)
{
	return c->status;
}

int
childstopped(const struct child *c)
{
	return c->stopped;
}

int
childcode(const struct child *c)
{
	if (c->toolong)
		return CHILD_LONG;
	if (c->late)
		return CHILD_LATE;
	return WIFEXITED(c->status) ? WEXITSTATUS(c->status) : CHILD_SIGNAL;
}

void
childoutput(const struct child *c, struct buf *out, struct buf *err)
{
	if (out)
		bufadd(out, c->kept[0].s, c->kept[0].len);
	if (err)
		bufadd(err, c->kept[1].s, c->kept[1].len);
}

/* reads what a child has written, up to a share */
static void
readoutput(struct child *c, int i)
{
	struct buf *b = &c->kept[i];
	ssize_t n;
	int k;

	for (k = 0; k < PIECES && c->fds[i] >= 0; k++) {
		n = read(c->fds[i], bufroom(b, PIECE), PIECE);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0)
			closeoutput(c, i);
		else
			b->len += (size_t)n;
		if (b->len > c->max) {
			b->len = c->max;
			if (!c->cut && !c->toolong && c->pid) {
				c->toolong = 1;
				killchild(c, loopnow());
			}
		}
	}
}

static void
endchild(struct child *c, int status)
{
	int i;

	/* the rest of its group would go on writing */
	prockill(c->pid, SIGKILL);
	c->cell = 0;
	for (i = 0; i < 2; i++) {
		do
			readoutput(c, i);
		while (c->fds[i] >= 0 && c->kept[i].len < c->max &&
		    poll(&(struct pollfd){ .fd = c->fds[i], .events = POLLIN },
		    1, 0) > 0);
		closeoutput(c, i);
	}
	c->pid = 0;
	c->status = status;
	c->term = c->kill = -1;
	if (c->ended)
		c->ended(c, c->arg);
}

static struct child *
childof(pid_t pid)
{
	struct child *c;

	TAILQ_FOREACH(c, &children, list) {
		if (c->pid == pid)
			return c;
	}
	return NULL;
}

/* Reaps a process that has ended: 1, 0 when there is none. Only after childadopt does it
 * reap processes that this module has not started. */
static int
reapone(void)
{
	struct child *c;
	pid_t pid;
	int status;

	if (adopting) {
		pid = procreap(&status, NULL);
		c = pid > 0 ? childof(pid) : NULL;
	} else {
		TAILQ_FOREACH(c, &children, list) {
			if (c->pid && waitpid(c->pid, &status, WNOHANG) == c->pid)
				break;
		}
		pid = c ? c->pid : 0;
	}
	if (c)
		endchild(c, status);
	return pid > 0;
}

int
childadopt(void)
{
	adopting = 1;
	return procadopt();
}

/* for procfssignal */
static int
ischild(pid_t pid)
{
	return childof(pid) != NULL;
}

int
childorphans(void)
{
	int i, n;

	n = procfssignal(SIGKILL, ischild);
	for (i = 1; i < ROUNDS && n > 0 && procfssignal(SIGKILL, ischild) > 0; i++)
		;
	return n < 0 ? 0 : n;
}

/* enforces the limits; returns when the next one is reached, -1: never */
static int64_t
enforcelimits(int64_t now)
{
	struct child *c;
	int64_t next;

	next = -1;
	TAILQ_FOREACH(c, &children, list) {
		if (!c->pid)
			continue;
		if (c->term >= 0 && c->term <= now) {
			c->late = 1;
			childstop(c, c->grace);
		}
		if (c->kill >= 0 && c->kill <= now)
			killchild(c, now);
		next = loopsooner(next, loopsooner(c->term, c->kill));
	}
	return next;
}

int
childwait(struct pollfd *fds, nfds_t n, int64_t until)
{
	struct child *c;
	struct pollfd *all;
	nfds_t i, k;
	int r;

	until = loopsooner(until, enforcelimits(loopnow()));
	k = n;
	TAILQ_FOREACH(c, &children, list)
		k += 2;
	all = xcalloc(k + 1, sizeof *all);
	if (n)
		memcpy(all, fds, n * sizeof *all);
	i = n;
	TAILQ_FOREACH(c, &children, list) {
		all[i].fd = c->fds[0];
		all[i++].events = POLLIN;
		all[i].fd = c->fds[1];
		all[i++].events = POLLIN;
	}
	r = loopwait(all, k, until);
	for (i = 0; r == 0 && i < n; i++)
		fds[i].revents = all[i].revents;
	TAILQ_FOREACH(c, &children, list) {
		for (k = 0; r == 0 && k < 2; k++) {
			if (all[i++].revents)
				readoutput(c, (int)k);
		}
	}
	free(all);
	enforcelimits(loopnow());
	while (reapone())
		;
	return r;
}

int
childrun(const struct childspec *spec, struct buf *out, int *status)
{
	struct child *c;
	int e;

	c = childstart(spec);
	if (!c)
		return -1;
	while (!childended(c) && !loopending()) {
		if (childwait(NULL, 0, -1) < 0)
			break;
	}
	e = !childended(c) ? EINTR : c->toolong ? EFBIG : c->late ? ETIMEDOUT : 0;
	if (e == 0) {
		childoutput(c, out, NULL);
		*status = c->status;
	}
	childdel(c);
	errno = e;
	return e ? -1 : 0;
}
