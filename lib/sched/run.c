#include <err.h>
#include <signal.h>

#include "base/loop.h"
#include "base/proc.h"
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
#include "sched/resolve.h"
#include "sched/run.h"
#include "sched/website.h"
#include "spool/inotify.h"
#include "spool/spool.h"

enum {
	SCAN = 5000,		/* milliseconds between two looks at everything */
	SCANALONE = 1000,	/* the same without hints from the kernel */
	SHARE = 20,		/* looks take this part of the time at most */
	SYNC = 500,		/* moves wait so long for others to share a sync: each
				 * of them, if lost, would be made again */
	TROUBLE = 3,		/* system failures in a row that end spiff-run -1 */
	SYSFAIL = 111
};

/* what the loop itself remembers */
struct turn {
	int once;
	int scan;		/* to look at everything now */
	int64_t next;		/* or then */
	int64_t sync;		/* when moves are to be made durable, 0: there are
				 * none */
	int quiet;		/* nothing could move before the last look */
	int asked;		/* signals that said to end */
	int wiped;
};

static void
reap(struct sched *s)
{
	pid_t pid;
	int status;

	/* what nobody claims is an orphan of a build */
	while ((pid = procreap(&status, NULL)) > 0) {
		if (!buildsreaped(s, pid, status) &&
		    !intakereaped(s, pid, status) &&
		    !takingreaped(s, pid, status) &&
		    !hooksreaped(s, pid, status))
			wwwreaped(s, pid, status);
	}
}

/* makes everything end; the second time, at once */
static void
wind(struct sched *s, int hard)
{
	s->stopping = 1;
	buildsstop(s, hard);
	intakestop(s);
	takingstop(s);
	hooksstop(s, hard);
	wwwstop(s);
}

static void
again(struct sched *s, struct turn *t)
{
	struct qjob *q;

	t->scan = 1;
	stockfresh(s->stock, STOCK_ALL);
	needscheck(s);
	TAILQ_FOREACH(q, queuelist(s->q, WAIT), list)
		queuetouch(s->q, q);
}

static void
signals(struct sched *s, struct turn *t)
{
	int sig;

	while ((sig = loopsignal())) {
		switch (sig) {
		case SIGTERM:
		case SIGINT:
			warnx("%s", t->asked ? "ending at once" : "ending");
			wind(s, t->asked++);
			break;
		case SIGHUP:
			again(s, t);
			break;
		default:
			break;
		}
	}
	/* children are looked for without a signal too: two ends may share one */
	reap(s);
}

static void
look(struct sched *s, struct turn *t)
{
	int64_t begun, took;

	begun = loopnow();
	if (!t->scan && begun < t->next)
		return;
	t->scan = 0;
	if (!s->stopping && spoolgone(s->sp)) {
		warnx("%s: was removed or replaced", s->sp->path);
		t->wiped = 1;
		wind(s, 1);
	}
	scanall(s);
	took = loopnow() - begun;
	t->next = begun + (s->watch ? SCAN : SCANALONE) + SHARE * took;
}

/* whether no job can move, as far as is known */
static int
still(const struct sched *s)
{
	return !intakebusy(s) && !takingbusy(s) && !startsdelayed(s) &&
	    queuelen(s->q, RUN) == 0 && buildslen(s) == 0 &&
	    (queuelen(s->q, BUILT) == 0 || s->trouble >= TROUBLE) &&
	    (!readybest(s->ready) || s->trouble >= TROUBLE ||
	    startspaused(s));
}

static int
result(const struct sched *s)
{
	size_t n;

	if (s->trouble >= TROUBLE || s->putoff || stockbroken(s->stock))
		return SYSFAIL;
	n = queuelen(s->q, WAIT);
	if (n > 0)
		warnx("%zu waiting for what failed or is not there", n);
	n = queuelen(s->q, READY);
	if (n > 0)
		warnx("%zu ready, but %s", n, startspaused(s) ?
		    "the file pause is there" : "there is no slot for them");
	return s->failed || n > 0 || queuelen(s->q, WAIT) > 0;
}

static void
settle(struct sched *s, struct turn *t)
{
	int64_t now;

	if (!spoolunsynced(s->sp))
		return;
	now = loopnow();
	if (!t->sync)
		t->sync = now + SYNC;
	if (t->sync <= now) {
		spoolsync(s->sp);
		t->sync = spoolunsynced(s->sp) ? now + SCAN : 0;
	}
	if (t->sync)
		schedwake(s, t->sync);
}

/* everything that can be done now: 1 when there is more */
static int
step(struct sched *s, struct turn *t)
{
	int more, r;

	signals(s, t);
	r = scanstep(s);
	if (r < 0)
		t->scan = 1;
	look(s, t);
	more = r > 0;
	if (!s->stopping) {
		more |= intakestep(s);
		more |= needsstep(s);
	}
	buildsstep(s);
	startsstep(s);
	takingstep(s);
	more |= packingstep(s);
	hooksrest(s, !more && still(s));
	hooksstep(s);
	wwwstep(s);
	settle(s, t);
	return more;
}

/* -2: not yet */
static int
finished(struct sched *s, struct turn *t, int more)
{
	if (s->stopping) {
		if (buildslocal(s) || takingbusy(s) || intakerequest(s) ||
		    hooksbusy(s) || wwwbusy(s))
			return -2;
		return t->wiped && !t->asked ? RUN_WIPED : t->once;
	}
	if (!t->once || more || !still(s)) {
		t->quiet = 0;
		return -2;
	}
	/* twice: a job that is moved while we look can be missed */
	if (t->quiet)
		return hooksbusy(s) ? -2 : result(s);
	t->quiet = 1;
	t->scan = 1;
	return -2;
}

int
run(struct sched *s, int once)
{
	struct turn t = { .once = once };
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };
	int more, r;

	t.next = loopnow();
	for (;;) {
		s->wake = -1;
		more = step(s, &t);
		r = finished(s, &t, more);
		if (r != -2)
			break;
		if (more || t.scan)
			s->wake = 0;
		schedwake(s, t.next);
		fds[0].fd = s->watch ? watchfd(s->watch) : -1;
		fds[1].fd = buildsfd(s);
		if (loopwait(fds, 2, s->wake) < 0)
			warn("poll");
	}
	spoolsync(s->sp);
	/* who was killed when we began may have been about to end */
	spoolsweep(s->sp);
	return r;
}
