#include <stdlib.h>
#include <string.h>

#include "base/loop.h"
#include "base/x.h"
#include "build/builder.h"
#include "queue/queue.h"
#include "queue/slots.h"
#include "sched/builds.h"
#include "sched/jobs.h"
#include "sched/outcome.h"
#include "spool/job.h"
#include "spool/spool.h"

/* all in milliseconds */
enum {
	GRACE = 5000,		/* between asking a build to end and killing it */
	AGAIN = 1000,		/* until an end that could not be filed is */
	LOOK = 1000		/* between two looks at the limits */
};

struct builds {
	struct build **list;
	size_t n;
	int64_t looked;		/* at the limits, in milliseconds of loopnow() */
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

struct build *
buildsadd(struct sched *s, struct qjob *q, int try)
{
	struct builds *bs = s->builds;
	struct build *b;

	b = xcalloc(1, sizeof *b);
	b->builder = s->builder;
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

void
buildsundo(struct sched *s, struct build *b)
{
	size_t i;

	for (i = s->builds->n; s->builds->list[--i] != b;)
		;
	discard(s, i);
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
	return s->builds->n;
}

long
buildsjobs(const struct sched *s)
{
	long n;
	size_t i;

	n = 0;
	for (i = 0; i < s->builds->n; i++)
		n += s->builds->list[i]->jobs;
	return n;
}

int
buildslocal(const struct sched *s)
{
	return s->builds->n > 0 && !s->builder->remote;
}

int
buildsold(const struct sched *s)
{
	const struct builds *bs = s->builds;
	size_t i;

	for (i = 0; i < bs->n && !bs->list[i]->adopted; i++)
		;
	return i < bs->n && !s->builder->remote;
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

int
buildsfd(const struct sched *s)
{
	return s->builder->fd ? s->builder->fd() : -1;
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
	b = buildsadd(s, q, j.tries);
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

/* files a build that has ended: 1 when that is done */
static int
file(struct sched *s, struct build *b, int64_t now)
{
	if (b->again <= now) {
		if (filebuild(s, b) == 1)
			return 1;
		b->again = now + AGAIN;
	}
	schedwake(s, b->again);
	return 0;
}

static void
watchover(struct sched *s)
{
	struct builds *bs = s->builds;
	struct build *b;
	int64_t now;
	size_t i;
	int look;

	now = loopnow();
	look = (s->idle || s->longest) && now - bs->looked >= LOOK;
	if (look)
		bs->looked = now;
	for (i = bs->n; i-- > 0;) {
		b = bs->list[i];
		if (b->ended) {
			if (file(s, b, now))
				discard(s, i);
		} else if (b->stopped && now - b->stopped >= GRACE) {
			stop(s, b, 1);
		} else if (b->stopped) {
			schedwake(s, b->stopped + GRACE);
		} else if (look && !b->waits) {
			limit(s, b, now);
		}
	}
	if (bs->n && (s->idle || s->longest))
		schedwake(s, bs->looked + LOOK);
}

void
buildsstep(struct sched *s)
{
	int64_t next;

	adoptall(s);
	next = s->builder->step(s->sp);
	watchover(s);
	if (next >= 0)
		schedwake(s, next);
}
