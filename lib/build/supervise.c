#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "base/loop.h"
#include "base/proc.h"
#include "base/procfs.h"
#include "build/cgroup.h"
#include "build/supervise.h"

/* in milliseconds */
enum {
	GRACE = 5000,		/* between telling the command to end and killing it */
	LINGER = 10000,		/* for killed processes to end */
	POLL = 10		/* between two looks at them */
};

struct command {
	struct cgroup *cg;	/* NULL: there is none */
	pid_t pid;		/* 0: the command has ended */
	int64_t stopped;	/* when a signal said to stop, 0: none has */
	int64_t killed;		/* when the processes were killed */
	struct ended *e;
};

/* makes the group; the command runs without one, too */
static void
makegroup(struct command *c, int64_t memory, int cpus)
{
	char *why;

	why = NULL;
	c->cg = cgroupmake(&why);
	if (c->cg && cgroupbound(c->cg, memory, cpus, &why) == 0)
		return;
	if (memory || cpus)
		warnx("no limits: %s", why);
	free(why);
}

/* runs in the child before the command */
static int
entergroup(void *arg)
{
	return arg ? cgroupenter(arg) : 0;
}

static void
collectended(struct command *c)
{
	struct rusage ru;
	pid_t pid;
	int status;

	while ((pid = procreap(&status, &ru)) > 0) {
		c->e->cpu += (ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) *
		    INT64_C(1000000) + ru.ru_utime.tv_usec + ru.ru_stime.tv_usec;
		if (c->e->memory < ru.ru_maxrss * INT64_C(1024))
			c->e->memory = ru.ru_maxrss * INT64_C(1024);
		if (pid == c->pid) {
			c->pid = 0;
			c->e->status = status;
		}
	}
}

static void
killall(struct command *c)
{
	if (!c->killed)
		c->killed = loopnow();
	if (c->cg)
		cgroupkill(c->cg);
	procfssignal(SIGKILL, NULL);
}

/* passes signals on to all processes, as a shell that waits for a child does not */
static void
handlesignals(struct command *c)
{
	int sig;

	while ((sig = loopsignal())) {
		if (sig == SIGCHLD)
			continue;
		if (sig == SIGQUIT)
			killall(c);
		else if (!c->stopped)
			procfssignal(SIGTERM, NULL);
		if (!c->stopped)
			c->stopped = loopnow();
	}
}

/* waits until the command has ended and none of its processes is left */
static void
awaitend(struct command *c)
{
	int64_t now;

	for (;;) {
		handlesignals(c);
		collectended(c);
		now = loopnow();
		if (!c->pid && !procfsleft() && (!c->cg || cgroupempty(c->cg)))
			return;
		if (c->killed && now - c->killed > LINGER) {
			warnx("killed processes do not end");
			return;
		}
		if (!c->pid || c->killed ||
		    (c->stopped && now - c->stopped >= GRACE))
			killall(c);
		loopwait(NULL, 0, c->killed ? now + POLL :
		    c->stopped ? c->stopped + GRACE : -1);
	}
}

/* sets what was used from the group, which knows all processes */
static void
readspent(struct command *c)
{
	int64_t cpu, memory;

	c->e->starved = cgroupspent(c->cg, &memory, &cpu);
	c->e->cpu = cpu;
	if (memory)
		c->e->memory = memory;
}

int
supervise(struct proc *p, int64_t memory, int cpus, struct ended *e)
{
	struct command c = { .e = e };
	int saved;

	memset(e, 0, sizeof *e);
	makegroup(&c, memory, cpus);
	p->child = entergroup;
	p->arg = c.cg;
	c.pid = procstart(p);
	saved = errno;
	if (c.pid > 0) {
		awaitend(&c);
		if (c.cg)
			readspent(&c);
	}
	cgroupdel(c.cg);
	errno = saved;
	return c.pid < 0 ? -1 : 0;
}
