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
	/* while all slots are busy and more jobs wait for one: an index is written
	 * whole, for one package or for many, so a large one less often */
	GATHER = 1000, GATHERMAX = 10000,
	SHARE = 4,	/* times as long as the last run took, within these */
	GRACE = 500	/* between asking it to end and killing it */
};

struct indexer {
	struct jobs *js;
	struct child *child;	/* NULL: does not run */
	int looked;		/* at what an earlier run has left */
	int untidy;		/* it was killed: another run clears up */
	unsigned number;	/* of the run */
	int64_t again;		/* not before, after a failure */
	int64_t began, ended;	/* the last run */
	int64_t pause;
};

/* what spiff-index itself puts into incoming/, and removes in the end */
static int
isleft(const char *name, void *arg)
{
	(void)arg;
	return strcmp(name, ".lock") == 0 || (*name == '.' && textends(name, ".done"));
}

static void
putoff(struct indexer *ix)
{
	ix->again = loopnow() + ix->pause;
	ix->pause *= 2;
	if (ix->pause > PAUSEMAX)
		ix->pause = PAUSEMAX;
	ix->js->trouble++;
}

/* looks where the jobs that the run was started for are now: 1 when one of them is
 * still there */
static int
left(struct indexer *ix)
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

/* takes the end of spiff-index */
static void
over(struct indexer *ix)
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
	if (!left(ix)) {
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

/* when a run is due that nobody waits for */
static int64_t
gathered(const struct indexer *ix)
{
	int64_t rest;

	rest = SHARE * (ix->ended - ix->began);
	if (rest < GATHER)
		rest = GATHER;
	return ix->ended + (rest < GATHERMAX ? rest : GATHERMAX);
}

static int
start(struct indexer *ix)
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
step(void *self, int64_t now)
{
	struct indexer *ix = self;
	struct jobs *js = ix->js;
	struct qjob *q;
	int64_t from;

	if (ix->child && childended(ix->child))
		over(ix);
	if (!ix->looked)
		ix->untidy = iolist(js->sp->incoming, isleft, NULL) == 1;
	ix->looked = 1;
	if (ix->child || js->stopping ||
	    (queuelen(js->q, BUILT) == 0 && !ix->untidy))
		return -1;
	from = ix->again;
	if (!slotsidle(js->slots) && from < gathered(ix))
		from = gathered(ix);
	if (from > now)
		return from;
	if (!jobsheld(js))
		return -1;
	/* what it takes out of incoming/ must not be waited for in run/ */
	spoolsync(js->sp);
	if (start(ix) < 0) {
		putoff(ix);
		return ix->again;
	}
	TAILQ_FOREACH(q, queuelist(js->q, BUILT), list)
		q->taking = ix->number;
	return -1;
}

static int
busy(const void *self)
{
	const struct indexer *ix = self;
	const struct jobs *js = ix->js;

	return ix->child || (!js->stopping && (ix->untidy || !ix->looked ||
	    (queuelen(js->q, BUILT) > 0 && js->trouble < TROUBLE)));
}

/* to stop it loses nothing */
static void
stop(void *self, int hard)
{
	struct indexer *ix = self;

	if (ix->child)
		childstop(ix->child, hard ? 0 : GRACE);
}

static void
del(void *self)
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
	*p = (struct part){ .self = ix, .fd = -1, .step = step, .busy = busy,
	    .stop = stop, .del = del };
}
