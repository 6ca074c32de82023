#include <stdlib.h>
#include <string.h>

#include "base/loop.h"
#include "base/x.h"
#include "build/builder.h"
#include "queue/queue.h"
#include "sched/builds.h"
#include "sched/jobs.h"
#include "sched/outcome.h"
#include "spool/buildlog.h"
#include "spool/job.h"
#include "spool/spool.h"

/* all in milliseconds */
enum {
	GRACE = 5000,		/* between asking a build to end and killing it */
	AGAIN = 1000,		/* until an end that could not be filed is */
	LOOK = 1000		/* between two looks at the limits */
};

struct builds {
	struct jobs *js;
	int64_t looked;		/* at the limits */
};

static void
stopbuild(struct build *b, int hard)
{
	if (b->hard || (b->stopped && !hard))
		return;
	b->builder->stop(b, hard);
	b->hard = hard;
	if (!b->stopped)
		b->stopped = loopnow();
}

/* A job in run/ without a build that we know of: an earlier run has left it, or
 * somebody has put it there. If its build still lives it is stopped, or, of a
 * builder whose builds go on without us, taken over. */
static void
adopt(struct jobs *js, struct qjob *q)
{
	struct build *b;
	struct job j;
	char *name, *why;
	int r;

	r = spoolread(js->sp, RUN, q->name, &j, &why);
	if (r < 0)
		free(why);
	if (r == -1) {
		name = xstrdup(q->name);
		jobsread(js, RUN, name);
		free(name);
	}
	if (r != 1)
		return;
	b = jobsbuild(js, q, j.tries);
	b->adopted = 1;
	b->words = xstrdup("left by an earlier run");
	b->code = -1;
	if (!j.handle || !js->builder->adopt(js->sp, b, j.handle)) {
		b->ended = 1;
		b->back = 1;
	} else if (!js->builder->remote) {
		b->back = 1;
		stopbuild(b, 0);
	}
	jobfree(&j);
}

static void
adoptall(struct jobs *js)
{
	struct qjob *next, *q;

	for (q = TAILQ_FIRST(queuelist(js->q, RUN)); q; q = next) {
		next = TAILQ_NEXT(q, list);
		if (!q->build)
			adopt(js, q);
	}
}

/* Says whether the package has been built for longer than it may; the time in which
 * its chroot was made does not count. */
static int
overdue(const struct jobs *js, const struct build *b, int64_t now)
{
	int64_t chroot;

	if (!b->longest || now - b->began <= b->longest)
		return 0;
	chroot = buildlogchroot(js->sp, b->job);
	return chroot >= 0 && now - b->began - chroot * 1000 > b->longest;
}

static void
limit(struct jobs *js, struct build *b, int64_t now)
{
	const char *what;
	int64_t most;

	if (overdue(js, b, now)) {
		what = "not done after";
		most = b->longest;
	} else if (b->idle && now - b->builder->wrote(js->sp, b) > b->idle) {
		what = "wrote nothing for";
		most = b->idle;
	} else {
		return;
	}
	if (!b->why)
		b->why = xasprintf("stopped: %s %lld s", what,
		    (long long)most / 1000);
	stopbuild(b, 0);
}

/* files a build that has ended, and frees it when that is done; returns when to try
 * again, -1: not */
static int64_t
file(struct jobs *js, struct build *b, int64_t now)
{
	if (b->again <= now) {
		if (js->gone || outcomefile(js, b) == 1) {
			jobsbuilt(js, b);
			return -1;
		}
		b->again = now + AGAIN;
	}
	return b->again;
}

static int64_t
watchover(struct builds *bs, int64_t now)
{
	struct jobs *js = bs->js;
	struct build *b, *next;
	int64_t wake;
	int look;

	look = now - bs->looked >= LOOK;
	if (look)
		bs->looked = now;
	wake = -1;
	for (b = buildnext(NULL); b; b = next) {
		next = buildnext(b);
		if (b->ended) {
			wake = loopsooner(wake, file(js, b, now));
		} else if (b->stopped && now - b->stopped >= GRACE) {
			stopbuild(b, 1);
		} else if (b->stopped) {
			wake = loopsooner(wake, b->stopped + GRACE);
		} else if (look && !b->waits) {
			limit(js, b, now);
			if (b->stopped)
				wake = loopsooner(wake, b->stopped + GRACE);
		}
	}
	if (buildnext(NULL))
		wake = loopsooner(wake, bs->looked + LOOK);
	return wake;
}

static int64_t
step(void *self, int64_t now)
{
	struct builds *bs = self;
	struct jobs *js = bs->js;
	int64_t next;

	if (!js->gone)
		adoptall(js);
	/* builds of another machine are looked after by who has the spool now */
	next = js->gone && js->builder->remote ? -1 : js->builder->step(js->sp);
	return loopsooner(next, watchover(bs, now));
}

/* a build whose job was moved away is not to go on */
static void
event(void *self, const struct event *e)
{
	struct build *b;

	(void)self;
	if (e->what != JOB_MOVED)
		return;
	for (b = buildnext(NULL); b; b = buildnext(b)) {
		if (b->dropped)
			stopbuild(b, 0);
	}
}

/* builds of a remote builder go on without us */
static int
busy(const void *self)
{
	const struct builds *bs = self;

	if (bs->js->stopping)
		return buildnext(NULL) && !bs->js->builder->remote;
	return buildnext(NULL) || queuelen(bs->js->q, RUN) > 0;
}

/* stops all builds of this machine, so that their jobs are begun again */
static void
stop(void *self, int hard)
{
	const struct builds *bs = self;
	struct build *b;

	if (bs->js->builder->remote)
		return;
	for (b = buildnext(NULL); b; b = buildnext(b)) {
		if (!b->stopped)
			b->back = 1;
		stopbuild(b, hard);
	}
}

void
buildspart(struct part *p, struct jobs *js)
{
	struct builds *bs;

	bs = xcalloc(1, sizeof *bs);
	bs->js = js;
	*p = (struct part){ .self = bs, .fd = -1, .step = step, .event = event,
	    .busy = busy, .stop = stop, .del = free };
}
