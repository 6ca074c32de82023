#include <stdlib.h>

#include "heap.h"
#include "queue.h"
#include "ready.h"
#include "sim.h"
#include "spool.h"
#include "x.h"

struct stint {
	struct qjob *job;
	int64_t end;
	int slot;		/* 0: needs none any more */
	size_t at;
};

struct sim {
	struct queue *q;
	struct ready *ready;
	struct heap running;	/* stints, by end */
	int64_t now;
	int64_t (*takes)(const struct qjob *j, void *arg);
	void *arg;
	char *ended;		/* name of the last that ended */
};

static int
cmp(const void *a, const void *b)
{
	const struct stint *x = a, *y = b;

	return (x->end > y->end) - (x->end < y->end);
}

static size_t *
at(void *item)
{
	return &((struct stint *)item)->at;
}

static void
start(struct sim *s, struct qjob *j, int64_t end)
{
	struct stint *t;

	t = xmalloc(sizeof *t);
	t->job = j;
	t->end = end;
	t->slot = j->state == BUILT ? 0 : readytake(s->ready, j->name);
	heapput(&s->running, t);
}

/* ranks all jobs at once: each as if it were ready */
static void
rank(struct sim *s, int64_t unknown)
{
	const struct qjobs *waiting;
	struct qjob *j;

	waiting = queuelist(s->q, WAIT);
	TAILQ_FOREACH(j, waiting, list)
		readyput(s->ready, j);
	TAILQ_FOREACH(j, queuelist(s->q, READY), list)
		readyput(s->ready, j);
	readyrank(s->ready, unknown);
	TAILQ_FOREACH(j, waiting, list) {
		if (!LIST_EMPTY(&j->needs))
			readydrop(s->ready, j);
	}
}

struct sim *
mksim(struct queue *q, int64_t unknown,
    int64_t (*takes)(const struct qjob *j, void *arg), void *arg)
{
	struct qjob *j;
	struct sim *s;

	s = xcalloc(1, sizeof *s);
	s->q = q;
	s->ready = mkready();
	s->running.cmp = cmp;
	s->running.at = at;
	s->takes = takes;
	s->arg = arg;
	TAILQ_FOREACH(j, queuelist(q, RUN), list)
		start(s, j, j->later);
	TAILQ_FOREACH(j, queuelist(q, BUILT), list)
		start(s, j, j->later);
	rank(s, unknown);
	return s;
}

void
simdel(struct sim *s)
{
	size_t i;

	for (i = 0; i < s->running.n; i++)
		free(s->running.items[i]);
	heapfree(&s->running);
	readydel(s->ready);
	free(s->ended);
	free(s);
}

void
simplaces(const struct sim *s, void (*fn)(const struct qjob *j, size_t place,
    void *arg), void *arg)
{
	readyplaces(s->ready, fn, arg);
}

const char *
simnext(struct sim *s, int64_t *when)
{
	struct qjob *j;
	struct stint *t;

	while ((j = readybest(s->ready))) {
		readydrop(s->ready, j);
		queuemove(s->q, j, RUN);
		start(s, j, s->now + s->takes(j, s->arg));
	}
	t = heaptop(&s->running);
	if (!t)
		return NULL;
	heapdrop(&s->running, t);
	s->now = t->end > s->now ? t->end : s->now;
	if (t->slot)
		readygive(s->ready, t->job->name, t->slot);
	free(s->ended);
	s->ended = xstrdup(t->job->name);
	free(t);
	queuemet(s->q, s->ended);
	while ((j = queuetouched(s->q))) {
		if (j->state == WAIT && LIST_EMPTY(&j->needs))
			readyput(s->ready, j);
	}
	queuedrop(s->q, queueget(s->q, s->ended));
	*when = s->now;
	return s->ended;
}

int64_t
simleft(int64_t secs, int64_t elapsed)
{
	/* what should be over goes on for a tenth of what it has taken */
	if (elapsed > secs - secs / 10)
		return elapsed * 1000 / 10 + 1000;
	return (secs - elapsed) * 1000;
}
