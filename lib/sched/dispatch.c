#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/loop.h"
#include "base/threads.h"
#include "base/x.h"
#include "build/builder.h"
#include "queue/queue.h"
#include "queue/slots.h"
#include "sched/builds.h"
#include "sched/dispatch.h"
#include "sched/hooks.h"
#include "sched/jobs.h"
#include "sched/logs.h"
#include "spool/history.h"
#include "spool/job.h"
#include "spool/spool.h"

enum {
	HOLD = 1000,		/* milliseconds without starts, after one that
				 * failed; twice that after each more */
	HOLDMAX = 60000,	/* up to this */
	SHARE = 20		/* ordering takes this part of the time at most */
};

/* times in milliseconds of loopnow() */
struct starts {
	int64_t hold;		/* nothing starts before */
	int64_t pause;		/* between that and the failure */
	int64_t later;		/* a job that was put off is due, 0: there is none */
	int64_t rank;		/* the order may be computed again */
	int told;		/* the spool says that nothing can be started: 1,
				 * 0, or -1: it may */
};

struct starts *
mkstarts(void)
{
	struct starts *st;

	st = xcalloc(1, sizeof *st);
	st->told = -1;
	return st;
}

void
startsdel(struct starts *st)
{
	free(st);
}

void
startslater(struct sched *s, int64_t at)
{
	struct starts *st = s->starts;

	if (!st->later || st->later > at)
		st->later = at;
	schedwake(s, at);
}

int
startsdelayed(const struct sched *s)
{
	return s->starts->later != 0;
}

/* puts those among the ready whose pause is over */
static void
resume(struct sched *s)
{
	struct starts *st = s->starts;
	struct qjob *q;
	int64_t now;

	now = loopnow();
	if (!st->later || st->later > now) {
		if (st->later)
			schedwake(s, st->later);
		return;
	}
	st->later = 0;
	TAILQ_FOREACH(q, queuelist(s->q, READY), list) {
		if (!q->later)
			continue;
		if (q->later <= now) {
			q->later = 0;
			if (!buildsbusy(s, q->name))
				readyput(s->ready, q);
		} else {
			startslater(s, q->later);
		}
	}
}

/* tells those who look at the spool that nothing can be started, or that it can
 * again; to lose this in a crash does no harm */
static void
tell(const struct sched *s, int trouble)
{
	int fd;

	if (s->starts->told == trouble)
		return;
	s->starts->told = trouble;
	if (!trouble) {
		unlinkat(s->sp->dir, "trouble", 0);
		return;
	}
	fd = openat(s->sp->dir, "trouble", O_WRONLY | O_CREAT | O_TRUNC |
	    O_CLOEXEC | O_NOFOLLOW, 0666);
	if (fd >= 0) {
		iowritefd(fd, s->builder->name, strlen(s->builder->name));
		close(fd);
	}
}

static void
order(struct sched *s)
{
	struct starts *st = s->starts;
	int64_t begun;

	begun = loopnow();
	if (begun < st->rank || !queuechanged(s->q))
		return;
	readyrank(s->ready, pastlong(s->past));
	st->rank = begun + SHARE * (loopnow() - begun);
}

/* How many processes a build may run: all builds together as many as there are
 * processors. One that is begun while others cannot be gets what is left, and
 * never less than its slot's part. */
static int
share(const struct sched *s)
{
	size_t rivals;
	long left, part;

	if (s->builder->remote)
		return 0;
	part = strtol(confget(CONF_JOBS), NULL, 10);
	if (confgiven(CONF_JOBS))
		return (int)part;
	left = poolcpus() - buildsjobs(s);
	rivals = readywidth(s->ready) + 1;
	if (left > 0 && left / (long)rivals > part)
		part = left / (long)rivals;
	return (int)part;
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
	b = buildsadd(s, q, ++q->tries);
	packingdrop(s->packing, b->job);
	jobnumber(&lines, "started", time(NULL));
	jobnumber(&lines, "tries", b->try);
	b->jobs = share(s);
	if (b->jobs)
		jobnumber(&lines, "jobs", b->jobs);
	r = s->builder->start(s->sp, b, &lines);
	buffree(&lines);
	if (r == 0) {
		s->trouble = 0;
		hookstell(s, RUN, b->job);
		return 1;
	}
	buildsundo(s, b);
	schedmove(s, q, READY, "cannot be started");
	return -1;
}

int
startspaused(const struct sched *s)
{
	return faccessat(s->sp->dir, "pause", F_OK, 0) == 0;
}

static void
startall(struct sched *s)
{
	struct starts *st = s->starts;
	struct qjob *q;
	int64_t now;

	now = loopnow();
	if (s->stopping || !readybest(s->ready) || startspaused(s))
		return;
	if (st->hold > now) {
		schedwake(s, st->hold);
		return;
	}
	order(s);
	while ((q = readybest(s->ready))) {
		if (start(s, q) < 0) {
			s->trouble++;
			tell(s, 1);
			st->pause = st->pause ? st->pause * 2 : HOLD;
			if (st->pause > HOLDMAX)
				st->pause = HOLDMAX;
			st->hold = now + st->pause;
			schedwake(s, st->hold);
			return;
		}
		tell(s, 0);
		st->pause = 0;
	}
}

void
startsstep(struct sched *s)
{
	resume(s);
	/* what an earlier run has left may be in any masterdir */
	if (!buildsold(s))
		startall(s);
}
