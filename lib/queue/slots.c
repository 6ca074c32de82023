#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/heap.h"
#include "base/x.h"
#include "queue/queue.h"
#include "queue/slots.h"
#include "spool/history.h"

enum { DAY = 86400 };

#define LATEST ((int64_t)1 << 40)	/* a second that no clock shows */

int64_t
slotsstanding(int priority, int64_t asked)
{
	if (asked < 0)
		asked = 0;
	return (int64_t)priority * DAY - (asked < LATEST ? asked : LATEST);
}

/* In milliseconds. Little work behind a job counts in full, much never quite a day, by
 * DAY * behind / (behind + DAY), so that no chain outweighs a priority. Time does not
 * change the order, as all jobs grow older together. */
static int64_t
score(const struct rank *r)
{
	const int64_t day = (int64_t)DAY * 1000;

	return r->standing * 1000 + day - day * DAY / (r->behind + DAY);
}

int
slotscmp(const struct rank *a, const struct rank *b)
{
	int64_t x, y;

	x = score(a);
	y = score(b);
	if (x == y) {
		x = a->behind;
		y = b->behind;
	}
	if (x != y)
		return x > y ? -1 : 1;
	return strcmp(a->name, b->name);
}

struct pool {
	char *arch;		/* "" for any */
	int slots, used;
	struct heap jobs;
};

struct slots {
	struct pool **pools;
	size_t n;
	char *taken;		/* by number of slot, from 1 */
	size_t ntaken;
	unsigned stamp;
	int64_t unknown, pace;	/* of slotsrank */
};

/* a job whose waiters are being walked */
struct frame {
	struct qjob *job;
	struct edge *next;
};

struct slots *
mkslots(void)
{
	return xcalloc(1, sizeof(struct slots));
}

void
slotsdel(struct slots *r)
{
	size_t i;

	if (!r)
		return;
	for (i = 0; i < r->n; i++) {
		heapfree(&r->pools[i]->jobs);
		free(r->pools[i]->arch);
		free(r->pools[i]);
	}
	free(r->pools);
	free(r->taken);
	free(r);
}

static struct rank
rankof(const struct qjob *j)
{
	struct rank r = { j->standing, j->behind, j->name };

	return r;
}

static int
byrank(const void *a, const void *b)
{
	struct rank x, y;

	x = rankof(a);
	y = rankof(b);
	return slotscmp(&x, &y);
}

static size_t *
heapplace(void *item)
{
	return &((struct qjob *)item)->at;
}

static struct pool *
poolof(struct slots *r, const char *job)
{
	const char *arch;
	struct pool *p;
	size_t i;

	arch = strchr(confget(CONF_SLOTS), '=') ? strrchr(job, '.') + 1 : "";
	for (i = 0; i < r->n; i++) {
		if (strcmp(r->pools[i]->arch, arch) == 0)
			return r->pools[i];
	}
	p = xcalloc(1, sizeof *p);
	p->arch = xstrdup(arch);
	p->slots = confslots(arch);
	p->jobs.cmp = byrank;
	p->jobs.at = heapplace;
	r->pools = xgrow(r->pools, r->n, sizeof(struct pool *));
	r->pools[r->n++] = p;
	return p;
}

static int64_t
standingof(const struct qjob *j)
{
	/* a job that was put there by hand may lack the time */
	return slotsstanding(j->priority, j->asked ? j->asked :
	    (int64_t)j->mtime.tv_sec);
}

void
slotsput(struct slots *r, struct qjob *j)
{
	if (j->isready)
		return;
	if (!j->behind)
		j->standing = standingof(j);
	heapput(&poolof(r, j->name)->jobs, j);
	j->isready = 1;
}

void
slotsdrop(struct slots *r, struct qjob *j)
{
	if (j->isready)
		heapdrop(&poolof(r, j->name)->jobs, j);
	j->isready = 0;
}

struct qjob *
slotsbest(const struct slots *r)
{
	struct qjob *best, *j;
	size_t i;

	best = NULL;
	for (i = 0; i < r->n; i++) {
		j = heaptop(&r->pools[i]->jobs);
		if (j && r->pools[i]->used < r->pools[i]->slots &&
		    (!best || byrank(j, best) < 0))
			best = j;
	}
	return best;
}

int
slotsidle(const struct slots *r)
{
	size_t i;

	for (i = 0; i < r->n; i++) {
		if (r->pools[i]->used < r->pools[i]->slots &&
		    r->pools[i]->jobs.n == 0)
			return 1;
	}
	return 0;
}

size_t
slotsstartable(const struct slots *r)
{
	const struct pool *p;
	size_t i, n, slots;

	n = 0;
	for (i = 0; i < r->n; i++) {
		p = r->pools[i];
		slots = p->slots > p->used ? (size_t)(p->slots - p->used) : 0;
		n += slots < p->jobs.n ? slots : p->jobs.n;
	}
	return n;
}

static int
byrankptr(const void *a, const void *b)
{
	return byrank(*(struct qjob *const *)a, *(struct qjob *const *)b);
}

void
slotsplaces(const struct slots *r, void (*fn)(const struct qjob *j,
    size_t place, void *arg), void *arg)
{
	struct qjob **jobs;
	const struct heap *h;
	size_t i, k;

	for (i = 0; i < r->n; i++) {
		h = &r->pools[i]->jobs;
		jobs = xcalloc(h->n, sizeof *jobs);
		for (k = 0; k < h->n; k++)
			jobs[k] = h->items[k];
		qsort(jobs, h->n, sizeof *jobs, byrankptr);
		for (k = 0; k < h->n; k++)
			fn(jobs[k], k + 1, arg);
		free(jobs);
	}
}

int
slotstake(struct slots *r, const char *job)
{
	size_t i;

	poolof(r, job)->used++;
	for (i = 0; i < r->ntaken && r->taken[i]; i++)
		;
	if (i == r->ntaken)
		r->taken = xgrow(r->taken, r->ntaken++, 1);
	r->taken[i] = 1;
	return (int)i + 1;
}

void
slotsgive(struct slots *r, const char *job, int slot)
{
	poolof(r, job)->used--;
	r->taken[slot - 1] = 0;
}

/* the seconds of a build, at least 1 */
static int64_t
buildsecs(const struct slots *r, const struct qjob *j)
{
	int64_t secs;

	secs = j->secs >= 0 ? j->secs : j->guess > 0 ? historyscaled(j->guess, r->pace) :
	    r->unknown;
	return secs > 0 ? secs : 1;
}

static void
pushframe(struct frame **stack, size_t *n, struct qjob *j, unsigned stamp)
{
	*stack = xgrow(*stack, *n, sizeof **stack);
	(*stack)[*n].job = j;
	(*stack)[*n].next = LIST_FIRST(&j->waiters);
	++*n;
	j->stamp = stamp;
	j->behind = 0;
	j->standing = standingof(j);
}

/* Adds up the longest chain behind a job, and lends it the standing of jobs that wait
 * for it, depth first without recursion. In a cycle, which only edited jobs have, a job
 * counts with what is known so far. */
static void
rankbehind(const struct slots *r, struct qjob *root, struct frame **stack)
{
	unsigned stamp = r->stamp;
	struct qjob *done, *j;
	struct frame *f;
	size_t n;

	n = 0;
	pushframe(stack, &n, root, stamp);
	while (n > 0) {
		f = &(*stack)[n - 1];
		done = NULL;
		if (f->next) {
			done = f->next->from;
			f->next = LIST_NEXT(f->next, waiters);
			if (done->stamp != stamp) {
				pushframe(stack, &n, done, stamp);
				continue;
			}
			j = f->job;
		} else {
			done = f->job;
			done->behind += buildsecs(r, done);
			j = --n > 0 ? f[-1].job : NULL;
		}
		if (j && j->behind < done->behind)
			j->behind = done->behind;
		if (j && j->standing < done->standing)
			j->standing = done->standing;
	}
}

void
slotsrank(struct slots *r, int64_t unknown, int64_t pace)
{
	struct frame *stack;
	struct qjob *j;
	struct heap *h;
	size_t i, k;

	stack = NULL;
	r->stamp++;
	r->unknown = unknown;
	r->pace = pace;
	for (i = 0; i < r->n; i++) {
		h = &r->pools[i]->jobs;
		for (k = 0; k < h->n; k++) {
			j = h->items[k];
			if (j->stamp != r->stamp)
				rankbehind(r, j, &stack);
		}
		heapsift(h);
	}
	free(stack);
}

void
slotsrankalso(struct slots *r, struct qjob *j)
{
	struct frame *stack;

	stack = NULL;
	if (j->stamp != r->stamp)
		rankbehind(r, j, &stack);
	free(stack);
}
