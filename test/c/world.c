/* Replays the build of a graph of several architectures on machines that die, in the
 * scheduler's order. The graph comes on standard input, a line "NEED TAB JOB" an edge,
 * both with the architecture behind them. SPIFF_SLOTS has the slots, in all or of each
 * architecture; each machine has a few of those of one architecture.
 *
 *	world [-l hours] [-m slots] [-o] [-d dist] [-n percent] [-s seed] [-u percent]
 *
 *	-l hours	a machine dies so often, is gone for ten minutes, and what it
 *			built is begun again; 0 never
 *	-m slots	of a machine, at most
 *	-o		what was asked for first is built first
 *
 * replay.h has the other flags. Prints the jobs, the machines, the seconds that all
 * takes, how far that is above the bound in percent, the same for the bound with what the
 * deaths have cost, and how many builds were lost. The bound is the longest chain, or the
 * work of an architecture divided by its slots; what deaths cost is the time of lost
 * builds and of the slots of machines that were gone. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/graph.h"
#include "base/heap.h"
#include "base/table.h"
#include "base/x.h"
#include "queue/queue.h"
#include "queue/slots.h"
#include "replay.h"
#include "spool/job.h"
#include "spool/spool.h"

enum { GONE = 600, HOUR = 3600, WEEK = 7 * 86400 };

struct machine {
	const char *arch;	/* "" for any */
	size_t slots, used;
	int gone;
};

/* an end of a build, a death, or a return */
struct event {
	int64_t when;
	enum { ENDS, DIES, RETURNS } what;
	struct qjob *job;
	struct machine *on;
	int slot, lost;
	size_t at;
	struct event *next;	/* of all builds */
};

struct pool {
	const char *arch;
	int64_t work, lost;
	int slots;
};

static struct {
	struct replay r;
	struct queue *q;
	struct slots *slots;
	struct heap events;
	struct machine *machines;
	size_t nmachines;
	struct pool *pools;
	size_t npools;
	struct table *builds;
	struct event *running;
	int64_t now, chain;
	size_t lost;
} w;

static int
bywhen(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	return (x->when > y->when) - (x->when < y->when);
}

static size_t *
heapplace(void *item)
{
	return &((struct event *)item)->at;
}

static const char *
poolarch(const char *job)
{
	return strchr(confget(CONF_SLOTS), '=') ? strrchr(job, '.') + 1 : "";
}

static struct pool *
poolof(const char *job)
{
	const char *arch;
	struct pool *p;
	size_t i;

	arch = poolarch(job);
	for (i = 0; i < w.npools; i++) {
		if (strcmp(w.pools[i].arch, arch) == 0)
			return &w.pools[i];
	}
	w.pools = xgrow(w.pools, w.npools, sizeof *w.pools);
	p = &w.pools[w.npools++];
	*p = (struct pool){ arch, 0, 0, confslots(arch) };
	if (p->slots < 1)
		errx(2, "%s: no slots", arch);
	return p;
}

static struct event *
push(int what, int64_t when)
{
	struct event *e;

	e = xcalloc(1, sizeof *e);
	e->what = what;
	e->when = when;
	heapput(&w.events, e);
	return e;
}

/* returns the longest chain, or an architecture's share of its work */
static int64_t
boundof(void)
{
	const struct pool *p;
	int64_t bound, share;

	bound = w.chain;
	for (p = w.pools; p < w.pools + w.npools; p++) {
		share = (p->work + p->lost) / p->slots;
		if (bound < share)
			bound = share;
	}
	return bound;
}

/* finds the longest chain, and the work of each architecture */
static void
addup(void)
{
	const struct replay *r = &w.r;
	int64_t *ends;
	size_t at, i, k, to;

	ends = xcalloc(r->n, sizeof *ends);
	for (i = 0; i < r->n; i++) {
		at = r->plan[i];
		for (k = 0; k < graphdegree(r->needs, at); k++) {
			to = graphnext(r->needs, at, k, NULL);
			if (ends[at] < ends[to])
				ends[at] = ends[to];
		}
		ends[at] += r->builds[at]->takes;
		if (w.chain < ends[at])
			w.chain = ends[at];
		poolof(r->builds[at]->name)->work += r->builds[at]->takes;
	}
	free(ends);
}

static void
makemachines(size_t most)
{
	struct machine *m;
	size_t i, left;

	for (i = 0; i < w.npools; i++) {
		for (left = (size_t)w.pools[i].slots; left > 0; left -= m->slots) {
			w.machines = xgrow(w.machines, w.nmachines,
			    sizeof *w.machines);
			m = &w.machines[w.nmachines++];
			*m = (struct machine){ w.pools[i].arch,
			    left < most ? left : most, 0, 0 };
		}
	}
}

/* the scheduler's picture; order by the time of asking is that of the plan */
static void
makequeue(int first)
{
	const struct replay *r = &w.r;
	struct job job = { 0 };
	struct build *b;
	struct qjob **list, *j;
	size_t at, i, k;

	w.q = mkqueue();
	w.slots = mkslots();
	w.builds = mktable();
	list = xcalloc(r->n, sizeof *list);
	for (i = 0; i < r->n; i++) {
		at = r->plan[i];
		b = r->builds[at];
		job.name = b->name;
		job.asked = 1 + (first ? (int64_t)i * WEEK : 0);
		*tableput(w.builds, b->name) = b;
		list[at] = j = queueput(w.q, &job, WAIT);
		j->secs = first ? 0 : b->took;
		for (k = 0; k < graphdegree(r->needs, at); k++)
			queuelink(w.q, j, list[graphnext(r->needs, at, k, NULL)]);
		slotsput(w.slots, j);
	}
	slotsrank(w.slots, r->unknown, 1000);
	for (i = 0; i < r->n; i++) {
		if (!LIST_EMPTY(&list[i]->needs))
			slotsdrop(w.slots, list[i]);
	}
	free(list);
}

static void
start(struct qjob *j)
{
	const struct build *b;
	struct event *e;
	struct machine *m;

	slotsdrop(w.slots, j);
	queuemove(w.q, j, RUN);
	for (m = w.machines; m->gone || m->used == m->slots ||
	    strcmp(m->arch, poolarch(j->name)) != 0; m++)
		;
	m->used++;
	b = tableget(w.builds, j->name);
	e = push(ENDS, w.now + b->takes);
	e->job = j;
	e->on = m;
	e->slot = slotstake(w.slots, j->name);
	e->next = w.running;
	w.running = e;
}

static void
end(struct event *e)
{
	struct event **p;
	struct qjob *j;

	if (e->lost)
		return;
	for (p = &w.running; *p != e; p = &(*p)->next)
		;
	*p = e->next;
	e->on->used--;
	slotsgive(w.slots, e->job->name, e->slot);
	queuemet(w.q, e->job->name);
	while ((j = queuetouched(w.q))) {
		if (LIST_EMPTY(&j->needs))
			slotsput(w.slots, j);
	}
	queuedrop(w.q, e->job);
}

/* a machine's slots are taken while it is gone */
static void
take(struct machine *m, int there)
{
	static int *held;
	static size_t n;
	char *name;
	size_t i;

	name = xasprintf("gone-1_1.%s", *m->arch ? m->arch : "any");
	m->gone = !there;
	for (i = 0; i < m->slots; i++) {
		if (there) {
			slotsgive(w.slots, name, held[--n]);
		} else {
			held = xgrow(held, n, sizeof *held);
			held[n++] = slotstake(w.slots, name);
		}
	}
	free(name);
}

static void
die(double hours)
{
	const struct build *b;
	struct event **p, *e;
	struct machine *m;
	size_t i;

	m = &w.machines[(size_t)(chance() * (double)w.nmachines)];
	push(DIES, w.now + (int64_t)(hours * HOUR * 1000));
	if (m->gone)
		return;
	for (p = &w.running; (e = *p);) {
		if (e->on != m) {
			p = &e->next;
			continue;
		}
		*p = e->next;
		e->lost = 1;
		w.lost++;
		b = tableget(w.builds, e->job->name);
		poolof(e->job->name)->lost += w.now - (e->when - b->takes);
		m->used--;
		slotsgive(w.slots, e->job->name, e->slot);
		queuemove(w.q, e->job, WAIT);
		slotsput(w.slots, e->job);
	}
	take(m, 0);
	for (i = 0; strcmp(w.pools[i].arch, m->arch) != 0; i++)
		;
	w.pools[i].lost += GONE * 1000 * (int64_t)m->slots;
	push(RETURNS, w.now + GONE * 1000)->on = m;
}

/* returns when all is built */
static int64_t
replay(double hours)
{
	struct event *e;
	struct qjob *j;
	size_t left;

	w.events.cmp = bywhen;
	w.events.at = heapplace;
	if (hours > 0)
		push(DIES, (int64_t)(hours * HOUR * 1000));
	for (left = w.r.n; left > 0;) {
		while ((j = slotsbest(w.slots)))
			start(j);
		e = heaptop(&w.events);
		heapdrop(&w.events, e);
		w.now = e->when;
		if (e->what == DIES)
			die(hours);
		else if (e->what == RETURNS)
			take(e->on, 1);
		else
			end(e);
		left -= e->what == ENDS && !e->lost;
		free(e);
	}
	return w.now;
}

int
main(int argc, char **argv)
{
	int64_t bound, all;
	double hours;
	size_t most;
	int c, first;

	hours = 0;
	most = 8;
	first = 0;
	w.r.dist = "lognormal";
	sow(1);
	while ((c = getopt(argc, argv, "d:l:m:on:s:u:")) != -1) {
		if (c == 'l')
			hours = strtod(optarg, NULL);
		else if (c == 'm')
			most = strtoul(optarg, NULL, 10);
		else if (c == 'o')
			first = 1;
		else if (!replayflag(&w.r, c, optarg))
			errx(2, "usage: world [-l hours] [-m slots] [-o] [-d dist] "
			    "[-n percent] [-s seed] [-u percent]");
	}
	if (confload() < 0)
		return 2;
	readgraph(&w.r);
	invent(&w.r);
	addup();
	bound = boundof();
	makemachines(most ? most : 1);
	makequeue(first);
	all = replay(hours);
	printf("%zu\t%zu\t%lld\t%.2f", w.r.n, w.nmachines, (long long)all / 1000,
	    100.0 * (double)(all - bound) / (double)bound);
	bound = boundof();
	printf("\t%.2f\t%zu\n", 100.0 * (double)(all - bound) / (double)bound, w.lost);
	return fflush(stdout) ? 1 : 0;
}
