#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/sys/queue.h>

#include "base/io.h"
#include "base/loop.h"
#include "base/table.h"
#include "base/x.h"
#include "build/builder.h"
#include "queue/queue.h"
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
	struct buildlogzip *zip;	/* NULL: not begun */
	int packed;
	TAILQ_ENTRY(item) list;
};

TAILQ_HEAD(items, item);

struct logs {
	struct jobs *js;
	int looked;		/* at what an earlier run has left */
	struct table *jobs;	/* items, by job */
	struct items plain;	/* the first may be packed in part */
	struct items packed;
	size_t npacked;
	int64_t settle;		/* the packed are to take their places then */
};

static void
add(struct logs *p, const char *job)
{
	struct item *it;

	if (tableget(p->jobs, job))
		return;
	it = xcalloc(1, sizeof *it);
	*tableput(p->jobs, job) = it;
	it->job = tablekey(p->jobs, job);
	TAILQ_INSERT_TAIL(&p->plain, it, list);
}

static void
forget(struct logs *p, struct item *it)
{
	if (it->packed)
		p->npacked--;
	TAILQ_REMOVE(it->packed ? &p->packed : &p->plain, it, list);
	tabledrop(p->jobs, it->job);
	free(it);
}

/* makes sure that the log of that job is not being packed any more, as it is
 * written again */
static void
drop(struct logs *p, const char *job)
{
	struct item *it;

	it = tableget(p->jobs, job);
	if (!it)
		return;
	if (it->zip)
		buildlogzipdel(it->zip);
	forget(p, it);
}

static int
leftover(const char *name, void *arg)
{
	struct logs *p = arg;
	struct jobs *js = p->js;
	struct qjob *q;
	size_t n;
	char *job;

	n = strlen(name);
	if (n > 4 && strcmp(name + n - 4, ".tmp") == 0) {
		if (unlinkat(js->sp->log, name, 0) < 0)
			warn("%s/log/%s", js->sp->path, name);
	} else if (n > 4 && strcmp(name + n - 4, ".log") == 0) {
		job = xstrndup(name, n - 4);
		q = queueget(js->q, job);
		if (!q || q->state == BUILT)
			add(p, job);
		free(job);
	}
	return 0;
}

/* notes the logs that an earlier run has left, and removes what it left half
 * packed */
static void
leftovers(struct logs *p)
{
	if (iolist(p->js->sp->log, leftover, p) < 0)
		warn("%s/log", p->js->sp->path);
}

/* packs a piece of the first plain log */
static void
pack(struct logs *p, struct item *it)
{
	int r;

	if (!it->zip)
		it->zip = buildlogzip(p->js->sp, it->job);
	r = it->zip ? buildlogzipstep(it->zip) : -1;
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
settle(struct logs *p)
{
	struct buildlogzip *list[MANY];
	struct item *it;
	size_t n;

	for (n = 0; n < MANY && (it = TAILQ_FIRST(&p->packed)); n++) {
		list[n] = it->zip;
		forget(p, it);
	}
	buildlogzipend(p->js->sp, list, n);
}

static int64_t
step(void *self, int64_t now)
{
	struct logs *p = self;

	if (p->js->gone)
		return -1;
	if (!p->looked)
		leftovers(p);
	p->looked = 1;
	if (!TAILQ_EMPTY(&p->plain))
		pack(p, TAILQ_FIRST(&p->plain));
	/* when nothing is built any more nothing is to be waited for */
	if (p->npacked == MANY || (p->npacked > 0 && TAILQ_EMPTY(&p->plain) &&
	    (p->settle <= now || !buildnext(NULL))))
		settle(p);
	if (!TAILQ_EMPTY(&p->plain))
		return now;
	return p->npacked > 0 ? p->settle : -1;
}

static void
event(void *self, const struct event *e)
{
	if (e->what == JOB_STARTED)
		drop(self, e->name);
	else if (e->what == JOB_ENDED)
		add(self, e->name);
}

static void
del(void *self)
{
	struct logs *p = self;
	struct item *it;

	while ((it = TAILQ_FIRST(&p->plain)) || (it = TAILQ_FIRST(&p->packed)))
		drop(p, it->job);
	tabledel(p->jobs);
	free(p);
}

void
logspart(struct part *p, struct jobs *js)
{
	struct logs *l;

	l = xcalloc(1, sizeof *l);
	l->js = js;
	l->jobs = mktable();
	TAILQ_INIT(&l->plain);
	TAILQ_INIT(&l->packed);
	*p = (struct part){ .self = l, .fd = -1, .step = step, .event = event,
	    .del = del };
}
