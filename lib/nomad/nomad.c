#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/call.h"
#include "base/loop.h"
#include "base/x.h"
#include "build/builder.h"
#include "nomad/nomad.h"
#include "nomad/nomadbuild.h"
#include "nomad/nomadcli.h"
#include "nomad/nomadlist.h"
#include "nomad/nomadlog.h"
#include "spool/buildlog.h"
#include "spool/job.h"
#include "spool/manifest.h"
#include "spool/spool.h"

/*
 * A build goes through these, and each may be the last before a crash:
 *
 *	its token is in the job's file, synced		nothing was dispatched
 *	it is dispatched, which tells its ID		the token finds it
 *	the ID is in the job's file
 *	the lists have it: it waits, runs, has ended
 *	the rest of its log has come
 *
 * The lists alone say what has become of it: a call's exit status says at most
 * that the server has heard of something.
 */

enum { RETRY = 1000 };		/* milliseconds, when the spool's mark cannot be had */

static char *mark;		/* of our builds on the cluster */
static dev_t spooldev;		/* the spool that it is of */
static ino_t spoolino;
static struct nomadpoll *lists;
static struct call *sweep;	/* stops a child that nobody waits for */

/* makes sure of the mark: the spool may have been replaced */
static int
prepare(const struct spool *sp)
{
	struct stat st;
	char *now;

	if (fstat(sp->dir, &st) < 0) {
		warn("%s", sp->path);
		return -1;
	}
	if (lists && st.st_dev == spooldev && st.st_ino == spoolino)
		return 0;
	now = nomadmark(sp, mark);
	if (!now)
		return -1;
	if (!mark || strcmp(mark, now) != 0) {
		nomadpolldel(lists);
		lists = mknomadpoll(now);
	}
	free(mark);
	mark = now;
	spooldev = st.st_dev;
	spoolino = st.st_ino;
	return 0;
}

/* makes the handle and its lines, which also take away what an earlier try has
 * left; a job whose host nobody builds for has ended with that */
static int
name(struct spool *sp, struct build *b, struct buf *lines)
{
	struct nomadbuild *o = b->own;
	struct job j;
	char *why;
	int r;

	r = spoolread(sp, RUN, b->job, &j, &why);
	if (r < 0) {
		warnx("%s: %s", b->job, why);
		free(why);
	}
	if (r != 1)
		return -1;
	if (nomadhandle(o->h, mark, &j, b->try) < 0) {
		why = xasprintf("SPIFF_NOMAD names no job for %s", j.host);
		nomadend(b, NOMAD_UNAVAILABLE, why);
		free(why);
	} else {
		if (j.node)
			jobline(lines, "node", "");
		if (j.waits && *j.waits)
			jobline(lines, "waits", "");
		o->waits = xstrdup("");
		nomadhandleline(lines, o->h);
	}
	jobfree(&j);
	return 0;
}

static int
nomadstart(struct spool *sp, struct build *b, const struct buf *lines)
{
	struct nomadbuild *o;
	struct buf all = {0};
	int fd, r;

	if (prepare(sp) < 0)
		return -1;
	o = nomadbuildadd(b);
	b->waits = 1;
	fd = logopen(sp, b->job);
	if (fd < 0)
		return -1;
	close(fd);
	bufadd(&all, lines->s, lines->len);
	r = name(sp, b, &all);
	if (r == 0)
		r = spoolnote(sp, RUN, b->job, &all);
	buffree(&all);
	if (r != 1 || o->over)
		return r == 1 ? 0 : -1;
	/* what is outside of this machine is not begun before that is safe */
	if (spoolsync(sp) < 0)
		return -1;
	return nomadmaycall() ? nomadaskbegin(sp, b) : 0;
}

static int
nomadadopt(struct spool *sp, struct build *b, const char *handle)
{
	struct nomadhandle h;
	struct nomadbuild *o;

	(void)sp;
	if (nomadhandleread(&h, handle) < 0)
		return 0;
	o = nomadbuildadd(b);
	*o->h = h;
	o->sent = 1;
	b->waits = 1;
	return 1;
}

static int
nomadreaped(pid_t pid, int status)
{
	struct nomadbuild *o;
	struct build *b;
	size_t i;

	if ((lists && nomadpollreaped(lists, pid, status)) ||
	    (sweep && callreaped(sweep, pid, status)))
		return 1;
	for (i = 0; (b = nomadbuildat(i)); i++) {
		o = b->own;
		if ((o->call && callreaped(o->call, pid, status)) ||
		    (o->look->call && callreaped(o->look->call, pid, status)))
			return 1;
	}
	return 0;
}

/* what is still to do for a build: 1 when it is to be stopped, in Nomad, and it
 * is too early for anything else */
static int
halt(struct build *b)
{
	struct nomadbuild *o = b->own;

	if (!o->stop || o->stopsent || !o->h->id)
		return 0;
	if (nomadaskstop(b) < 0)
		nomadlater(o);
	return 1;
}

/* one that has ended, but for its log */
static void
finish(struct spool *sp, struct build *b)
{
	struct nomadbuild *o = b->own;

	if (halt(b))
		return;
	if (o->alloc && o->logtries > 0)
		nomadlooklast(sp, b);
	else
		b->ended = 1;
}

static void
goon(struct spool *sp, struct build *b)
{
	struct nomadbuild *o = b->own;

	if (halt(b) || o->h->id)
		return;
	/* should it have been dispatched after all it will be seen to stray */
	if (o->stop)
		nomadend(b, -1, "stopped");
	else if (o->sent && deliveryof(sp, b->job, b->try))
		nomadend(b, 0, "exit 0");
	else if (nomadaskbegin(sp, b) < 0)
		nomadlater(o);
}

/* what a build can do now */
static void
act(struct spool *sp, struct build *b)
{
	struct nomadbuild *o = b->own;

	if (o->call && callended(o->call)) {
		nomadaskend(sp, b);
		nomadpollsoon(lists);
	}
	if (o->look->call && callended(o->look->call))
		nomadlookend(sp, b);
	if (o->call || o->look->call || b->ended || o->next > loopnow() ||
	    !nomadmaycall())
		return;
	if (!o->over)
		goon(sp, b);
	if (o->over && !o->call)
		finish(sp, b);
}

/* stops one that strays; there is another turn for the next */
static void
stray(void)
{
	const char *id;

	id = sweep ? NULL : nomadseestray(lists);
	if (id) {
		warnx("%s: nobody waits for it: stopped", id);
		sweep = nomadstop(id);
	}
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

/* when something is to be done that no child's end tells of */
static int64_t
nextturn(void)
{
	const struct nomadbuild *o;
	const struct build *b;
	int64_t next;
	size_t i;

	next = nomadpollnext(lists);
	if (sweep)
		next = sooner(next, callstep(sweep));
	for (i = 0; (b = nomadbuildat(i)); i++) {
		o = b->own;
		if (o->call)
			next = sooner(next, callstep(o->call));
		else if (o->look->call)
			next = sooner(next, callstep(o->look->call));
		else if (o->next > loopnow())
			next = sooner(next, o->next);
	}
	return next;
}

static int64_t
nomadstep(struct spool *sp)
{
	struct build *b;
	int64_t look;
	size_t i;

	if (prepare(sp) < 0)
		return loopnow() + RETRY;
	if (sweep && callended(sweep)) {
		calldel(sweep);
		sweep = NULL;
		nomadpollsoon(lists);
	}
	if (nomadpollstep(lists, nomadbuildat(0) != NULL)) {
		for (i = 0; (b = nomadbuildat(i)); i++)
			nomadsee(sp, b, lists);
		stray();
	}
	for (i = 0; (b = nomadbuildat(i)); i++)
		act(sp, b);
	look = nomadlooknext(sp);
	return sooner(nextturn(), look);
}

/* as far as is known: a log that could not be looked at tells nothing */
static int64_t
nomadwrote(const struct spool *sp, struct build *b)
{
	const struct nomadbuild *o = b->own;

	(void)sp;
	return loopnow() - (o->look->looked - o->look->grown);
}

/* Nomad has its own time limit between asking a task and killing it */
static void
nomadhalt(struct build *b, int hard)
{
	struct nomadbuild *o = b->own;

	(void)hard;
	o->stop = 1;
	o->next = o->pause = 0;
}

const struct builder nomad = {
	.name = "nomad",
	.remote = 1,
	.start = nomadstart,
	.adopt = nomadadopt,
	.reaped = nomadreaped,
	.step = nomadstep,
	.wrote = nomadwrote,
	.stop = nomadhalt,
	.forget = nomadbuilddel,
};
