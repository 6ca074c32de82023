#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/sys/queue.h>

#include "base/io.h"
#include "base/loop.h"
#include "base/table.h"
#include "base/x.h"
#include "queue/queue.h"
#include "sched/builds.h"
#include "sched/jobs.h"
#include "sched/logs.h"
#include "spool/buildlog.h"
#include "spool/spool.h"

enum {
	GATHER = 1000,	/* milliseconds that packed logs wait for others to share
			 * a sync */
	MANY = 256	/* and how many do */
};

struct item {
	const char *job;	/* tab's */
	struct logzip *zip;	/* NULL: not begun */
	int packed;
	TAILQ_ENTRY(item) list;
};

TAILQ_HEAD(items, item);

struct packing {
	struct tab *jobs;	/* items, by job */
	struct items plain;	/* the first may be packed in part */
	struct items packed;
	size_t npacked;
	int64_t settle;		/* the packed are to take their places then */
};

struct packing *
mkpacking(void)
{
	struct packing *p;

	p = xcalloc(1, sizeof *p);
	p->jobs = mktab();
	TAILQ_INIT(&p->plain);
	TAILQ_INIT(&p->packed);
	return p;
}

void
packingdel(struct packing *p)
{
	struct item *it;

	if (!p)
		return;
	while ((it = TAILQ_FIRST(&p->plain)) || (it = TAILQ_FIRST(&p->packed)))
		packingdrop(p, it->job);
	tabdel(p->jobs);
	free(p);
}

void
packingadd(struct packing *p, const char *job)
{
	struct item *it;

	if (tabget(p->jobs, job))
		return;
	it = xcalloc(1, sizeof *it);
	*tabput(p->jobs, job) = it;
	it->job = tabkey(p->jobs, job);
	TAILQ_INSERT_TAIL(&p->plain, it, list);
}

static void
forget(struct packing *p, struct item *it)
{
	if (it->packed)
		p->npacked--;
	TAILQ_REMOVE(it->packed ? &p->packed : &p->plain, it, list);
	tabdrop(p->jobs, it->job);
	free(it);
}

void
packingdrop(struct packing *p, const char *job)
{
	struct item *it;

	it = tabget(p->jobs, job);
	if (!it)
		return;
	if (it->zip)
		logzipdel(it->zip);
	forget(p, it);
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

/* packs a piece of the first plain log */
static void
pack(struct sched *s, struct item *it)
{
	struct packing *p = s->packing;
	int r;

	if (!it->zip)
		it->zip = logzip(s->sp, it->job);
	r = it->zip ? logzipon(it->zip) : -1;
	if (r < 0) {
		forget(p, it);
	} else if (r == 0) {
		TAILQ_REMOVE(&p->plain, it, list);
		TAILQ_INSERT_TAIL(&p->packed, it, list);
		it->packed = 1;
		if (p->npacked++ == 0)
			p->settle = loopnow() + GATHER;
	}
}

/* puts the packed logs in the places of the plain ones */
static void
settle(struct sched *s)
{
	struct packing *p = s->packing;
	struct logzip *list[MANY];
	struct item *it;
	size_t n;

	for (n = 0; n < MANY && (it = TAILQ_FIRST(&p->packed)); n++) {
		list[n] = it->zip;
		forget(p, it);
	}
	logzipsettle(s->sp, list, n);
}

int
packingstep(struct sched *s)
{
	struct packing *p = s->packing;

	if (!TAILQ_EMPTY(&p->plain))
		pack(s, TAILQ_FIRST(&p->plain));
	/* when nothing is built any more nothing is to be waited for */
	if (p->npacked == MANY || (p->npacked > 0 && TAILQ_EMPTY(&p->plain) &&
	    (p->settle <= loopnow() || buildslen(s) == 0)))
		settle(s);
	if (p->npacked > 0)
		schedwake(s, p->settle);
	return !TAILQ_EMPTY(&p->plain);
}
