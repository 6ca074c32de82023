#include <stdlib.h>

#include "base/buf.h"
#include "base/graph.h"
#include "base/table.h"
#include "base/x.h"
#include "queue/available.h"
#include "queue/needs.h"
#include "queue/queue.h"
#include "spool/buildlog.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/status.h"

enum {
	WAITING = 1u << NEW | 1u << WAIT,
	ACTIVE = WAITING | 1u << READY | 1u << RUN | 1u << BUILT
};

static int
instates(const struct sjob *j, unsigned states)
{
	return j->state != NSTATE && states & 1u << j->state;
}

static int
isqueued(const struct sjob *j)
{
	return instates(j, ACTIVE) && j->read && !j->fault;
}

/* makes a queue of the active jobs, for needsjob */
static struct queue *
makequeue(const struct status *st)
{
	const struct sjob *j;
	struct queue *q;
	size_t i;

	q = mkqueue();
	for (i = 0; i < st->n; i++) {
		j = st->jobs[i];
		if (isqueued(j))
			queueput(q, &j->job, j->state == NEW ? WAIT : j->state);
	}
	return q;
}

/* what the needs of all jobs are found with */
struct linking {
	struct status *st;
	struct available *available;
	struct queue *q;	/* NULL while the spool has all that jobs need */
	struct table *found;	/* by need: the job to wait for, or NULL; many jobs need
				 * the same */
};

/* finds the job to wait for when no active job has the need's name: one that took its
 * place, or failed */
static struct sjob *
findneeded(struct linking *l, const char *need)
{
	struct sjob *to;
	char *name;

	if (!l->q)
		l->q = makequeue(l->st);
	if (needsjob(l->st->sp, l->q, l->available, need, &name) != 1)
		return NULL;
	to = statusadd(l->st, name);
	if (to->at == graphlen(l->st->graph))
		graphnode(l->st->graph);
	statusread(l->st, to);
	free(name);
	return to;
}

/* returns the job that a job waits for, NULL when it needs not to wait */
static struct sjob *
neededjob(struct linking *l, const char *need)
{
	struct sjob *to;

	to = statusget(l->st, need);
	if (to && isqueued(to))
		return to;
	if (!tablekey(l->found, need)) {
		to = findneeded(l, need);
		*tableput(l->found, need) = to;
	}
	return tableget(l->found, need);
}

static void
linkneeds(struct linking *l, struct sjob *j)
{
	struct sjob *to;
	size_t i;

	for (i = 0; i < j->job.nneeds; i++) {
		to = neededjob(l, j->job.needs[i]);
		if (!to)
			continue;
		graphedge(l->st->graph, j->at, to->at, 0);
		if (to == j && !j->cycle)
			j->cycle = xasprintf("%s -> %s", j->name, j->name);
	}
}

static char *
cyclewords(const struct status *st, const struct walk *w)
{
	struct buf b = {0};
	size_t i;

	for (i = 0; i < w->n; i++)
		buffmt(&b, "%s%s", i ? " -> " : "",
		    st->jobs[w->nodes[i]]->name);
	return buftake(&b);
}

/* finds jobs that wait for each other, which only edited jobs can do */
static void
findcycles(struct status *st)
{
	size_t *component, *order, *size, i, n;
	struct walk w;

	order = xcalloc(st->n, sizeof *order);
	component = xcalloc(st->n, sizeof *component);
	n = graphorder(st->graph, order, component);
	size = xcalloc(n, sizeof *size);
	for (i = 0; i < st->n; i++)
		size[component[i]]++;
	for (i = 0; i < n; i++) {
		if (size[i] < 2 || !graphcycle(st->graph, component, i, &w))
			continue;
		/* one job of the cycle is its root cause */
		st->jobs[w.nodes[0]]->cycle = cyclewords(st, &w);
		graphwalkfree(&w);
	}
	free(order);
	free(component);
	free(size);
}

/* whether a job that another one waits for will never be built as things are */
static int
isstuck(const struct sjob *j)
{
	return !instates(j, ACTIVE) || j->fault || j->cycle || j->held;
}

/* Makes a job the root cause of those that wait for it. seen has for each job the last
 * root that was spread to it, from 1; list has room for all jobs. */
static void
spreadroot(struct status *st, const struct graph *back, struct sjob *root,
    size_t *seen, size_t *list)
{
	struct sjob *j;
	size_t i, k, n, to;

	root->root = root;
	n = 0;
	seen[root->at] = root->at + 1;
	list[n++] = root->at;
	for (i = 0; i < n; i++) {
		for (k = 0; k < graphdegree(back, list[i]); k++) {
			to = graphnext(back, list[i], k, NULL);
			if (seen[to] == root->at + 1)
				continue;
			seen[to] = root->at + 1;
			list[n++] = to;
			root->blocks++;
			j = st->jobs[to];
			if (!j->root)
				j->root = root;
		}
	}
}

void
statuslink(struct status *st, struct available *available)
{
	struct linking l = { .st = st, .available = available };
	struct graph *back;
	size_t i, n, *list, *seen;

	statusreadall(st, ACTIVE | 1u << FAIL);
	st->graph = mkgraph();
	for (i = 0; i < st->n; i++)
		graphnode(st->graph);
	l.found = mktable();
	n = st->n;
	for (i = 0; i < n; i++) {
		if (instates(st->jobs[i], WAITING) && st->jobs[i]->read)
			linkneeds(&l, st->jobs[i]);
	}
	queuedel(l.q);
	tabledel(l.found);
	if (st->n == 0)
		return;
	findcycles(st);
	back = graphreverse(st->graph);
	seen = xcalloc(st->n, sizeof *seen);
	list = xcalloc(st->n, sizeof *list);
	for (i = 0; i < st->n; i++) {
		if (isstuck(st->jobs[i]) && (graphdegree(back, i) > 0 ||
		    instates(st->jobs[i], 1u << FAIL) || st->jobs[i]->held))
			spreadroot(st, back, st->jobs[i], seen, list);
	}
	free(list);
	free(seen);
	graphdel(back);
}
