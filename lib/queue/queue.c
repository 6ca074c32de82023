#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "base/x.h"
#include "queue/queue.h"
#include "spool/job.h"
#include "spool/spool.h"

struct queue {
	struct table *jobs;	/* by name */
	struct table *bases;	/* by base, the first job of it, linked by same; NULL:
				 * nobody has asked for it yet */
	struct qjobs lists[NSTATE];
	char **archs;		/* of the jobs */
	size_t narchs;
	size_t lens[NSTATE];
	struct qjobs touched;
	int changed;
};

struct queue *
mkqueue(void)
{
	struct queue *q;
	int i;

	q = xcalloc(1, sizeof *q);
	q->jobs = mktable();
	for (i = 0; i < NSTATE; i++)
		TAILQ_INIT(&q->lists[i]);
	TAILQ_INIT(&q->touched);
	return q;
}

static void
edgedel(struct edge *e)
{
	LIST_REMOVE(e, needs);
	LIST_REMOVE(e, waiters);
	free(e);
}

void
queuedel(struct queue *q)
{
	struct qjob *j;
	struct edge *e, *next;
	void *value;
	size_t i;

	if (!q)
		return;
	/* all goes, so that no edge needs be taken out of its lists */
	for (i = 0; tablenext(q->jobs, &i, &value);) {
		j = value;
		for (e = LIST_FIRST(&j->needs); e; e = next) {
			next = LIST_NEXT(e, needs);
			free(e);
		}
		free(j->style);
		free(j);
	}
	tabledel(q->jobs);
	tabledel(q->bases);
	for (i = 0; i < q->narchs; i++)
		free(q->archs[i]);
	free(q->archs);
	free(q);
}

struct qjob *
queueget(const struct queue *q, const char *name)
{
	struct qjob *j;

	j = tableget(q->jobs, name);
	return j && j->state != NSTATE ? j : NULL;
}

static void
addbase(struct queue *q, struct qjob *j)
{
	void **first;
	char *base;

	base = jobbase(j->name);
	first = tableput(q->bases, base);
	j->same = *first;
	*first = j;
	free(base);
}

/* returns the first job of that job's base, NULL when there is none */
static struct qjob *
firstsame(struct queue *q, const char *name)
{
	struct qjob *j;
	char *base;
	void *value;
	size_t i;

	if (!q->bases) {
		q->bases = mktable();
		for (i = 0; tablenext(q->jobs, &i, &value);)
			addbase(q, value);
	}
	base = jobbase(name);
	j = tableget(q->bases, base);
	free(base);
	return j;
}

struct qjob *
queuesame(struct queue *q, const char *name)
{
	struct qjob *j;

	for (j = firstsame(q, name); j; j = j->same) {
		if (j->state != NSTATE && strcmp(j->name, name) != 0)
			return j;
	}
	return NULL;
}

const struct qjob *
queuetwin(const struct queue *q, const struct qjob *j)
{
	const struct qjob *other;
	char *name;
	size_t i;
	int n;

	n = (int)(strrchr(j->name, '.') - j->name);
	for (i = 0; i < q->narchs; i++) {
		name = xasprintf("%.*s.%s", n, j->name, q->archs[i]);
		other = queueget(q, name);
		free(name);
		if (other && other != j &&
		    (other->state == RUN || other->state == BUILT))
			return other;
	}
	return NULL;
}

/* remembers the architecture of a job; there are few */
static void
addarch(struct queue *q, const char *job)
{
	const char *arch;
	size_t i;

	arch = strrchr(job, '.');
	for (i = 0; arch && i < q->narchs; i++) {
		if (strcmp(q->archs[i], arch + 1) == 0)
			return;
	}
	if (!arch)
		return;
	q->archs = xgrow(q->archs, q->narchs, sizeof *q->archs);
	q->archs[q->narchs++] = xstrdup(arch + 1);
}

/* returns the job of that name, made with NSTATE when there is none */
static struct qjob *
node(struct queue *q, const char *name)
{
	struct qjob *j;
	void **place;

	place = tableput(q->jobs, name);
	if (*place)
		return *place;
	*place = j = xcalloc(1, sizeof *j);
	j->state = NSTATE;
	j->secs = -1;
	LIST_INIT(&j->needs);
	LIST_INIT(&j->waiters);
	j->name = tablekey(q->jobs, name);
	if (q->bases)
		addbase(q, j);
	addarch(q, name);
	return j;
}

static void
dropbase(struct queue *q, const struct qjob *j)
{
	struct qjob *k;
	char *base;

	base = jobbase(j->name);
	k = tableget(q->bases, base);
	if (k != j) {
		while (k->same != j)
			k = k->same;
		k->same = j->same;
	} else if (j->same) {
		*tableput(q->bases, base) = j->same;
	} else {
		tabledrop(q->bases, base);
	}
	free(base);
}

static void
nodedel(struct queue *q, struct qjob *j)
{
	if (q->bases)
		dropbase(q, j);
	tabledrop(q->jobs, j->name);
	free(j->style);
	free(j);
}

static void
relist(struct queue *q, struct qjob *j, int state)
{
	if (j->state != NSTATE) {
		TAILQ_REMOVE(&q->lists[j->state], j, list);
		q->lens[j->state]--;
	}
	j->state = state;
	if (state != NSTATE) {
		TAILQ_INSERT_TAIL(&q->lists[state], j, list);
		q->lens[state]++;
	}
}

struct qjob *
queueput(struct queue *q, const struct job *job, int state)
{
	struct qjob *j;

	j = node(q, job->name);
	if (j->state != state)
		relist(q, j, state);
	j->priority = job->priority;
	j->tries = job->tries;
	j->troubles = job->troubles;
	j->waits = job->waits != NULL;
	j->unfetched = job->sources != NULL;
	j->most = job->most;
	if (j->memory < job->memory)
		j->memory = job->memory;
	j->force = job->force;
	j->noarch = job->noarch;
	j->asked = job->asked;
	j->guess = job->guess;
	free(j->style);
	j->style = job->style ? xstrdup(job->style) : NULL;
	q->changed = 1;
	return j;
}

void
queuemove(struct queue *q, struct qjob *j, int state)
{
	relist(q, j, state);
}

void
queuedrop(struct queue *q, struct qjob *j)
{
	queuefree(q, j);
	if (j->touched)
		TAILQ_REMOVE(&q->touched, j, touch);
	j->touched = 0;
	j->later = 0;
	j->build = NULL;
	relist(q, j, NSTATE);
	if (LIST_EMPTY(&j->waiters))
		nodedel(q, j);
}

void
queuelink(struct queue *q, struct qjob *j, struct qjob *to)
{
	struct edge *e;

	e = xmalloc(sizeof *e);
	e->from = j;
	e->to = to;
	LIST_INSERT_HEAD(&j->needs, e, needs);
	LIST_INSERT_HEAD(&to->waiters, e, waiters);
	q->changed = 1;
}

void
queueneed(struct queue *q, struct qjob *j, const char *name)
{
	queuelink(q, j, node(q, name));
}

/* removes an edge, and the job it leads to if nothing else keeps that */
static void
dropedge(struct queue *q, struct edge *e)
{
	struct qjob *to;

	to = e->to;
	edgedel(e);
	if (to->state == NSTATE && LIST_EMPTY(&to->waiters))
		nodedel(q, to);
}

void
queuefree(struct queue *q, struct qjob *j)
{
	struct edge *e;

	while ((e = LIST_FIRST(&j->needs)))
		dropedge(q, e);
}

static void
meetneeds(struct queue *q, struct qjob *j)
{
	struct qjob *from;
	struct edge *e, *next;

	for (e = LIST_FIRST(&j->waiters); e; e = next) {
		next = LIST_NEXT(e, waiters);
		from = e->from;
		dropedge(q, e);
		if (LIST_EMPTY(&from->needs))
			queuetouch(q, from);
	}
}

void
queuemet(struct queue *q, const char *name)
{
	struct qjob *j;

	j = tableget(q->jobs, name);
	if (j)
		meetneeds(q, j);
}

static void
touchwaiters(struct queue *q, const struct qjob *j)
{
	struct edge *e;

	LIST_FOREACH(e, &j->waiters, waiters)
		queuetouch(q, e->from);
}

void
queuewaiters(struct queue *q, const char *name)
{
	struct qjob *j;

	j = tableget(q->jobs, name);
	if (j)
		touchwaiters(q, j);
}

void
queueothers(struct queue *q, const char *name)
{
	struct qjob *j;

	for (j = firstsame(q, name); j; j = j->same) {
		if (strcmp(j->name, name) != 0)
			touchwaiters(q, j);
	}
}

void
queuecheck(struct queue *q, int (*has)(const char *name, void *arg), void *arg)
{
	struct qjob **found, *j;
	const char *name;
	void *value;
	size_t i, n;

	found = NULL;
	n = 0;
	for (i = 0; (name = tablenext(q->jobs, &i, &value));) {
		j = value;
		if (LIST_EMPTY(&j->waiters) || !has(name, arg))
			continue;
		found = xgrow(found, n, sizeof *found);
		found[n++] = j;
	}
	for (i = 0; i < n; i++)
		meetneeds(q, found[i]);
	free(found);
}

void
queuetouch(struct queue *q, struct qjob *j)
{
	if (j->touched || j->state == NSTATE)
		return;
	j->touched = 1;
	TAILQ_INSERT_TAIL(&q->touched, j, touch);
}

struct qjob *
queuetouched(struct queue *q)
{
	struct qjob *j;

	j = TAILQ_FIRST(&q->touched);
	if (j) {
		TAILQ_REMOVE(&q->touched, j, touch);
		j->touched = 0;
	}
	return j;
}

const struct qjobs *
queuelist(const struct queue *q, int state)
{
	return &q->lists[state];
}

int
queuestrange(const struct queue *q)
{
	size_t known;
	int i;

	known = 0;
	for (i = 0; i < NSTATE; i++)
		known += q->lens[i];
	return tablelen(q->jobs) > known;
}

size_t
queuelen(const struct queue *q, int state)
{
	return q->lens[state];
}

int
queuechanged(struct queue *q)
{
	int changed;

	changed = q->changed;
	q->changed = 0;
	return changed;
}
