#include <err.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/loop.h"
#include "queue/available.h"
#include "queue/queue.h"
#include "sched/builds.h"
#include "sched/dispatch.h"
#include "sched/hooks.h"
#include "sched/indexer.h"
#include "sched/intake.h"
#include "sched/jobs.h"
#include "sched/jobscan.h"
#include "sched/logs.h"
#include "sched/rebuild.h"
#include "sched/resolve.h"
#include "sched/run.h"
#include "sched/sources.h"
#include "sched/website.h"
#include "spool/limits.h"
#include "spool/manifest.h"
#include "spool/spool.h"

/* each part acts on what those before it have found */
static void (*const makers[])(struct part *p, struct jobs *js) = {
	jobscanpart, intakepart, resolvepart, buildspart, dispatchpart,
	sourcespart, indexerpart, rebuildpart, logspart, hookspart, websitepart
};

enum {
	NPART = sizeof makers / sizeof makers[0],
	/* milliseconds */
	SYNC = 500,		/* from the first move to a sync, which many share; a
				 * lost move would be made again */
	RESYNC = 5000,		/* after a sync that failed */
	SWEEP = 600000,		/* between two looks for deliveries without a job */
	WIPING = 1000,		/* for a lost spool to be removed, looked at every */
	POLL = 50,
	HELD = 1000,		/* after that time another process may hold the lock */
	GOON = -2,
	SYSFAIL = 111
};

struct run {
	struct jobs *js;
	struct part parts[NPART];
	int once;
	int more;		/* a part has more to do at once */
	int quiet;		/* no job could move before the last look */
	int rests;		/* no job can move, and that was said */
	int told;		/* signals that said to end */
	int result;		/* exit status, GOON: none yet */
	int64_t held;		/* when the lock was last looked at */
	int64_t sync;		/* when moves are to be synced, 0: there are none */
	int64_t gone;		/* when the spool was seen to be lost, 0: it is not */
	int64_t sweep;		/* when to look at deliveries again */
};

/* Tells every part to stop; hard: at once. */
static void
stopparts(struct run *r, int hard)
{
	int i;

	r->js->stopping = 1;
	for (i = 0; i < NPART; i++) {
		if (r->parts[i].stop)
			r->parts[i].stop(r->parts[i].self, hard);
	}
}

/* Hands the events to all parts, and the events that follow from these. */
static void
handevents(struct run *r)
{
	struct event *e;
	int i;

	while ((e = jobsnext(r->js))) {
		for (i = 0; i < NPART; i++) {
			if (r->parts[i].event)
				r->parts[i].event(r->parts[i].self, e);
		}
		jobseventdel(e);
	}
	if (r->js->sp->lost && !r->js->gone)
		r->js->gone = SPOOL_LOST;
	if (r->js->gone && !r->gone) {
		r->gone = loopnow();
		stopparts(r, 1);
	}
}

static void
handlesignals(struct run *r)
{
	int sig;

	while ((sig = loopsignal())) {
		switch (sig) {
		case SIGTERM:
		case SIGINT:
			/* the second signal kills builds */
			warnx("%s", r->told ? "ending at once" : "ending");
			stopparts(r, r->told++ > 0);
			break;
		case SIGHUP:
			r->js->look = 1;
			jobstell(r->js, LOOK_AGAIN, "", NSTATE);
			break;
		default:
			break;
		}
	}
	handevents(r);
}

/* whether a part has something to do; followers: also one that moves no jobs */
static int
isbusy(const struct run *r, int followers)
{
	const struct part *p;

	for (p = r->parts; p < r->parts + NPART; p++) {
		if (p->busy && (followers || !p->follows) && p->busy(p->self))
			return 1;
	}
	return 0;
}

/* Syncs moves from time to time; returns when the next time is. */
static int64_t
syncmoves(struct run *r, int64_t now)
{
	struct spool *sp = r->js->sp;

	if (r->js->gone || !spoolunsynced(sp))
		return -1;
	if (!r->sync)
		r->sync = now + SYNC;
	if (r->sync <= now) {
		spoolsync(sp);
		r->sync = spoolunsynced(sp) ? now + RESYNC : 0;
	}
	return r->sync ? r->sync : -1;
}

/* Removes deliveries without a job; returns when to look again. */
static int64_t
sweepdeliveries(struct run *r, int64_t now)
{
	if (now < r->sweep)
		return r->sweep;
	if (r->js->gone || !jobsheld(r->js))
		return -1;
	manifestsweepall(r->js->sp);
	r->sweep = now + SWEEP;
	return r->sweep;
}

/* Looks whether the lock is still held when what came before, a call or a pause of this
 * process, has taken long. */
static void
checkheld(struct run *r)
{
	if (loopnow() - r->held < HELD)
		return;
	jobsheld(r->js);
	r->held = loopnow();
	handevents(r);
}

/* Does all that can be done now; returns when to go on. */
static int64_t
runturn(struct run *r)
{
	struct part *p;
	int64_t next, now, wake;

	handlesignals(r);
	r->more = 0;
	wake = -1;
	for (p = r->parts; p < r->parts + NPART; p++) {
		checkheld(r);
		now = loopnow();
		if (p->follows)
			r->js->resting = !r->more && !isbusy(r, 0) &&
			    queuelen(r->js->q, BUILT) == 0;
		next = p->step(p->self, now);
		handevents(r);
		if (next >= 0 && next <= now)
			r->more = 1;
		wake = loopsooner(wake, next);
	}
	wake = loopsooner(wake, sweepdeliveries(r, loopnow()));
	return loopsooner(wake, syncmoves(r, loopnow()));
}

/* Returns how many ready jobs are held, after a message if there are any. */
static size_t
held(const struct jobs *js)
{
	const struct qjob *q;
	size_t n;

	n = 0;
	TAILQ_FOREACH(q, queuelist(js->q, READY), list)
		n += limitshold(js->limits, q->name, q->style, NULL) != NULL;
	if (n > 0)
		warnx("%zu held by %s", n, confget(CONF_LIMITS));
	return n;
}

/* how many packages SPIFF_RELINK has built again, by spiff-rebuild's list */
static size_t
relinksdue(const struct spool *sp)
{
	enum { LISTMAX = 16 << 20 };
	struct buf b = {0};
	const char *s;
	size_t n;

	n = 0;
	if (*confget(CONF_RELINK) && ioread(sp->dir, "broken", LISTMAX, &b) == 0) {
		for (s = b.s; s && (s = strstr(s, "\trelink ")); s++)
			n++;
	}
	buffree(&b);
	return n;
}

static int
resultof(const struct jobs *js)
{
	size_t due, n;

	if (js->trouble >= TROUBLE || js->putoff || availablebroken(js->available))
		return SYSFAIL;
	n = queuelen(js->q, WAIT);
	if (n > 0)
		warnx("%zu waiting for what failed or is not there", n);
	n = queuelen(js->q, READY) - held(js);
	if (n > 0)
		warnx("%zu ready, but %s", n, jobspaused(js) ?
		    "the file pause is there" : "there is no slot for them");
	availablerefresh(js->available, AVAILABLE_CHANGED);
	due = availabledue(js->available) + relinksdue(js->sp);
	if (due > 0)
		warnx("%zu to be rebuilt: spiff-deps -B names them", due);
	return js->failed || queuelen(js->q, READY) > 0 ||
	    queuelen(js->q, WAIT) > 0 || due > 0;
}

/* Says what spiff-run waits for, once each time when no job can move any more. */
static void
saywaits(struct run *r)
{
	struct jobs *js = r->js;
	size_t ready, waiting;

	if (!js->resting || js->stopping || r->once || r->rests) {
		r->rests &= js->resting;
		return;
	}
	r->rests = 1;
	waiting = queuelen(js->q, WAIT);
	ready = queuelen(js->q, READY) - held(js);
	if (waiting + queuelen(js->q, READY) == 0)
		warnx("nothing to do: waits for files in %s/new", js->sp->path);
	else if (ready > 0)
		warnx("nothing can be started: %zu ready, and %s", ready,
		    jobspaused(js) ? "the file pause is there" :
		    "there is no slot for them");
	else if (waiting > 0)
		warnx("nothing can be built: %zu wait for what failed or is not "
		    "there, as spiff-status says", waiting);
}

/* The result for a lost spool: it was removed, or another spiff-run has it. */
static int
lostresult(const struct run *r)
{
	if (r->js->gone == SPOOL_WIPED || spoolgone(r->js->sp))
		return r->told ? r->once : RUN_WIPED;
	return r->gone + WIPING > loopnow() ? GOON : SYSFAIL;
}

/* Returns the exit status; GOON: not yet. */
static int
finished(struct run *r)
{
	struct jobs *js = r->js;

	if (js->unfit && !js->stopping) {
		r->result = SYSFAIL;
		stopparts(r, 0);
	}
	if (js->stopping) {
		if (isbusy(r, 1))
			return GOON;
		return js->gone ? lostresult(r) : r->result != GOON ? r->result :
		    r->once;
	}
	if (!r->once || r->more || js->look || isbusy(r, 0)) {
		r->quiet = 0;
		return GOON;
	}
	/* a second look, as the first may miss a job that somebody moves */
	if (!r->quiet) {
		r->quiet = js->look = 1;
		return GOON;
	}
	if (isbusy(r, 1))
		return GOON;
	r->result = resultof(js);
	stopparts(r, 0);
	return isbusy(r, 1) ? GOON : r->result;
}

/* waits until something has happened, or it is time to go on */
static void
waitturn(const struct run *r, int64_t wake)
{
	struct pollfd fds[NPART];
	int64_t now;
	int i;

	now = loopnow();
	if (r->more || r->js->look)
		wake = now;
	if (r->gone)
		wake = loopsooner(wake, now + POLL);
	for (i = 0; i < NPART; i++) {
		fds[i].fd = r->parts[i].fd;
		fds[i].events = POLLIN;
	}
	if (childwait(fds, NPART, wake) < 0)
		warn("poll");
}

int
run(struct jobs *js, int once, int *told)
{
	struct run r = { .js = js, .once = once, .result = GOON };
	int64_t wake;
	int i, status;

	for (i = 0; i < NPART; i++)
		makers[i](&r.parts[i], js);
	for (;;) {
		wake = runturn(&r);
		saywaits(&r);
		status = finished(&r);
		if (status != GOON)
			break;
		waitturn(&r, wake);
	}
	if (!js->gone) {
		spoolsync(js->sp);
		/* removes drafts of processes that have died since the start */
		spoolsweep(js->sp);
	}
	for (i = NPART; i-- > 0;)
		r.parts[i].del(r.parts[i].self);
	*told = r.told > 0;
	return status;
}
