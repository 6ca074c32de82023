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
#include "sched/website.h"
#include "spool/limits.h"
#include "spool/manifest.h"
#include "spool/spool.h"

/* each part acts on what those before it have found */
static void (*const makers[])(struct part *p, struct jobs *js) = {
	jobscanpart, intakepart, resolvepart, buildspart, dispatchpart,
	indexerpart, rebuildpart, logspart, hookspart, websitepart
};

enum {
	NPART = sizeof makers / sizeof makers[0],
	SYNC = 500,		/* milliseconds: moves wait so long for others to share
				 * a sync; each of them, if lost, would be made
				 * again */
	RESYNC = 5000,		/* after a sync that failed */
	SWEEP = 600000,		/* between two looks for deliveries that nobody waits
				 * for */
	WIPING = 1000,		/* who removes the lock may be removing all */
	POLL = 50,		/* and is looked for so often */
	GOON = -2,
	SYSFAIL = 111
};

struct run {
	struct jobs *js;
	struct part parts[NPART];
	int once;
	int more;		/* some part has more to do at once */
	int quiet;		/* nothing could move before the last look */
	int rests;		/* nothing can move, which was said */
	int told;		/* signals that said to end */
	int result;		/* exit status, GOON: not yet */
	int64_t sync;		/* moves are to be made durable, 0: there are none */
	int64_t gone;		/* when the spool was seen not to be ours, 0: it is */
	int64_t sweep;		/* when deliveries are looked at again */
};

/* Tells every part to stop; hard: at once. */
static void
wind(struct run *r, int hard)
{
	int i;

	r->js->stopping = 1;
	for (i = 0; i < NPART; i++) {
		if (r->parts[i].stop)
			r->parts[i].stop(r->parts[i].self, hard);
	}
}

/* Hands what has happened to all parts, and what follows from that, too. */
static void
handon(struct run *r)
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
	if (r->js->gone && !r->gone) {
		r->gone = loopnow();
		wind(r, 1);
	}
}

static void
signals(struct run *r)
{
	int sig;

	while ((sig = loopsignal())) {
		switch (sig) {
		case SIGTERM:
		case SIGINT:
			/* the second signal kills builds */
			warnx("%s", r->told ? "ending at once" : "ending");
			wind(r, r->told++ > 0);
			break;
		case SIGHUP:
			r->js->look = 1;
			jobstell(r->js, LOOK_AGAIN, "", NSTATE);
			break;
		default:
			break;
		}
	}
	handon(r);
}

/* whether a part that moves jobs, or any one, has something to do */
static int
busy(const struct run *r, int followers)
{
	const struct part *p;

	for (p = r->parts; p < r->parts + NPART; p++) {
		if (p->busy && (followers || !p->follows) && p->busy(p->self))
			return 1;
	}
	return 0;
}

/* Makes moves durable from time to time; returns when the next time is. */
static int64_t
settle(struct run *r, int64_t now)
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

/* Removes deliveries that nobody waits for; returns when to look again. */
static int64_t
sweep(struct run *r, int64_t now)
{
	if (now < r->sweep)
		return r->sweep;
	if (r->js->gone || !jobsheld(r->js))
		return -1;
	manifestsweepall(r->js->sp);
	r->sweep = now + SWEEP;
	return r->sweep;
}

/* Everything that can be done now; returns when to go on. */
static int64_t
turn(struct run *r)
{
	struct part *p;
	int64_t next, now, wake;

	signals(r);
	r->more = 0;
	wake = -1;
	for (p = r->parts; p < r->parts + NPART; p++) {
		now = loopnow();
		if (p->follows)
			r->js->resting = !r->more && !busy(r, 0);
		next = p->step(p->self, now);
		handon(r);
		if (next >= 0 && next <= now)
			r->more = 1;
		wake = loopsooner(wake, next);
	}
	wake = loopsooner(wake, sweep(r, loopnow()));
	return loopsooner(wake, settle(r, loopnow()));
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
result(const struct jobs *js)
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

/* Says what spiff-run waits for, each time when nothing can move any more. */
static void
rest(struct run *r)
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

/* The spool is not ours any more: whether it was removed, or another has it. */
static int
lost(const struct run *r)
{
	if (r->js->gone == SPOOL_WIPED || spoolgone(r->js->sp))
		return r->told ? r->once : RUN_WIPED;
	return r->gone + WIPING > loopnow() ? GOON : SYSFAIL;
}

/* The exit status; GOON: not yet. */
static int
finished(struct run *r)
{
	struct jobs *js = r->js;

	if (js->unfit && !js->stopping) {
		r->result = SYSFAIL;
		wind(r, 0);
	}
	if (js->stopping) {
		if (busy(r, 1))
			return GOON;
		return js->gone ? lost(r) : r->result != GOON ? r->result :
		    r->once;
	}
	if (!r->once || r->more || js->look || busy(r, 0)) {
		r->quiet = 0;
		return GOON;
	}
	/* twice: a job that is moved while we look can be missed */
	if (!r->quiet) {
		r->quiet = js->look = 1;
		return GOON;
	}
	if (busy(r, 1))
		return GOON;
	r->result = result(js);
	wind(r, 0);
	return busy(r, 1) ? GOON : r->result;
}

/* waits until something has happened, or it is time to go on */
static void
wait(const struct run *r, int64_t wake)
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
		wake = turn(&r);
		rest(&r);
		status = finished(&r);
		if (status != GOON)
			break;
		wait(&r, wake);
	}
	if (!js->gone) {
		spoolsync(js->sp);
		/* who was killed when we began may have been about to end */
		spoolsweep(js->sp);
	}
	for (i = NPART; i-- > 0;)
		r.parts[i].del(r.parts[i].self);
	*told = r.told > 0;
	return status;
}
