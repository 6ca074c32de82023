#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/sys/queue.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/conf.h"
#include "base/env.h"
#include "base/proc.h"
#include "base/table.h"
#include "base/x.h"
#include "build/builder.h"
#include "queue/queue.h"
#include "sched/jobs.h"
#include "sched/sources.h"
#include "spool/buildlog.h"
#include "spool/job.h"
#include "spool/spool.h"

enum {
	SAIDMAX = 1 << 16,	/* bytes of what spiff-build says */
	/* milliseconds */
	LIMIT = 3600000,	/* for the sources of one job */
	GRACE = 1000,		/* between asking it to end and killing it */
	/* exit statuses of spiff-build */
	NOTGOOD = 1,
	NOTTHERE = 2
};

/* a job whose sources are to be fetched, or were */
struct item {
	const char *job;	/* the table's */
	int todo;		/* it is in the list */
	TAILQ_ENTRY(item) list;
};

TAILQ_HEAD(items, item);

struct sources {
	struct jobs *js;
	int wanted;
	int looked;		/* for the jobs of an earlier run */
	struct table *known;	/* items, by job */
	struct items todo;
	struct child *child;	/* NULL: does not run */
	char *job;		/* whose sources it fetches */
};

static void
addjob(struct sources *s, const char *job)
{
	struct item *it;
	void **place;

	place = tableput(s->known, job);
	if (*place)
		return;
	*place = it = xcalloc(1, sizeof *it);
	it->job = tablekey(s->known, job);
	it->todo = 1;
	TAILQ_INSERT_TAIL(&s->todo, it, list);
}

/* forgets a job that waits no more, as it may come back */
static void
forgetjob(struct sources *s, const char *job)
{
	struct item *it;

	it = tableget(s->known, job);
	if (!it)
		return;
	if (it->todo)
		TAILQ_REMOVE(&s->todo, it, list);
	tabledrop(s->known, job);
	free(it);
}

static void
addearlier(struct sources *s)
{
	static const int states[] = { READY, WAIT };
	const struct qjob *q;
	size_t i;

	s->looked = 1;
	for (i = 0; i < sizeof states / sizeof states[0]; i++) {
		TAILQ_FOREACH(q, queuelist(s->js->q, states[i]), list)
			addjob(s, q->name);
	}
}

/* notes in the job's file why its sources cannot be fetched; "" for nothing */
static void
notewhy(struct sources *s, struct qjob *q, const char *why)
{
	struct buf lines = {0};

	if (*why)
		warnx("%s: sources: %s", q->name, why);
	jobline(&lines, "sources", why);
	if (spoolnote(s->js->sp, (enum state)q->state, q->name, &lines) == 1)
		q->unfetched = *why != '\0';
	buffree(&lines);
}

static int
isthere(const struct qjob *q)
{
	return q && (q->state == WAIT || q->state == READY);
}

static void
sourcesended(struct child *c, void *arg)
{
	struct sources *s = arg;
	struct buf said = {0};
	struct qjob *q;
	int code;

	s->child = NULL;
	code = childcode(c);
	q = s->js->gone ? NULL : queueget(s->js->q, s->job);
	if (isthere(q) && !childstopped(c)) {
		childoutput(c, &said, NULL);
		if (code == NOTGOOD || code == NOTTHERE)
			notewhy(s, q, buildlogwords(&said));
		else if (code == 0 && q->unfetched)
			notewhy(s, q, "");
		else if (code != 0)
			warnx("%s: its sources were not looked at: %s", s->job,
			    buildlogwords(&said));
	}
	buffree(&said);
	childdel(c);
}

/* returns the next job that waits, NULL when there is none */
static const struct qjob *
nextjob(struct sources *s)
{
	const struct qjob *q;
	struct item *it;

	while ((it = TAILQ_FIRST(&s->todo))) {
		q = queueget(s->js->q, it->job);
		if (isthere(q)) {
			TAILQ_REMOVE(&s->todo, it, list);
			it->todo = 0;
			return q;
		}
		forgetjob(s, it->job);
	}
	return NULL;
}

static void
begin(struct sources *s, const struct qjob *q)
{
	char flag[] = "-f";
	char *argv[] = { procbeside("spiff-cell"), procbeside(confget(CONF_BUILD)),
	    flag, NULL, NULL };
	struct childspec spec = { .argv = argv, .who = ENV_BUILD, .in = -1,
	    .out = CHILD_KEEP, .err = CHILD_KEEP, .max = SAIDMAX, .cut = 1,
	    .limit = LIMIT, .grace = GRACE, .cell = 1, .ended = sourcesended,
	    .arg = s };

	argv[3] = xasprintf("%s/%s/%s", s->js->sp->path, spoolstates[q->state],
	    q->name);
	free(s->job);
	s->job = xstrdup(q->name);
	s->child = childstart(&spec);
	if (!s->child)
		warn("%s", argv[0]);
	free(argv[0]);
	free(argv[1]);
	free(argv[3]);
}

static int64_t
sourcesstep(void *self, int64_t now)
{
	struct sources *s = self;
	const struct qjob *q;

	(void)now;
	if (!s->wanted || s->child || s->js->stopping || s->js->gone)
		return -1;
	if (!s->looked && s->js->scans > 0)
		addearlier(s);
	q = TAILQ_EMPTY(&s->todo) || jobspaused(s->js) ? NULL : nextjob(s);
	if (q)
		begin(s, q);
	return -1;
}

static void
sourcesevent(void *self, const struct event *e)
{
	struct sources *s = self;

	if (!s->wanted || e->what != JOB_MOVED)
		return;
	if (e->to == WAIT || e->to == READY) {
		addjob(s, e->name);
		return;
	}
	forgetjob(s, e->name);
	/* its build fetches them, or nobody needs them */
	if (s->child && strcmp(e->name, s->job) == 0)
		childstop(s->child, GRACE);
}

/* while spiff-run goes on, it need not wait for sources */
static int
sourcesbusy(const void *self)
{
	const struct sources *s = self;

	return s->child && s->js->stopping;
}

static void
sourcesstop(void *self, int hard)
{
	struct sources *s = self;

	childstop(s->child, hard ? 0 : GRACE);
}

static void
sourcesdel(void *self)
{
	struct sources *s = self;

	childdel(s->child);
	tabledelall(s->known);
	free(s->job);
	free(s);
}

/* Whether sources are to be fetched here. Another build program than spiff-build need not
 * know how, and on a cluster each machine has sources of its own. */
static int
iswanted(const struct jobs *js)
{
	return strcmp(confget(CONF_FETCH), "no") != 0 && !js->builder->remote &&
	    strcmp(confget(CONF_BUILD), "spiff-build") == 0;
}

void
sourcespart(struct part *p, struct jobs *js)
{
	struct sources *s;

	s = xcalloc(1, sizeof *s);
	s->js = js;
	s->wanted = iswanted(js);
	s->known = mktable();
	TAILQ_INIT(&s->todo);
	*p = (struct part){ .self = s, .fd = -1, .follows = 1, .step = sourcesstep,
	    .event = sourcesevent, .busy = sourcesbusy, .stop = sourcesstop,
	    .del = sourcesdel };
}
