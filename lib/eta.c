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
	PAIRS = 200,		/* and twice that for the pace */
	DOUBT = 5,		/* so many that took as long as before are added */
	SHORT = 10,		/* seconds; shorter builds say nothing of the pace */
	PAR = 1000,		/* the pace of a run that is like the last ones */
	FAR = 10,		/* it is no more times slower, or faster, than that */
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

static int64_t
took(struct status *st, struct sjob *j)
{
	statusread(st, j);
	if (j->state != DONE || !j->job.started ||
	    j->job.ended < j->job.started)
		return -1;
	return j->job.ended - j->job.started;
}

/* whether the jobs of these numbers, one of them good, make the same package */
static int
same(const struct status *st, size_t a, size_t b)
{
	return b < st->n && jobnameok(st->jobs[b]->name) &&
	    jobsame(st->jobs[a]->name, st->jobs[b]->name);
}

/* returns what the last build of the same package before that time took, -1 when
 * it is not known; versions of a package lie side by side */
static int64_t
before(struct status *st, size_t at, int64_t since)
{
	struct sjob *j;
	int64_t best, secs;
	size_t i;

	best = secs = -1;
	for (i = at; i > 0 && same(st, at, i - 1); i--)
		;
	for (; same(st, at, i); i++) {
		j = st->jobs[i];
		if (i != at && took(st, j) >= 0 && j->job.ended < since &&
		    best < j->job.ended) {
			best = j->job.ended;
			secs = took(st, j);
		}
	}
	return secs;
}

static int
cmp(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The machine may be slower than the last time, or busier, or have more slots:
 * returns the median of what the builds since then took, in thousandths of what
 * they had taken before. */
static int64_t
pace(struct status *st, int64_t since)
{
	int64_t list[PAIRS + DOUBT], now, then;
	struct sjob *j;
	size_t i, n;

	for (n = 0; n < DOUBT; n++)
		list[n] = PAR;
	for (i = 0; i < st->n && n < PAIRS + DOUBT; i++) {
		j = st->jobs[i];
		if (j->state != DONE || !jobnameok(j->name) ||
		    !(same(st, i, i + 1) || (i > 0 && same(st, i, i - 1))) ||
		    statussince(st, j) < since)
			continue;
		now = took(st, j);
		if (now < 0 || now > INT64_MAX / PAR || j->job.ended < since)
			continue;
		then = before(st, i, since);
		if (then >= SHORT)
			list[n++] = now * PAR / then;
	}
	qsort(list, n, sizeof *list, cmp);
	now = list[n / 2];
	return now < PAR / FAR ? PAR / FAR : now < PAR * FAR ? now : PAR * FAR;
}

static void
durations(struct status *st, struct past *p, int64_t since)
{
	struct sjob *j;
	int64_t thousandths, usual;
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
	thousandths = pace(st, since);
	for (i = 0; i < st->n; i++) {
		j = st->jobs[i];
		j->guessed = left(j) && j->secs < 0;
		if (j->guessed)
			j->secs = usual;
		if (left(j))
			j->secs = j->secs * thousandths / PAR;
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
		qj->mtime.tv_sec = (time_t)j->since;
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
place(const struct qjob *q, size_t place, void *arg)
{
	struct sjob *j;

	j = statusget(arg, q->name);
	if (j->state == READY)
		j->place = place;
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
	simplaces(s, place, st);
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
	progress(st, e);
	durations(st, p, e->since);
	ahead(st, p, e);
	pastdel(p);
	return 0;
}
