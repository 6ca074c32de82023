#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "builder.h"
#include "builds.h"
#include "claim.h"
#include "filing.h"
#include "job.h"
#include "loop.h"
#include "packing.h"
#include "past.h"
#include "queue.h"
#include "ready.h"
#include "sched.h"
#include "spool.h"
#include "x.h"

/* all in milliseconds */
enum {
	GRACE = 5000,		/* between asking a build to end and killing it */
	HOLD = 1000,		/* without starts, after one that failed; twice */
	HOLDMAX = 60000,	/* that after each more, up to this */
	AGAIN = 1000,		/* until an end that could not be filed is */
	LOOK = 1000,		/* between two looks at the limits */
	POLL = 20,		/* between two looks at a group that ends */
	SHARE = 20		/* ordering takes this part of the time at most */
};

struct builds {
	struct build **list;
	size_t n;
	int64_t hold;		/* nothing starts before */
	int64_t pause;		/* between that and the failure */
	int64_t looked;		/* at the limits */
	int64_t later;		/* a job that was put off is due, 0: there is none */
	int64_t rank;		/* the order may be computed again */
};

struct builds *
mkbuilds(void)
{
	return xcalloc(1, sizeof(struct builds));
}

void
buildsdel(struct builds *bs)
{
	size_t i;

	if (!bs)
		return;
	for (i = 0; i < bs->n; i++)
		builddel(bs->list[i]);
	free(bs->list);
	free(bs);
}

static struct build *
add(struct sched *s, struct qjob *q, int try)
{
	struct builds *bs = s->builds;
	struct build *b;

	b = xcalloc(1, sizeof *b);
	b->job = xstrdup(q->name);
	b->try = try;
	b->slot = readytake(s->ready, b->job);
	b->began = loopnow();
	bs->list = xgrow(bs->list, bs->n, sizeof(struct build *));
	bs->list[bs->n++] = b;
	q->build = b;
	return b;
}

/* a job that is ready again while its last build is still ending waits for that:
 * the two would use the same names */
static void
release(struct sched *s, const char *job)
{
	struct qjob *q;

	q = queueget(s->q, job);
	if (q && q->state == READY && !q->later && !buildsbusy(s, job))
		readyput(s->ready, q);
}

static void
discard(struct sched *s, size_t i)
{
	struct builds *bs = s->builds;
	struct build *b;
	struct qjob *q;

	b = bs->list[i];
	bs->list[i] = bs->list[--bs->n];
	q = queueget(s->q, b->job);
	if (q && q->build == b)
		q->build = NULL;
	readygive(s->ready, b->job, b->slot);
	release(s, b->job);
	builddel(b);
}

static void
stop(struct sched *s, struct build *b, int hard)
{
	if (b->hard || (b->stopped && !hard))
		return;
	s->builder->stop(b, hard);
	b->hard = hard;
	if (!b->stopped)
		b->stopped = loopnow();
	schedwake(s, b->stopped + GRACE);
}

void
buildsdrop(struct sched *s, struct build *b, const char *why)
{
	if (!b->why)
		b->why = xstrdup(why);
	stop(s, b, 0);
}

void
buildsstop(struct sched *s, int hard)
{
	struct builds *bs = s->builds;
	size_t i;

	if (s->builder->remote)
		return;
	for (i = 0; i < bs->n; i++) {
		if (!bs->list[i]->stopped)
			bs->list[i]->back = 1;
		stop(s, bs->list[i], hard);
	}
}

size_t
buildslen(const struct sched *s)
{
	return s->builder->remote ? 0 : s->builds->n;
}

int
buildsbusy(const struct sched *s, const char *job)
{
	const struct builds *bs = s->builds;
	size_t i;

	for (i = 0; i < bs->n && strcmp(bs->list[i]->job, job) != 0; i++)
		;
	return i < bs->n;
}

int
buildsreaped(struct sched *s, pid_t pid, int status)
{
	return s->builder->reaped(pid, status);
}

/* A job in run/ without a build that we know of: an earlier run has left it, or
 * somebody has put it there. If its build still lives it is stopped, or, of a
 * builder whose builds go on without us, taken over. */
static void
adopt(struct sched *s, struct qjob *q)
{
	struct build *b;
	struct job j;
	char *why;
	int r;

	r = spoolread(s->sp, RUN, q->name, &j, &why);
	if (r < 0)
		free(why);
	if (r != 1)
		return;
	b = add(s, q, j.tries);
	b->adopted = 1;
	b->words = xstrdup("left by an earlier run");
	b->code = -1;
	if (!j.handle || !s->builder->adopt(s->sp, b, j.handle)) {
		b->ended = 1;
		b->back = 1;
	} else if (!s->builder->remote) {
		b->back = 1;
		stop(s, b, 0);
	}
	jobfree(&j);
}

static void
adoptall(struct sched *s)
{
	struct qjob *next, *q;

	for (q = TAILQ_FIRST(queuelist(s->q, RUN)); q; q = next) {
		next = TAILQ_NEXT(q, list);
		if (!q->build)
			adopt(s, q);
	}
}

static void
limit(struct sched *s, struct build *b, int64_t now)
{
	const char *what;
	int64_t most;
	char *why;

	if (s->longest && now - b->began > s->longest) {
		what = "not done after";
		most = s->longest;
	} else if (s->idle && now - s->builder->wrote(s->sp, b) > s->idle) {
		what = "wrote nothing for";
		most = s->idle;
	} else {
		return;
	}
	why = xasprintf("stopped: %s %lld s", what, (long long)most / 1000);
	buildsdrop(s, b, why);
	free(why);
}

/* looks after those under way: 1 when one of them is still ending that belongs
 * to an earlier run */
static int
watchover(struct sched *s)
{
	struct builds *bs = s->builds;
	struct build *b;
	int64_t now;
	size_t i;
	int look, old;

	now = loopnow();
	look = (s->idle || s->longest) && now - bs->looked >= LOOK;
	if (look)
		bs->looked = now;
	old = 0;
	for (i = bs->n; i-- > 0;) {
		b = bs->list[i];
		if (b->ended || s->builder->ended(b)) {
			b->ended = 1;
			if (b->again <= now) {
				if (filebuild(s, b) == 1) {
					discard(s, i);
					continue;
				}
				b->again = now + AGAIN;
			}
			schedwake(s, b->again);
		} else if (b->stopped && now - b->stopped >= GRACE) {
			stop(s, b, 1);
			schedwake(s, now + POLL);
		} else if (b->stopped || b->words) {
			schedwake(s, now + POLL);
		} else if (look) {
			limit(s, b, now);
		}
		old |= b->adopted && !s->builder->remote;
	}
	if (bs->n && (s->idle || s->longest))
		schedwake(s, bs->looked + LOOK);
	return old;
}

void
buildslater(struct sched *s, int64_t at)
{
	if (!s->builds->later || s->builds->later > at)
		s->builds->later = at;
	schedwake(s, at);
}

int
buildsdelayed(const struct sched *s)
{
	return s->builds->later != 0;
}

/* puts those among the ready whose pause is over */
static void
resume(struct sched *s)
{
	struct builds *bs = s->builds;
	struct qjob *q;
	int64_t now;

	now = loopnow();
	if (!bs->later || bs->later > now) {
		if (bs->later)
			schedwake(s, bs->later);
		return;
	}
	bs->later = 0;
	TAILQ_FOREACH(q, queuelist(s->q, READY), list) {
		if (!q->later)
			continue;
		if (q->later <= now) {
			q->later = 0;
			release(s, q->name);
		} else {
			buildslater(s, q->later);
		}
	}
}

static void
order(struct sched *s)
{
	struct builds *bs = s->builds;
	int64_t begun;

	begun = loopnow();
	if (begun < bs->rank || !queuechanged(s->q))
		return;
	readyrank(s->ready, pastlongest(s->past));
	bs->rank = begun + SHARE * (loopnow() - begun);
}

/* starts a build: 1, 0 when another had the job, -1 when none can be started */
static int
start(struct sched *s, struct qjob *q)
{
	struct buf lines = {0};
	struct build *b;
	int r;

	r = schedmove(s, q, RUN, NULL);
	if (r != 1)
		return r;
	b = add(s, q, ++q->tries);
	packingdrop(s->packing, b->job);
	jobnumber(&lines, "started", time(NULL));
	jobnumber(&lines, "tries", b->try);
	jobline(&lines, "node", claimhost());
	r = s->builder->start(s->sp, b, &lines);
	buffree(&lines);
	if (r == 0) {
		s->trouble = 0;
		return 1;
	}
	q->build = NULL;
	discard(s, s->builds->n - 1);
	schedmove(s, q, READY, "cannot be started");
	return -1;
}

/* people put the file pause there to keep new builds from starting */
int
buildspaused(const struct sched *s)
{
	return faccessat(s->sp->dir, "pause", F_OK, 0) == 0;
}

static void
startall(struct sched *s)
{
	struct builds *bs = s->builds;
	struct qjob *q;
	int64_t now;

	now = loopnow();
	if (s->stopping || !readybest(s->ready) || buildspaused(s))
		return;
	if (bs->hold > now) {
		schedwake(s, bs->hold);
		return;
	}
	order(s);
	while ((q = readybest(s->ready))) {
		if (start(s, q) < 0) {
			s->trouble++;
			bs->pause = bs->pause ? bs->pause * 2 : HOLD;
			if (bs->pause > HOLDMAX)
				bs->pause = HOLDMAX;
			bs->hold = now + bs->pause;
			schedwake(s, bs->hold);
			return;
		}
		bs->pause = 0;
	}
}

void
buildsstep(struct sched *s)
{
	adoptall(s);
	resume(s);
	/* what an earlier run has left may be in any masterdir */
	if (!watchover(s))
		startall(s);
}
