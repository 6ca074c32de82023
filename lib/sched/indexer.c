#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/child.h"
#include "base/conf.h"
#include "base/env.h"
#include "base/io.h"
#include "base/loop.h"
#include "base/proc.h"
#include "base/text.h"
#include "base/x.h"
#include "queue/queue.h"
#include "queue/slots.h"
#include "sched/indexer.h"
#include "sched/jobs.h"
#include "spool/spool.h"

/* milliseconds */
enum {
	PAUSE = 1000, PAUSEMAX = 60000,	/* after a failure */
	/* between two runs while more jobs wait than there are free slots: an index is
	 * written whole, for one package or for many */
	GATHER = 1000, GATHERMAX = 10000,
	SHARE = 4,	/* times the duration of the last run, within these */
	GRACE = 500	/* between asking it to end and killing it */
};

struct indexer {
	struct jobs *js;
	struct child *child;	/* NULL: does not run */
	int looked;		/* whether an earlier run has left something */
	int untidy;		/* a run was killed: the next one clears up */
	unsigned number;	/* of the last run */
	int64_t again;		/* after a failure, no run before */
	int64_t began, ended;	/* the last run */
	int64_t pause;
};

/* whether a file of incoming/ is spiff-index's own, which it removes at its end */
static int
isleft(const char *name, void *arg)
{
	(void)arg;
	return *name == '.' && textends(name, ".done");
}

static void
putoff(struct indexer *ix)
{
	ix->again = loopnow() + ix->pause;
	ix->pause = loopbackoff(ix->pause, PAUSE, PAUSEMAX);
	ix->js->trouble++;
}

/* looks where the jobs of the last run are now: 1 if one of them is still in built/ */
static int
hasleft(struct indexer *ix)
{
	char **names;
	struct qjob *q;
	size_t i, n;
	int any;

	names = NULL;
	n = 0;
	TAILQ_FOREACH(q, queuelist(ix->js->q, BUILT), list) {
		if (q->taking != ix->number)
			continue;
		names = xgrow(names, n, sizeof *names);
		names[n++] = xstrdup(q->name);
	}
	any = 0;
	for (i = 0; i < n; i++) {
		jobslook(ix->js, names[i]);
		q = queueget(ix->js->q, names[i]);
		any |= q && q->state == BUILT;
		free(names[i]);
	}
	free(names);
	return any;
}

/* spiff-index has ended */
static void
endrun(struct indexer *ix)
{
	char *words;
	int status;

	status = childstatus(ix->child);
	childdel(ix->child);
	ix->child = NULL;
	ix->ended = loopnow();
	if (ix->js->gone)
		return;
	ix->untidy = !WIFEXITED(status) && !ix->js->stopping;
	if (!hasleft(ix)) {
		ix->pause = PAUSE;
		ix->js->trouble = 0;
	} else if (!ix->js->stopping) {
		words = procwords(status);
		warnx("spiff-index: %s: again in %lld s", words,
		    (long long)ix->pause / 1000);
		free(words);
		putoff(ix);
	}
}

/* when the next run is due if no slot is idle */
static int64_t
gathertime(const struct indexer *ix)
{
	int64_t rest;

	rest = SHARE * (ix->ended - ix->began);
	if (rest < GATHER)
		rest = GATHER;
	return ix->ended + (rest < GATHERMAX ? rest : GATHERMAX);
}

static int
startrun(struct indexer *ix)
{
	char *argv[] = { procbeside("spiff-cell"), procbeside("spiff-index"),
	    xstrdup("-i"), xstrdup("-s"), xstrdup(confget(CONF_SPOOL)), NULL };
	struct childspec spec = { .argv = argv, .who = ENV_INDEX, .in = -1,
	    .out = 2, .err = -1, .cell = 1 };
	size_t i;

	ix->number++;
	ix->began = loopnow();
	ix->child = childstart(&spec);
	if (!ix->child)
		warn("%s", argv[0]);
	for (i = 0; argv[i]; i++)
		free(argv[i]);
	return ix->child ? 0 : -1;
}

static int64_t
indexerstep(void *self, int64_t now)
{
	struct indexer *ix = self;
	struct jobs *js = ix->js;
	struct qjob *q;
	int64_t from;

	if (ix->child && childended(ix->child))
		endrun(ix);
	if (!ix->looked)
		ix->untidy = iolist(js->sp->incoming, isleft, NULL) == 1;
	ix->looked = 1;
	if (ix->child || js->stopping ||
	    (queuelen(js->q, BUILT) == 0 && !ix->untidy))
		return -1;
	from = ix->again;
	if (!slotsidle(js->slots) && from < gathertime(ix))
		from = gathertime(ix);
	if (from > now)
		return from;
	if (!jobsheld(js))
		return -1;
	/* after a crash a job whose delivery was taken must not be in run/ again */
	spoolsync(js->sp);
	if (startrun(ix) < 0) {
		putoff(ix);
		return ix->again;
	}
	TAILQ_FOREACH(q, queuelist(js->q, BUILT), list)
		q->taking = ix->number;
	return -1;
}

static int
indexerbusy(const void *self)
{
	const struct indexer *ix = self;
	const struct jobs *js = ix->js;

	return ix->child || (!js->stopping && (ix->untidy || !ix->looked ||
	    (queuelen(js->q, BUILT) > 0 && js->trouble < TROUBLE)));
}

static void
indexerstop(void *self, int hard)
{
	struct indexer *ix = self;

	childstop(ix->child, hard ? 0 : GRACE);
}

static void
indexerdel(void *self)
{
	struct indexer *ix = self;

	childdel(ix->child);
	free(ix);
}

void
indexerpart(struct part *p, struct jobs *js)
{
	struct indexer *ix;

	ix = xcalloc(1, sizeof *ix);
	ix->js = js;
	ix->pause = PAUSE;
	*p = (struct part){ .self = ix, .fd = -1, .step = indexerstep,
	    .busy = indexerbusy, .stop = indexerstop, .del = indexerdel };
}
