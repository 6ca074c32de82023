#include <stdlib.h>
#include <string.h>

#include "base/loop.h"
#include "base/pid.h"
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
	AGAIN = 1000,		/* until outcomefile is called again after a failure */
	LOOK = 1000		/* between two looks at the limits */
};

enum { LOGMAX = 1000 };		/* megabytes of a log; the longest real ones have 100 */

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

/* Adopts the build of a job in run/ that an earlier run, or somebody else, has left: a
 * local one is stopped, a remote one taken over. A local one of another machine counts as
 * dead: as this process holds the lock, that machine's spiff-run does not, and nothing of
 * that try is taken once the job has another one. */
static void
adoptbuild(struct jobs *js, struct qjob *q)
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
	b = jobsbuild(js, q, j.try);
	b->adopted = 1;
	b->words = xstrdup("left by an earlier run");
	b->code = -1;
	b->elsewhere = !js->builder->remote && j.node &&
	    strcmp(j.node, pidmachine()) != 0;
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
		if (!q->build && jobsheld(js))
			adoptbuild(js, q);
	}
}

/* whether the build has taken longer than it may; making its chroot does not count */
static int
isoverdue(const struct jobs *js, const struct build *b, int64_t now)
{
	int64_t chroot;

	if (!b->longest || now - b->began <= b->longest)
		return 0;
	chroot = buildlogchroot(js->sp, b->job);
	return chroot >= 0 && now - b->began - chroot * 1000 > b->longest;
}

/* returns why the build may not go on, which the caller owns, or NULL */
static char *
excess(const struct jobs *js, struct build *b, int64_t now)
{
	if (isoverdue(js, b, now))
		return xasprintf("not done after %lld s", (long long)b->longest / 1000);
	if (b->idle && now - b->builder->wrote(js->sp, b) > b->idle)
		return xasprintf("wrote nothing for %lld s", (long long)b->idle / 1000);
	if (buildlogsize(js->sp, b->job) > (int64_t)LOGMAX * 1000000)
		return xasprintf("wrote more than %d MB to its log", LOGMAX);
	return NULL;
}

static void
checklimits(struct jobs *js, struct build *b, int64_t now)
{
	char *why;

	why = excess(js, b, now);
	if (!why)
		return;
	if (b->why)
		free(why);
	else
		b->why = why;
	stopbuild(b, 0);
}

/* Files a build that has ended, and frees it; returns when to try again, -1: never. When
 * spiff-run is to end, the next one files what this one cannot. */
static int64_t
filebuild(struct jobs *js, struct build *b, int64_t now)
{
	if (b->again <= now) {
		if (js->gone || outcomefile(js, b) == 1 || js->stopping) {
			jobsbuilt(js, b);
			return -1;
		}
		b->again = now + AGAIN;
	}
	return b->again;
}

static int64_t
stepall(struct builds *bs, int64_t now)
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
			wake = loopsooner(wake, filebuild(js, b, now));
		} else if (b->stopped && now - b->stopped >= GRACE) {
			stopbuild(b, 1);
		} else if (b->stopped) {
			wake = loopsooner(wake, b->stopped + GRACE);
		} else if (look && !b->waits) {
			checklimits(js, b, now);
			if (b->stopped)
				wake = loopsooner(wake, b->stopped + GRACE);
		}
	}
	if (buildnext(NULL))
		wake = loopsooner(wake, bs->looked + LOOK);
	return wake;
}

static int64_t
buildsstep(void *self, int64_t now)
{
	struct builds *bs = self;
	struct jobs *js = bs->js;
	int64_t next;

	if (!js->gone)
		adoptall(js);
	/* of a lost spool its new spiff-run looks after remote builds */
	next = js->gone && js->builder->remote ? -1 : js->builder->step(js->sp);
	return loopsooner(next, stepall(bs, now));
}

/* stops builds whose job was moved away */
static void
buildsevent(void *self, const struct event *e)
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

/* remote builds go on after the end of spiff-run */
static int
buildsbusy(const void *self)
{
	const struct builds *bs = self;

	if (bs->js->stopping)
		return buildnext(NULL) && !bs->js->builder->remote;
	return buildnext(NULL) || queuelen(bs->js->q, RUN) > 0;
}

/* stops local builds; the next run begins their jobs again */
static void
buildsstop(void *self, int hard)
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
	*p = (struct part){ .self = bs, .fd = -1, .step = buildsstep,
	    .event = buildsevent, .busy = buildsbusy, .stop = buildsstop,
	    .del = free };
}
