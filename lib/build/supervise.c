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
	GRACE = 5000,		/* between asking it to end and killing it */
	LINGER = 10000,		/* that the killed may take to go */
	POLL = 10		/* between two looks at those that go */
};

struct command {
	struct cgroup *cg;	/* NULL: there is none */
	pid_t pid;		/* the command's, 0 when it has ended */
	int64_t stopped;	/* when we were told to stop, 0: we were not */
	int64_t killed;		/* when what was left was killed */
	struct ended *e;
};

/* Without a group all the rest is done all the same. */
static void
group(struct command *c, int64_t memory, int cpus)
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

/* in the child, before it becomes the command */
static int
enter(void *arg)
{
	return arg ? cgroupenter(arg) : 0;
}

static void
collect(struct command *c)
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
end(struct command *c)
{
	if (!c->killed)
		c->killed = loopnow();
	if (c->cg)
		cgroupkill(c->cg);
	procfssignal(SIGKILL, NULL);
}

/* everybody is told, not the command alone: a shell that waits for a child does
 * nothing about it before that ends */
static void
signals(struct command *c)
{
	int sig;

	while ((sig = loopsignal())) {
		if (sig == SIGCHLD)
			continue;
		if (sig == SIGQUIT)
			end(c);
		else if (!c->stopped)
			procfssignal(SIGTERM, NULL);
		if (!c->stopped)
			c->stopped = loopnow();
	}
}

/* until the command has ended and nothing of it is left */
static void
watch(struct command *c)
{
	int64_t now;

	for (;;) {
		signals(c);
		collect(c);
		now = loopnow();
		if (!c->pid && !procfsleft() && (!c->cg || cgroupempty(c->cg)))
			return;
		if (c->killed && now - c->killed > LINGER) {
			warnx("killed processes do not end");
			return;
		}
		if (!c->pid || c->killed ||
		    (c->stopped && now - c->stopped >= GRACE))
			end(c);
		loopwait(NULL, 0, c->killed ? now + POLL :
		    c->stopped ? c->stopped + GRACE : -1);
	}
}

/* what the group says counts the processes that we did not collect, too */
static void
account(struct command *c)
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
	group(&c, memory, cpus);
	p->child = enter;
	p->arg = c.cg;
	c.pid = procstart(p);
	saved = errno;
	if (c.pid > 0) {
		watch(&c);
		if (c.cg)
			account(&c);
	}
	cgroupdel(c.cg);
	errno = saved;
	return c.pid < 0 ? -1 : 0;
}
