#include <stdlib.h>
#include <string.h>

#include "eta.h"
#include "graph.h"
#include "job.h"
#include "past.h"
#include "queue.h"
#include "sim.h"
#include "spool.h"
#include "status.h"
#include "x.h"

enum {
	ACTIVE = 1u << NEW | 1u << WAIT | 1u << READY | 1u << RUN | 1u << BUILT,
	USUAL = 60,		/* seconds that a build takes when nothing is known */
	SAMPLE = 1000,		/* builds to look at for an average */
	HOUR = 3600
};

static int
active(const struct sjob *j)
{
	return j->state != NSTATE && ACTIVE & 1u << j->state && j->read &&
	    !j->fault;
}

static int
left(const struct sjob *j)
{
	return active(j) && !j->root;
}

/* returns the mean of the times that are known of what is left, or, when none
 * is, of what was built */
static int64_t
mean(const struct status *st, struct past *p)
{
	const struct sjob *j;
	int64_t secs, sum;
	size_t i, n;

	n = 0;
	sum = 0;
	for (i = 0; i < st->n; i++) {
		if (!left(st->jobs[i]) || st->jobs[i]->secs < 0)
			continue;
		sum += st->jobs[i]->secs;
		n++;
	}
	for (i = 0; i < st->n && n < SAMPLE; i++) {
		j = st->jobs[i];
		if (j->state != DONE || !jobnameok(j->name))
			continue;
		secs = pastsecs(p, j->name);
		if (secs < 0)
			continue;
		sum += secs;
		n++;
	}
	return n ? sum / (int64_t)n : USUAL;
}

static void
durations(struct status *st, struct past *p)
{
	struct sjob *j;
	int64_t usual;
	size_t i, unknown;

	unknown = 0;
	for (i = 0; i < st->n; i++) {
		j = st->jobs[i];
		if (!left(j))
			continue;
		j->secs = pastsecs(p, j->name);
		unknown += j->secs < 0;
	}
	usual = unknown ? mean(st, p) : 0;
	for (i = 0; i < st->n; i++) {
		j = st->jobs[i];
		j->guessed = left(j) && j->secs < 0;
		if (j->guessed)
			j->secs = usual;
	}
}

/* the scheduler's picture of what is left; times are relative to now */
static struct queue *
picture(const struct status *st)
{
	const struct sjob *j;
	struct queue *q;
	struct qjob *qj;
	size_t i, k;

	q = mkqueue();
	for (i = 0; i < st->n; i++) {
		j = st->jobs[i];
		if (!left(j))
			continue;
		qj = queueput(q, &j->job, j->state == NEW ? WAIT : j->state);
		qj->secs = j->guessed ? -1 : j->secs;
		if (j->state == RUN)
			qj->later = simleft(j->secs, st->now - j->since);
		for (k = 0; k < graphdegree(st->graph, i); k++)
			queueneed(q, qj, st->jobs[graphnext(st->graph, i, k,
			    NULL)]->name);
	}
	return q;
}

static int64_t
takes(const struct qjob *q, void *arg)
{
	return statusget(arg, q->name)->secs * 1000;
}

static void
ahead(struct status *st, const struct past *p, struct eta *e)
{
	const char *name;
	struct queue *q;
	struct sim *s;
	int64_t end, when;

	q = picture(st);
	s = mksim(q, pastlong(p), takes, st);
	while ((name = simnext(s, &when))) {
		end = st->now + (when + 999) / 1000;
		statusget(st, name)->end = end;
		if (e->end < end)
			e->end = end;
	}
	simdel(s);
	queuedel(q);
}

static void
progress(const struct status *st, struct eta *e)
{
	const struct sjob *j;
	int64_t ended, oldest[2];	/* of those that wait in vain, of those left */
	size_t i;

	oldest[0] = oldest[1] = st->now;
	for (i = 0; i < st->n; i++) {
		j = st->jobs[i];
		if (!active(j))
			continue;
		e->left += left(j);
		e->blocked += !left(j);
		if (j->job.asked && j->job.asked < oldest[left(j)])
			oldest[left(j)] = j->job.asked;
	}
	if (!e->since)
		e->since = oldest[e->left > 0];
	for (i = 0; i < st->n; i++) {
		if (st->jobs[i]->state != DONE)
			continue;
		ended = statussince(st, st->jobs[i]);
		e->lasthour += ended > st->now - HOUR;
		e->built += ended >= e->since;
	}
}

int
etamake(struct status *st, int64_t since, struct eta *e)
{
	struct past *p;

	memset(e, 0, sizeof *e);
	e->since = since;
	p = pastopen(st->sp);
	if (!p)
		return -1;
	durations(st, p);
	ahead(st, p, e);
	progress(st, e);
	pastdel(p);
	return 0;
}
