#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/text.h"
#include "base/x.h"
#include "build/builder.h"
#include "queue/available.h"
#include "queue/queue.h"
#include "queue/slots.h"
#include "sched/builds.h"
#include "sched/dispatch.h"
#include "sched/hooks.h"
#include "sched/indexer.h"
#include "sched/intake.h"
#include "sched/jobs.h"
#include "sched/jobscan.h"
#include "sched/logs.h"
#include "sched/website.h"
#include "spool/history.h"
#include "spool/inotify.h"
#include "spool/job.h"
#include "spool/spool.h"

int
schedopen(struct sched *s)
{
	s->stopping = s->trouble = 0;
	s->past = pastopen(s->sp);
	if (!s->past)
		return -1;
	s->q = mkqueue();
	s->ready = mkready();
	s->stock = mkstock();
	s->intake = mkintake();
	s->builds = mkbuilds();
	s->starts = mkstarts();
	s->taking = mktaking();
	s->packing = mkpacking();
	s->hooks = mkhooks();
	s->www = mkwww();
	/* the watch before the first look, lest something comes in between */
	s->watch = NULL;
	if (strcmp(confget(CONF_WATCH), "scan") != 0) {
		s->watch = watchopen(s->sp);
		if (!s->watch)
			warn("%s: inotify: looking every second instead",
			    s->sp->path);
	}
	scanall(s);
	packingscan(s);
	takingscan(s);
	return 0;
}

void
schedclose(struct sched *s)
{
	watchdel(s->watch);
	wwwdel(s->www);
	hooksdel(s->hooks);
	packingdel(s->packing);
	takingdel(s->taking);
	buildsdel(s->builds);
	if (s->builder->end)
		s->builder->end();
	startsdel(s->starts);
	intakedel(s->intake);
	stockdel(s->stock);
	readydel(s->ready);
	queuedel(s->q);
	pastdel(s->past);
}

void
schedputoff(struct sched *s, int state, const char *name, const char *why)
{
	warnx("%s/%s/%s: %s", s->sp->path, spoolstates[state], name, why);
	s->putoff++;
}

void
schedwake(struct sched *s, int64_t at)
{
	if (s->wake < 0 || s->wake > at)
		s->wake = at;
}

/* what a job's arrival in a state means for others */
static void
enter(struct sched *s, struct qjob *q)
{
	switch (q->state) {
	case WAIT:
		queuetouch(s->q, q);
		break;
	case READY:
		queuefree(s->q, q);
		if (q->later)
			startslater(s, q->later);
		else if (!buildsbusy(s, q->name))
			readyput(s->ready, q);
		break;
	default:
		queuefree(s->q, q);
		break;
	}
}

struct qjob *
schedput(struct sched *s, const struct job *j, int state)
{
	struct qjob *q;
	int fresh;

	q = queueget(s->q, j->name);
	fresh = !q;
	if (q)
		readydrop(s->ready, q);
	q = queueput(s->q, j, state);
	if (fresh) {
		q->secs = pastsecs(s->past, q->name);
		q->seen = s->scans;
		queueothers(s->q, q->name);
	}
	enter(s, q);
	return q;
}

/* takes a job that has come to its end out of memory */
static void
leave(struct sched *s, struct qjob *q, int to)
{
	char *name;

	name = xstrdup(q->name);
	if (to == FAIL)
		s->failed = 1;
	if (to == DONE)
		stockadd(s->stock, name);
	if (to == CANCEL)
		queuewaiters(s->q, name);
	queuedrop(s->q, q);
	if (to == DONE)
		queuemet(s->q, name);
	free(name);
}

void
schedset(struct sched *s, struct qjob *q, int to, const char *why)
{
	const char *where;
	char *words;

	if (q->state == to)
		return;
	where = to == NSTATE ? "gone" : spoolstates[to];
	words = why ? textline(why, strcspn(why, "\n")) :
	    NULL;
	if (words)
		warnx("%s: %s: %s", q->name, where, words);
	else
		warnx("%s: %s", q->name, where);
	free(words);
	/* a build is told of when it has begun */
	if (to != RUN)
		hookstell(s, to, q->name);
	if (q->state == READY)
		readydrop(s->ready, q);
	if (q->state == RUN && q->build) {
		buildsdrop(s, q->build, where);
		q->build = NULL;
	}
	if (to < WAIT || to > BUILT) {
		leave(s, q, to);
	} else {
		queuemove(s->q, q, to);
		enter(s, q);
	}
}

int
schedmove(struct sched *s, struct qjob *q, int to, const char *why)
{
	char *name;
	int r;

	r = spoolmove(s->sp, (enum state)q->state, (enum state)to, q->name);
	if (r == 1) {
		schedset(s, q, to, why);
	} else if (r == 0) {
		name = xstrdup(q->name);
		scanlook(s, name);
		free(name);
	}
	return r;
}
