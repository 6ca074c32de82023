#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
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

enum { MESSAGES = 1 << 20 };	/* bytes of spiff-index's messages that are told */

/* the file that tells spiff-status why nothing comes into the index */
static const char unindexed[] = "unindexed";

struct indexer {
	struct jobs *js;
	struct child *child;	/* NULL: does not run */
	int looked;		/* whether an earlier run has left something */
	int untidy;		/* a run was killed: the next one clears up */
	unsigned number;	/* of the last run */
	int64_t again;		/* after a failure, no run before */
	int64_t began, ended;	/* the last run */
	int64_t pause;
	char *told;		/* what the file unindexed has, NULL: it is not there */
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

/* writes for spiff-status why nothing comes into the index, NULL: that it does */
static void
tell(struct indexer *ix, const char *why)
{
	const struct spool *sp = ix->js->sp;

	if (!why == !ix->told && (!why || strcmp(why, ix->told) == 0))
		return;
	free(ix->told);
	ix->told = why ? xstrdup(why) : NULL;
	if (!why)
		unlinkat(sp->dir, unindexed, 0);
	else if (ioreplace(sp->dir, unindexed, why, strlen(why), 0644) < 0)
		warn("%s/%s", sp->path, unindexed);
}

/* passes on what spiff-index has said; returns its last line, or how it ended, which the
 * caller owns */
static char *
passmessages(const struct child *c)
{
	struct buf b = {0};
	const char *last;
	char *words;

	childoutput(c, NULL, &b);
	/* without standard error there is nobody to tell */
	(void)iowritefd(STDERR_FILENO, b.s, b.len);
	last = textlast(&b, "spiff-index: ");
	words = *last ? textline(last, strlen(last)) : procwords(childstatus(c));
	buffree(&b);
	return words;
}

/* looks at what a run has left, and says why if it failed */
static void
judgerun(struct indexer *ix, int killed, const char *words)
{
	ix->untidy = killed && !ix->js->stopping;
	if (!hasleft(ix)) {
		ix->pause = PAUSE;
		ix->js->trouble = 0;
		tell(ix, NULL);
	} else if (!ix->js->stopping) {
		warnx("spiff-index: again in %lld s: %s", (long long)ix->pause / 1000,
		    words);
		tell(ix, words);
		putoff(ix);
	}
}

/* spiff-index has ended */
static void
endrun(struct indexer *ix)
{
	char *words;
	int killed;

	killed = !WIFEXITED(childstatus(ix->child));
	words = passmessages(ix->child);
	childdel(ix->child);
	ix->child = NULL;
	ix->ended = loopnow();
	if (!ix->js->gone)
		judgerun(ix, killed, words);
	free(words);
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
	struct childspec spec = { .argv = argv, .who = ENV_INDEX, .in = -1, .out = 2,
	    .err = CHILD_KEEP, .max = MESSAGES, .cut = 1, .cell = 1 };
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
	free(ix->told);
	free(ix);
}

void
indexerpart(struct part *p, struct jobs *js)
{
	struct indexer *ix;

	ix = xcalloc(1, sizeof *ix);
	ix->js = js;
	ix->pause = PAUSE;
	/* of an earlier spiff-run */
	unlinkat(js->sp->dir, unindexed, 0);
	*p = (struct part){ .self = ix, .fd = -1, .step = indexerstep,
	    .busy = indexerbusy, .stop = indexerstop, .del = indexerdel };
}
