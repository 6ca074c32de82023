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
#include "base/conf.h"
#include "base/errand.h"
#include "base/loop.h"
#include "base/proc.h"
#include "base/procfs.h"
#include "base/x.h"
#include "build/builder.h"
#include "build/cells.h"
#include "build/local.h"
#include "build/procid.h"
#include "spool/buildlog.h"
#include "spool/job.h"
#include "spool/spool.h"

/* milliseconds */
enum {
	LINGER = 10000,		/* that the killed may take to go */
	POLL = 20		/* between two looks at a group that ends */
};

struct own {
	struct cell *cell;	/* NULL: it has ended, or another run began it */
	pid_t pid;		/* of the process group that the build is in */
	int64_t killed;		/* when its group was killed, 0: it was not */
	int64_t size, grown;	/* its log's last size in bytes, and since when */
};

static struct build **builds;
static size_t nbuilds;

static void
add(struct build *b, struct cell *c, pid_t pid)
{
	struct own *o;

	o = xcalloc(1, sizeof *o);
	o->cell = c;
	o->pid = pid;
	o->grown = loopnow();
	b->own = o;
	builds = xgrow(builds, nbuilds, sizeof *builds);
	builds[nbuilds++] = b;
}

static void
localforget(struct build *b)
{
	struct own *o = b->own;
	size_t i;

	for (i = 0; i < nbuilds && builds[i] != b; i++)
		;
	if (i < nbuilds)
		builds[i] = builds[--nbuilds];
	if (o)
		celldel(o->cell);
	free(o);
}

/* returns what builds; NULL after a message when it is not there: the cell that
 * is to start it would not see that before the build has begun */
static char *
program(const char *job)
{
	char *path;

	path = procbeside(confget(CONF_BUILD));
	if (!strchr(path, '/') || access(path, X_OK) == 0)
		return path;
	warn("%s: %s", job, path);
	free(path);
	return NULL;
}

/* writes down which process has the job before that knows of it, so that it is
 * found wherever we are killed */
static int
sign(struct spool *sp, const char *job, const struct buf *lines,
    const char *claim)
{
	struct buf b = {0};
	int r;

	bufadd(&b, lines->s, lines->len);
	jobline(&b, "node", machinename());
	jobline(&b, "handle", claim);
	r = spoolsign(sp, RUN, job, &b);
	buffree(&b);
	return r == 1 ? 0 : -1;
}

/* has the cell build the job: bounded, and so that nothing is left of it */
static int
send(const struct spool *sp, const struct build *b, const struct cell *c,
    char *prog)
{
	char *argv[3] = { prog }, *env[8] = {0};
	struct errand e = { .env = env, .argv = argv };
	size_t n;
	int r;

	e.log = xasprintf("%s/log/%s.log", sp->path, b->job);
	e.file = xasprintf("%s/run/%s", sp->path, b->job);
	argv[1] = e.file;
	n = 0;
	env[n++] = xasprintf("SPIFF_JOB=%s", b->job);
	env[n++] = xasprintf("SPIFF_TRY=%d", b->try);
	env[n++] = xasprintf("SPIFF_SLOT=%d", b->slot);
	if (b->jobs)
		env[n++] = xasprintf("SPIFF_JOBS=%d", b->jobs);
	r = errandsend(c->fd, &e);
	if (r < 0)
		warn("%s: spiff-cell", b->job);
	while (n > 0)
		free(env[--n]);
	free(e.file);
	free(e.log);
	return r;
}

/* finds a cell for the build, and tells the job's file and the cell */
static int
begin(struct spool *sp, struct build *b, const struct buf *lines, char *prog)
{
	struct cell *c;

	c = cellget();
	if (!c)
		return -1;
	if (sign(sp, b->job, lines, c->claim) < 0) {
		cellput(c);
		return -1;
	}
	if (send(sp, b, c, prog) < 0) {
		celldel(c);
		return -1;
	}
	add(b, c, c->pid);
	return 0;
}

static int
localstart(struct spool *sp, struct build *b, const struct buf *lines)
{
	char *prog;
	int fd, r;

	prog = program(b->job);
	if (!prog)
		return -1;
	fd = logopen(sp, b->job);
	r = fd < 0 ? -1 : begin(sp, b, lines, prog);
	if (fd >= 0)
		close(fd);
	free(prog);
	return r;
}

static int
localadopt(struct spool *sp, struct build *b, const char *handle)
{
	pid_t pid;

	(void)sp;
	if (claimlook(handle, &pid) != CLAIM_ALIVE)
		return 0;
	add(b, NULL, pid);
	return 1;
}

static struct build *
buildof(pid_t pid)
{
	size_t i;
	struct own *o;

	for (i = 0; i < nbuilds; i++) {
		o = builds[i]->own;
		if (o->cell && o->pid == pid)
			return builds[i];
	}
	return NULL;
}

static void
endedas(struct build *b, int how)
{
	b->code = WIFEXITED(how) ? WEXITSTATUS(how) : -1;
	b->words = procwords(how);
}

static int
localreaped(pid_t pid, int how)
{
	struct build *b;
	struct own *o;

	b = buildof(pid);
	if (!b)
		return cellreaped(pid);
	endedas(b, how);
	o = b->own;
	celldel(o->cell);
	o->cell = NULL;
	/* a cell that was killed itself leaves the rest to us */
	prockill(pid, SIGKILL);
	o->killed = loopnow();
	return 1;
}

/* takes what cells say of builds of which nothing is left */
static void
listen(void)
{
	struct build *b;
	struct own *o;
	pid_t pid;
	int how;

	while (errandanswered(cellanswers(), &pid, &how)) {
		b = buildof(pid);
		if (!b)
			continue;
		endedas(b, how);
		b->ended = 1;
		o = b->own;
		cellput(o->cell);
		o->cell = NULL;
	}
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
	listen();
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

	if (o->cell)
		o->cell->told = 1;
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
	.fd = cellanswers,
	.end = cellsend,
	.wrote = localwrote,
	.stop = localstop,
	.forget = localforget,
};
