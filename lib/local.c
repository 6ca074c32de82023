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

enum { LINGER = 10000 };	/* milliseconds that the killed may take to go */

static struct build **running;
static size_t nrunning;

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

	claim = claimmake(getpid());
	if (!claim)
		return -1;
	bufadd(&b, n->lines->s, n->lines->len);
	jobline(&b, "handle", claim);
	errno = ENOENT;
	return spoolnote(n->sp, RUN, n->job, &b) == 1 ? 0 : -1;
}

static int
localstart(struct spool *sp, struct build *b, const struct buf *lines)
{
	struct note note = { sp, b->job, lines };
	char *argv[3] = {0}, *env[4] = {0};
	struct proc p = { .argv = argv, .env = env, .in = -1, .session = 1,
	    .deathsig = SIGTERM, .child = sign, .arg = &note };
	size_t i;

	p.out = p.err = logopen(sp, b->job);
	if (p.out < 0)
		return -1;
	argv[0] = procbeside(confget(CONF_BUILD));
	argv[1] = xasprintf("%s/run/%s", confget(CONF_SPOOL), b->job);
	env[0] = xasprintf("SPIFF_JOB=%s", b->job);
	env[1] = xasprintf("SPIFF_TRY=%d", b->try);
	env[2] = xasprintf("SPIFF_SLOT=%d", b->slot);
	b->pid = procstart(&p);
	if (b->pid < 0) {
		warn("%s: %s", b->job, argv[0]);
	} else {
		running = xgrow(running, nrunning, sizeof *running);
		running[nrunning++] = b;
		b->grown = loopnow();
	}
	close(p.out);
	for (i = 0; i < 3; i++)
		free(env[i]);
	free(argv[0]);
	free(argv[1]);
	return b->pid < 0 ? -1 : 0;
}

static int
localadopt(struct spool *sp, struct build *b, const char *handle)
{
	(void)sp;
	b->grown = loopnow();
	return claimlook(handle, &b->pid) == CLAIM_ALIVE;
}

static int
localreaped(pid_t pid, int status)
{
	struct build *b;
	size_t i;

	for (i = 0; i < nrunning && running[i]->pid != pid; i++)
		;
	if (i == nrunning)
		return 0;
	b = running[i];
	running[i] = running[--nrunning];
	b->code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	b->words = procwords(status);
	/* what it has left behind would go on in its masterdir */
	prockill(pid, SIGKILL);
	b->killed = loopnow();
	return 1;
}

/* A group lives until its last member has been collected: by us, since the
 * orphans of our children come to us, or by init, which may be slow, or none. */
static int
localended(struct build *b)
{
	if (!b->killed && !b->adopted)
		return 0;
	return !procalive(b->pid) ||
	    (b->killed && loopnow() - b->killed > LINGER);
}

static int64_t
localwrote(const struct spool *sp, struct build *b)
{
	struct stat st;
	char *name;

	name = xasprintf("%s.log", b->job);
	if (fstatat(sp->log, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    st.st_size != b->size) {
		b->size = st.st_size;
		b->grown = loopnow();
	}
	free(name);
	return b->grown;
}

static void
localstop(struct build *b, int hard)
{
	prockill(b->pid, hard ? SIGKILL : SIGTERM);
	if (hard && b->adopted && !b->killed)
		b->killed = loopnow();
}

const struct builder local = {
	.name = "local",
	.start = localstart,
	.adopt = localadopt,
	.reaped = localreaped,
	.ended = localended,
	.wrote = localwrote,
	.stop = localstop,
};
