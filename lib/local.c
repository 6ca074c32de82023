#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "builder.h"
#include "claim.h"
#include "conf.h"
#include "job.h"
#include "local.h"
#include "log.h"
#include "loop.h"
#include "proc.h"
#include "spool.h"
#include "x.h"

enum { WORDS = 8 };	/* of the command, and variables for it, at most */

/* milliseconds */
enum {
	LINGER = 10000,		/* that the killed may take to go */
	POLL = 20		/* between two looks at a group that ends */
};

struct own {
	pid_t pid;		/* of the process group that it is */
	int reaped;		/* its leader has ended */
	int64_t killed;		/* when its group was killed, 0: it was not */
	int64_t size, grown;	/* its log's last size in bytes, and since when */
};

static struct build **builds;
static size_t nbuilds;

struct note {
	struct spool *sp;
	const char *job;
	const struct buf *lines;
};

/* In the child, before it becomes the build: so the job's file says which
 * process it is before that does anything, wherever we are killed. */
static int
sign(void *arg)
{
	struct note *n = arg;
	struct buf b = {0};
	char *claim;
	int r;

	claim = claimmake(getpid());
	if (!claim)
		return -1;
	bufadd(&b, n->lines->s, n->lines->len);
	jobline(&b, "node", claimhost());
	jobline(&b, "handle", claim);
	free(claim);
	errno = ENOENT;
	r = spoolsign(n->sp, RUN, n->job, &b);
	buffree(&b);
	return r == 1 ? 0 : -1;
}

static void
add(struct build *b, pid_t pid)
{
	struct own *o;

	o = xcalloc(1, sizeof *o);
	o->pid = pid;
	o->grown = loopnow();
	b->own = o;
	builds = xgrow(builds, nbuilds, sizeof *builds);
	builds[nbuilds++] = b;
}

static void
localforget(struct build *b)
{
	size_t i;

	for (i = 0; i < nbuilds && builds[i] != b; i++)
		;
	if (i < nbuilds)
		builds[i] = builds[--nbuilds];
	free(b->own);
}

/* whether there is what builds: the cell, which is there to start it, would not
 * see that before the build has begun */
static int
there(const char *job)
{
	char *path;
	int r;

	path = procbeside(confget(CONF_BUILD));
	r = !strchr(path, '/') || access(path, X_OK) == 0;
	if (!r)
		warn("%s: %s", job, path);
	free(path);
	return r;
}

/* the build in its cell, which bounds it and leaves nothing of it */
static void
command(const struct build *b, char **argv)
{
	char *file;
	int n;

	file = xasprintf("%s/run/%s", confget(CONF_SPOOL), b->job);
	n = 0;
	argv[n++] = procbeside("spiff-cell");
	argv[n++] = xasprintf("-n%s", file);
	if (*confget(CONF_CPUS))
		argv[n++] = xasprintf("-c%s", confget(CONF_CPUS));
	if (*confget(CONF_MEMORY))
		argv[n++] = xasprintf("-m%s", confget(CONF_MEMORY));
	argv[n++] = procbeside(confget(CONF_BUILD));
	argv[n++] = file;
	argv[n] = NULL;
}

static void
freeall(char **list)
{
	for (; *list; list++)
		free(*list);
}

static int
localstart(struct spool *sp, struct build *b, const struct buf *lines)
{
	struct note note = { sp, b->job, lines };
	char *argv[WORDS], *env[WORDS] = {0};
	struct proc p = { .argv = argv, .env = env, .in = -1, .session = 1,
	    .deathsig = SIGTERM, .child = sign, .arg = &note };
	pid_t pid;

	if (!there(b->job))
		return -1;
	p.out = p.err = logopen(sp, b->job);
	if (p.out < 0)
		return -1;
	command(b, argv);
	env[0] = xasprintf("SPIFF_JOB=%s", b->job);
	env[1] = xasprintf("SPIFF_TRY=%d", b->try);
	env[2] = xasprintf("SPIFF_SLOT=%d", b->slot);
	if (b->jobs)
		env[3] = xasprintf("SPIFF_JOBS=%d", b->jobs);
	pid = procstart(&p);
	if (pid < 0)
		warn("%s: %s", b->job, argv[0]);
	else
		add(b, pid);
	close(p.out);
	freeall(argv);
	freeall(env);
	return pid < 0 ? -1 : 0;
}

static int
localadopt(struct spool *sp, struct build *b, const char *handle)
{
	pid_t pid;

	(void)sp;
	if (claimlook(handle, &pid) != CLAIM_ALIVE)
		return 0;
	add(b, pid);
	return 1;
}

static int
localreaped(pid_t pid, int status)
{
	struct build *b;
	struct own *o;
	size_t i;

	for (i = 0; i < nbuilds; i++) {
		b = builds[i];
		o = b->own;
		if (o->pid != pid || o->reaped || b->adopted)
			continue;
		o->reaped = 1;
		b->code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		b->words = procwords(status);
		/* a cell that was killed itself leaves the rest to us */
		prockill(pid, SIGKILL);
		o->killed = loopnow();
		return 1;
	}
	return 0;
}

/* A group lives until its last member has been collected: by us, since the
 * orphans of our children come to us, or by init, which may be slow, or none. */
static int64_t
localstep(struct spool *sp)
{
	int64_t next, now;
	struct build *b;
	struct own *o;
	size_t i;

	(void)sp;
	next = -1;
	now = loopnow();
	for (i = 0; i < nbuilds; i++) {
		b = builds[i];
		o = b->own;
		if (b->ended || (!o->killed && !b->adopted))
			continue;
		b->ended = !procalive(o->pid) ||
		    (o->killed && now - o->killed > LINGER);
		if (!b->ended)
			next = now + POLL;
	}
	return next;
}

static int64_t
localwrote(const struct spool *sp, struct build *b)
{
	struct own *o = b->own;
	struct stat st;
	char *name;

	name = xasprintf("%s.log", b->job);
	if (fstatat(sp->log, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    st.st_size != o->size) {
		o->size = st.st_size;
		o->grown = loopnow();
	}
	free(name);
	return o->grown;
}

static void
localstop(struct build *b, int hard)
{
	struct own *o = b->own;

	if (!hard) {
		prockill(o->pid, SIGTERM);
		return;
	}
	/* the cell knows better than we do what there is to kill */
	if (claimleads(o->pid))
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
	.reaped = localreaped,
	.step = localstep,
	.wrote = localwrote,
	.stop = localstop,
	.forget = localforget,
};
