#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/sys/queue.h>

#include "io.h"
#include "log.h"
#include "packing.h"
#include "queue.h"
#include "sched.h"
#include "spool.h"
#include "x.h"

struct item {
	char *job;
	TAILQ_ENTRY(item) list;
};

struct packing {
	TAILQ_HEAD(, item) items;
	struct logzip *zip;	/* of the first, NULL: not begun */
};

struct packing *
mkpacking(void)
{
	struct packing *p;

	p = xcalloc(1, sizeof *p);
	TAILQ_INIT(&p->items);
	return p;
}

static void
drop(struct packing *p, struct item *it)
{
	TAILQ_REMOVE(&p->items, it, list);
	free(it->job);
	free(it);
}

void
packingdel(struct packing *p)
{
	if (!p)
		return;
	while (!TAILQ_EMPTY(&p->items))
		packingdrop(p, TAILQ_FIRST(&p->items)->job);
	free(p);
}

void
packingadd(struct packing *p, const char *job)
{
	struct item *it;

	it = xcalloc(1, sizeof *it);
	it->job = xstrdup(job);
	TAILQ_INSERT_TAIL(&p->items, it, list);
}

void
packingdrop(struct packing *p, const char *job)
{
	struct item *it, *next;

	for (it = TAILQ_FIRST(&p->items); it; it = next) {
		next = TAILQ_NEXT(it, list);
		if (strcmp(it->job, job) != 0)
			continue;
		if (p->zip && it == TAILQ_FIRST(&p->items)) {
			logzipdel(p->zip);
			p->zip = NULL;
		}
		drop(p, it);
	}
}

static int
leftover(const char *name, void *arg)
{
	struct sched *s = arg;
	struct qjob *q;
	size_t n;
	char *job;

	n = strlen(name);
	if (n > 4 && strcmp(name + n - 4, ".tmp") == 0) {
		if (unlinkat(s->sp->log, name, 0) < 0)
			warn("%s/log/%s", s->sp->path, name);
	} else if (n > 4 && strcmp(name + n - 4, ".log") == 0) {
		job = xstrndup(name, n - 4);
		q = queueget(s->q, job);
		if (!q || q->state == BUILT)
			packingadd(s->packing, job);
		free(job);
	}
	return 0;
}

void
packingscan(struct sched *s)
{
	if (iolist(s->sp->log, leftover, s) < 0)
		warn("%s/log", s->sp->path);
}

int
packingstep(struct sched *s)
{
	struct packing *p = s->packing;
	struct item *it;

	it = TAILQ_FIRST(&p->items);
	if (!it)
		return 0;
	if (!p->zip)
		p->zip = logzip(s->sp, it->job);
	if (!p->zip || !logzipon(p->zip)) {
		p->zip = NULL;
		drop(p, it);
	}
	return !TAILQ_EMPTY(&p->items);
}
