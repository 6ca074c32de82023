#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/sys/queue.h>

#include "base/io.h"
#include "base/loop.h"
#include "base/table.h"
#include "base/text.h"
#include "base/x.h"
#include "build/builder.h"
#include "queue/queue.h"
#include "sched/jobs.h"
#include "sched/logs.h"
#include "spool/buildlog.h"
#include "spool/spool.h"

enum {
	GATHER = 1000,	/* milliseconds that packed logs wait, so that many share a
			 * sync */
	MANY = 256	/* and how many wait at most */
};

struct item {
	const char *job;	/* the table's */
	struct buildlogzip *zip;	/* NULL: not begun */
	int packed;
	TAILQ_ENTRY(item) list;
};

TAILQ_HEAD(items, item);

struct logs {
	struct jobs *js;
	int looked;		/* for logs that an earlier run has left */
	struct table *jobs;	/* items, by job */
	struct items plain;	/* the first may be half packed */
	struct items packed;
	size_t npacked;
	int64_t settle;		/* when the packed ones replace the plain ones */
};

static void
addlog(struct logs *p, const char *job)
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
forgetlog(struct logs *p, struct item *it)
{
	if (it->packed)
		p->npacked--;
	TAILQ_REMOVE(it->packed ? &p->packed : &p->plain, it, list);
	tabledrop(p->jobs, it->job);
	free(it);
}

/* gives up packing a job's log, as a build writes it again */
static void
giveup(struct logs *p, const char *job)
{
	struct item *it;

	it = tableget(p->jobs, job);
	if (!it)
		return;
	if (it->zip)
		buildlogzipdel(it->zip);
	forgetlog(p, it);
}

static int
addleftover(const char *name, void *arg)
{
	struct logs *p = arg;
	struct jobs *js = p->js;
	struct qjob *q;
	size_t n;
	char *job;

	if (textends(name, ".tmp")) {
		if (unlinkat(js->sp->log, name, 0) < 0)
			warn("%s/log/%s", js->sp->path, name);
	} else if ((n = textends(name, ".log"))) {
		job = xstrndup(name, n);
		q = queueget(js->q, job);
		if (!q || q->state == BUILT)
			addlog(p, job);
		free(job);
	}
	return 0;
}

/* adds the plain logs that an earlier run has left, and removes half packed ones */
static void
addleftovers(struct logs *p)
{
	if (iolist(p->js->sp->log, addleftover, p) < 0)
		warn("%s/log", p->js->sp->path);
}

/* packs a piece of a plain log */
static void
packpiece(struct logs *p, struct item *it)
{
	int r;

	if (!it->zip)
		it->zip = buildlogzip(p->js->sp, it->job);
	r = it->zip ? buildlogzipstep(it->zip) : -1;
	if (r < 0) {
		forgetlog(p, it);
	} else if (r == 0) {
		TAILQ_REMOVE(&p->plain, it, list);
		TAILQ_INSERT_TAIL(&p->packed, it, list);
		it->packed = 1;
		if (p->npacked++ == 0)
			p->settle = loopnow() + GATHER;
	}
}

/* replaces plain logs by packed ones */
static void
replacelogs(struct logs *p)
{
	struct buildlogzip *list[MANY];
	struct item *it;
	size_t n;

	for (n = 0; n < MANY && (it = TAILQ_FIRST(&p->packed)); n++) {
		list[n] = it->zip;
		forgetlog(p, it);
	}
	buildlogzipend(p->js->sp, list, n);
}

static int64_t
logsstep(void *self, int64_t now)
{
	struct logs *p = self;

	if (p->js->gone)
		return -1;
	if (!p->looked)
		addleftovers(p);
	p->looked = 1;
	if (!TAILQ_EMPTY(&p->plain))
		packpiece(p, TAILQ_FIRST(&p->plain));
	/* without builds no more logs will come */
	if (p->npacked == MANY || (p->npacked > 0 && TAILQ_EMPTY(&p->plain) &&
	    (p->settle <= now || !buildnext(NULL)))) {
		if (!jobsheld(p->js))
			return -1;
		replacelogs(p);
	}
	if (!TAILQ_EMPTY(&p->plain))
		return now;
	return p->npacked > 0 ? p->settle : -1;
}

static void
logsevent(void *self, const struct event *e)
{
	if (e->what == JOB_STARTED)
		giveup(self, e->name);
	else if (e->what == JOB_ENDED)
		addlog(self, e->name);
}

static void
logsdel(void *self)
{
	struct logs *p = self;
	struct item *it;

	while ((it = TAILQ_FIRST(&p->plain)) || (it = TAILQ_FIRST(&p->packed)))
		giveup(p, it->job);
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
	*p = (struct part){ .self = l, .fd = -1, .step = logsstep,
	    .event = logsevent, .del = logsdel };
}
