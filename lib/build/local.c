#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/conf.h"
#include "base/env.h"
#include "base/loop.h"
#include "base/pid.h"
#include "base/proc.h"
#include "base/procfs.h"
#include "base/x.h"
#include "build/builder.h"
#include "build/local.h"
#include "build/procid.h"
#include "spool/buildlog.h"
#include "spool/job.h"
#include "spool/spool.h"

enum {
	WORDS = 8,		/* of a command or an environment, at most */
	/* milliseconds */
	LINGER = 10000,		/* for killed processes to end */
	POLL = 20		/* between two looks at a group that ends */
};

struct own {
	struct child *cell;	/* NULL: it has ended, or another run began it */
	pid_t pid;		/* the build's process group */
	int64_t killed;		/* when the group was killed, 0: it was not */
	int64_t size, grown;	/* its log's last size in bytes, and since when */
};

static void
localforget(struct build *b)
{
	struct own *o = b->own;

	if (o)
		childdel(o->cell);
	free(o);
}

/* returns the path of the build program; NULL after a message if it is missing: a
 * spiff-cell would only see that after the start of the build */
static char *
buildprogram(const char *job)
{
	char *path;

	path = procbeside(confget(CONF_BUILD));
	if (!strchr(path, '/') || access(path, X_OK) == 0)
		return path;
	warn("%s: %s", job, path);
	free(path);
	return NULL;
}

/* writes into the job's file which process builds it, before that begins, so that the
 * next spiff-run finds it: 1, 0 if the job was moved away, -1 after a message */
static int
signjob(struct spool *sp, const struct build *b, const struct buf *lines)
{
	struct own *o = b->own;
	struct buf all = {0};
	char *claim;
	int r;

	claim = procidmake(o->pid);
	if (!claim) {
		warn("/proc/%ld", (long)o->pid);
		return -1;
	}
	bufadd(&all, lines->s, lines->len);
	jobline(&all, "node", pidmachine());
	jobline(&all, "handle", claim);
	r = spoolsign(sp, RUN, b->job, &all);
	buffree(&all);
	free(claim);
	return r;
}

static void
cellended(struct child *c, void *arg)
{
	struct build *b = arg;
	struct own *o = b->own;
	int status;

	status = childstatus(c);
	b->code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	b->words = procwords(status);
	o->killed = loopnow();
	o->cell = NULL;
	childdel(c);
	/* a killed spiff-cell leaves its processes behind */
	if (b->code < 0)
		childorphans();
}

/* starts a spiff-cell, which waits for a byte on its standard input before it runs the
 * build program */
static struct child *
startcell(const struct spool *sp, struct build *b, char *prog, int in, int log)
{
	char *argv[WORDS], *env[WORDS];
	struct childspec spec = { .argv = argv, .who = ENV_BUILD, .env = env,
	    .in = in, .out = log, .err = log, .cell = 1, .ended = cellended, .arg = b };
	struct child *c;
	int e, i, n;

	n = 0;
	argv[n++] = procbeside("spiff-cell");
	argv[n++] = xstrdup("-w");
	if (*confget(CONF_CPUS))
		argv[n++] = xasprintf("-c%s", confget(CONF_CPUS));
	if (b->memory)
		argv[n++] = xasprintf("-m%lld", (long long)b->memory);
	argv[n++] = xasprintf("-n%s/run/%s", sp->path, b->job);
	argv[n++] = xstrdup(prog);
	argv[n++] = xasprintf("%s/run/%s", sp->path, b->job);
	argv[n] = NULL;
	i = 0;
	env[i++] = xasprintf("SPIFF_JOB=%s", b->job);
	env[i++] = xasprintf("SPIFF_TRY=%s", b->try);
	env[i++] = xasprintf("SPIFF_SLOT=%d", b->slot);
	if (b->jobs)
		env[i++] = xasprintf("SPIFF_JOBS=%d", b->jobs);
	env[i] = NULL;
	c = childstart(&spec);
	e = errno;
	if (!c)
		warn("%s", argv[0]);
	while (n > 0)
		free(argv[--n]);
	while (i > 0)
		free(env[--i]);
	errno = e;
	return c;
}

static int
startbuild(struct spool *sp, struct build *b, const struct buf *lines, char *prog,
    int log)
{
	struct own *o;
	int fds[2], r;

	if (pipe(fds) < 0) {
		warn("%s", b->job);
		return -1;
	}
	fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	o = b->own = xcalloc(1, sizeof *o);
	o->grown = loopnow();
	o->cell = startcell(sp, b, prog, fds[0], log);
	close(fds[0]);
	r = -1;
	if (o->cell) {
		o->pid = childpid(o->cell);
		r = signjob(sp, b, lines);
	}
	/* a spiff-cell that gets no byte ends, and ended() is called */
	if (r == 1 && write(fds[1], "\n", 1) < 0 && errno != EPIPE)
		r = -1;
	close(fds[1]);
	return r;
}

static int
localstart(struct spool *sp, struct build *b, const struct buf *lines)
{
	char *prog;
	int log, r;

	prog = buildprogram(b->job);
	if (!prog)
		return -1;
	log = buildlogopen(sp, b->job);
	if (log >= 0) {
		r = startbuild(sp, b, lines, prog, log);
		close(log);
	} else if (buildlogistaken(sp, b->job)) {
		/* the failure is this job's, and its try is over */
		b->words = xasprintf("log/%s.log cannot be written", b->job);
		b->code = -1;
		b->ended = 1;
		r = spoolsign(sp, RUN, b->job, lines);
	} else {
		r = -1;
	}
	free(prog);
	return r;
}

/* Kills what has left the group of a build that an earlier run began: where there are no
 * control groups, nobody else can when that run and its spiff-cell were killed at once.
 * Such processes still have the variables that the build was given. */
static void
killstrays(const struct build *b)
{
	const char *spool;
	char *vars[3];
	int i;

	/* as childstart has passed it on */
	spool = getenv(confname(CONF_SPOOL));
	vars[0] = xasprintf("%s=%s", confname(CONF_SPOOL), spool ? spool : "");
	vars[1] = xasprintf("SPIFF_JOB=%s", b->job);
	vars[2] = xasprintf("SPIFF_TRY=%s", b->try);
	if (procfskill((const char *const *)vars, 3) < 0)
		warn("%s: what is left of its build", b->job);
	for (i = 0; i < 3; i++)
		free(vars[i]);
}

static int
localadopt(struct spool *sp, struct build *b, const char *handle)
{
	enum procid alive;
	struct own *o;
	pid_t pid;

	(void)sp;
	alive = procidlook(handle, &pid);
	if (alive == PROCID_DEAD)
		killstrays(b);
	if (alive != PROCID_ALIVE)
		return 0;
	o = b->own = xcalloc(1, sizeof *o);
	o->pid = pid;
	o->grown = loopnow();
	return 1;
}

/* A group lives until its last member has been collected: by spiff-run, which adopts
 * orphans, or by init, which may be slow or missing. */
static int64_t
localstep(struct spool *sp)
{
	int64_t next, now;
	struct build *b;
	struct own *o;

	(void)sp;
	next = -1;
	now = loopnow();
	for (b = buildnext(NULL); b; b = buildnext(b)) {
		o = b->own;
		if (!o || b->ended || (!o->killed && !b->adopted))
			continue;
		b->ended = !procalive(o->pid) ||
		    (o->killed && now - o->killed > LINGER);
		if (!b->ended)
			next = now + POLL;
		else if (b->adopted)
			killstrays(b);
	}
	return next;
}

static int64_t
localwrote(const struct spool *sp, struct build *b)
{
	struct own *o = b->own;
	int64_t size;

	size = buildlogsize(sp, b->job);
	if (size != o->size) {
		o->size = size;
		o->grown = loopnow();
	}
	return o->grown;
}

static void
localstop(struct build *b, int hard)
{
	struct own *o = b->own;

	if (!o)
		return;
	if (!hard) {
		prockill(o->pid, SIGTERM);
		return;
	}
	/* a spiff-cell knows all processes of the build */
	if (o->cell)
		childstop(o->cell, 0);
	else if (procidleads(o->pid))
		procsignal(o->pid, SIGQUIT);
	else
		prockill(o->pid, SIGKILL);
	if (b->adopted && !o->killed)
		o->killed = loopnow();
}

const struct builder local = {
	.name = "local",
	.start = localstart,
	.adopt = localadopt,
	.step = localstep,
	.wrote = localwrote,
	.stop = localstop,
	.forget = localforget,
};
