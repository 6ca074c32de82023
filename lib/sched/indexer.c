#include <err.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/conf.h"
#include "base/io.h"
#include "base/loop.h"
#include "base/proc.h"
#include "base/x.h"
#include "queue/queue.h"
#include "queue/slots.h"
#include "sched/indexer.h"
#include "sched/jobs.h"
#include "sched/jobscan.h"
#include "spool/spool.h"

/* milliseconds */
enum {
	PAUSE = 1000, PAUSEMAX = 60000,	/* after a failure */
	/* while all slots are busy and more jobs wait for one: an index is written
	 * whole, for one package or for many, so a large one less often */
	GATHER = 1000, GATHERMAX = 10000,
	SHARE = 4	/* times as long as the last run took, within these */
};

struct taking {
	pid_t pid;		/* 0: does not run */
	int untidy;		/* it was killed: another run clears up */
	unsigned number;	/* of the run */
	int64_t again;		/* not before, after a failure */
	int64_t began, ended;	/* the last run */
	int64_t pause;
};

struct taking *
mktaking(void)
{
	struct taking *t;

	t = xcalloc(1, sizeof *t);
	t->pause = PAUSE;
	return t;
}

void
takingdel(struct taking *t)
{
	free(t);
}

/* what spiff-index itself puts into incoming/, and removes in the end */
static int
isleft(const char *name, void *arg)
{
	size_t n;

	(void)arg;
	n = strlen(name);
	return strcmp(name, ".lock") == 0 || (*name == '.' && n > 5 &&
	    strcmp(name + n - 5, ".done") == 0);
}

void
takingscan(struct sched *s)
{
	s->taking->untidy = iolist(s->sp->incoming, isleft, NULL) == 1;
}

static void
putoff(struct sched *s)
{
	struct taking *t = s->taking;

	t->again = loopnow() + t->pause;
	t->pause *= 2;
	if (t->pause > PAUSEMAX)
		t->pause = PAUSEMAX;
	s->trouble++;
}

/* when a run is due that nobody waits for */
static int64_t
gathered(const struct taking *t)
{
	int64_t rest;

	rest = SHARE * (t->ended - t->began);
	if (rest < GATHER)
		rest = GATHER;
	return t->ended + (rest < GATHERMAX ? rest : GATHERMAX);
}

static int
start(struct taking *t)
{
	char *argv[] = { procbeside("spiff-index"), xstrdup("-i"),
	    xstrdup("-s"), xstrdup(confget(CONF_SPOOL)), NULL };
	struct proc p = { .argv = argv, .in = -1, .out = 2, .err = -1,
	    .session = 1 };
	size_t i;

	t->number++;
	t->began = loopnow();
	t->pid = procstart(&p);
	if (t->pid < 0)
		warn("%s", argv[0]);
	for (i = 0; argv[i]; i++)
		free(argv[i]);
	return t->pid < 0 ? -1 : 0;
}

void
takingstep(struct sched *s)
{
	struct taking *t = s->taking;
	struct qjob *q;
	int64_t from;

	if (t->pid || s->stopping ||
	    (queuelen(s->q, BUILT) == 0 && !t->untidy))
		return;
	from = t->again;
	if (!readyhungry(s->ready) && from < gathered(t))
		from = gathered(t);
	if (from > loopnow()) {
		schedwake(s, from);
		return;
	}
	/* what it takes out of incoming/ must not be waited for in run/ */
	spoolsync(s->sp);
	if (start(t) < 0) {
		t->pid = 0;
		putoff(s);
		return;
	}
	TAILQ_FOREACH(q, queuelist(s->q, BUILT), list)
		q->taking = t->number;
}

/* looks where the jobs that it was started for are now: 1 when one of them is
 * still there */
static int
left(struct sched *s)
{
	char **names;
	struct qjob *q;
	size_t i, n;
	int any;

	names = NULL;
	n = 0;
	TAILQ_FOREACH(q, queuelist(s->q, BUILT), list) {
		if (q->taking != s->taking->number)
			continue;
		names = xgrow(names, n, sizeof *names);
		names[n++] = xstrdup(q->name);
	}
	any = 0;
	for (i = 0; i < n; i++) {
		scanlook(s, names[i]);
		q = queueget(s->q, names[i]);
		any |= q && q->state == BUILT;
		free(names[i]);
	}
	free(names);
	return any;
}

int
takingreaped(struct sched *s, pid_t pid, int status)
{
	struct taking *t = s->taking;
	char *words;

	if (t->pid != pid)
		return 0;
	t->pid = 0;
	t->untidy = !WIFEXITED(status) && !s->stopping;
	t->ended = loopnow();
	if (!left(s)) {
		t->pause = PAUSE;
		s->trouble = 0;
	} else if (!s->stopping) {
		words = procwords(status);
		warnx("spiff-index: %s: again in %lld s", words,
		    (long long)t->pause / 1000);
		free(words);
		putoff(s);
	}
	return 1;
}

int
takingbusy(const struct sched *s)
{
	return s->taking->pid || s->taking->untidy;
}

void
takingstop(struct sched *s)
{
	s->taking->untidy = 0;
	if (s->taking->pid)
		prockill(s->taking->pid, SIGTERM);
}
