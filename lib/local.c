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

static int
localstart(struct spool *sp, struct build *b, const struct buf *lines)
{
	struct note note = { sp, b->job, lines };
	char *argv[3] = {0}, *env[4] = {0};
	struct proc p = { .argv = argv, .env = env, .in = -1, .session = 1,
	    .deathsig = SIGTERM, .child = sign, .arg = &note };
	pid_t pid;
	size_t i;

	p.out = p.err = logopen(sp, b->job);
	if (p.out < 0)
		return -1;
	argv[0] = procbeside(confget(CONF_BUILD));
	argv[1] = xasprintf("%s/run/%s", confget(CONF_SPOOL), b->job);
	env[0] = xasprintf("SPIFF_JOB=%s", b->job);
	env[1] = xasprintf("SPIFF_TRY=%d", b->try);
	env[2] = xasprintf("SPIFF_SLOT=%d", b->slot);
	pid = procstart(&p);
	if (pid < 0)
		warn("%s: %s", b->job, argv[0]);
	else
		add(b, pid);
	close(p.out);
	for (i = 0; i < 3; i++)
		free(env[i]);
	free(argv[0]);
	free(argv[1]);
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
		/* what it has left behind would go on in its masterdir */
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

	prockill(o->pid, hard ? SIGKILL : SIGTERM);
	if (hard && b->adopted && !o->killed)
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
