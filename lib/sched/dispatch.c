#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/loop.h"
#include "base/text.h"
#include "base/threads.h"
#include "base/x.h"
#include "build/builder.h"
#include "queue/available.h"
#include "queue/queue.h"
#include "queue/slots.h"
#include "sched/dispatch.h"
#include "sched/jobs.h"
#include "spool/history.h"
#include "spool/job.h"
#include "spool/limits.h"
#include "spool/spool.h"

enum {
	HOLD = 1000,		/* milliseconds until the next start after one that
				 * failed; twice as long after each further one, */
	HOLDMAX = 60000,	/* up to this */
	SHARE = 20,		/* ordering takes at most this part of the time */
	PATIENCE = 1800000	/* milliseconds that others may be started before a job
				 * which needs more memory than is free */
};

/* times in milliseconds of loopnow() */
struct dispatch {
	struct jobs *js;
	int64_t hold;		/* no build starts before this time */
	int64_t pause;		/* between the failure and that */
	int64_t later;		/* the end of the first retry delay, 0: there is none */
	int64_t rank;		/* the order is not computed before this time */
	int told;		/* the file trouble is there: 1, 0, -1: not known */
};

static void
setlater(struct dispatch *d, int64_t until)
{
	if (!d->later || d->later > until)
		d->later = until;
}

/* makes jobs ready whose retry delay has passed */
static void
endretries(struct dispatch *d, int64_t now)
{
	struct qjob *q;

	if (!d->later || d->later > now)
		return;
	d->later = 0;
	TAILQ_FOREACH(q, queuelist(d->js->q, READY), list) {
		if (!q->later)
			continue;
		if (q->later <= now) {
			q->later = 0;
			jobsready(d->js, q);
		} else {
			setlater(d, q->later);
		}
	}
}

/* writes for spiff-status that no build can be started, or that builds can again */
static void
writetrouble(struct dispatch *d, int trouble)
{
	const struct jobs *js = d->js;
	int fd;

	if (d->told == trouble)
		return;
	d->told = trouble;
	if (!trouble) {
		unlinkat(js->sp->dir, "trouble", 0);
		return;
	}
	fd = openat(js->sp->dir, "trouble", O_WRONLY | O_CREAT | O_TRUNC |
	    O_CLOEXEC | O_NOFOLLOW, 0666);
	if (fd >= 0) {
		iowritefd(fd, js->builder->name, strlen(js->builder->name));
		close(fd);
	}
}

static void
orderjobs(struct dispatch *d, int64_t now)
{
	if (now < d->rank || !queuechanged(d->js->q))
		return;
	slotsrank(d->js->slots, historylong(d->js->past), historypace(d->js->past));
	d->rank = now + SHARE * (loopnow() - now);
}

/* How many processes a build may run for which the limits name no number: all builds
 * together as many as there are processors. One that is begun while others cannot be
 * gets what is left, and never less than its slot's part. */
static int
cpushare(const struct jobs *js)
{
	const struct build *b;
	size_t rivals;
	long left, part;

	if (js->builder->remote)
		return 0;
	part = strtol(confget(CONF_JOBS), NULL, 10);
	if (confgiven(CONF_JOBS))
		return (int)part;
	left = threadscpus();
	for (b = buildnext(NULL); b; b = buildnext(b))
		left -= b->jobs;
	rivals = slotsstartable(js->slots) + 1;
	if (left > 0 && left / (long)rivals > part)
		part = left / (long)rivals;
	return (int)part;
}

/* returns the build that excludes the job, NULL when there is none */
static const struct build *
rival(const struct jobs *js, const struct qjob *q)
{
	const struct build *b;
	struct limit lm;

	limitsof(js->limits, q->name, q->style, &lm);
	for (b = buildnext(NULL); b; b = buildnext(b)) {
		if (lm.alone && b->alone && strcmp(lm.alone, b->alone) == 0)
			return b;
	}
	return NULL;
}

/* whether the memory of this machine is enough for the job beside what is being built, as
 * far as is known; it is for one job alone */
static int
fits(const struct jobs *js, const struct qjob *q)
{
	const struct build *b;
	int64_t sum;

	if (js->builder->remote || !q->memory)
		return 1;
	sum = q->memory;
	for (b = buildnext(NULL); b; b = buildnext(b))
		sum += b->needs;
	return !buildnext(NULL) || sum <= confsize(CONF_RAM);
}

/* returns the job that makes the packages of a noarch job for another architecture, so
 * that they need not be built; NULL when there is none */
static const struct qjob *
twin(const struct jobs *js, const struct qjob *q)
{
	return q->noarch && !q->force ? queuetwin(js->q, q) : NULL;
}

/* returns what keeps the job from being started though there is a slot for it, which the
 * caller owns; NULL when nothing does */
static char *
obstacle(const struct jobs *js, const struct qjob *q)
{
	const struct build *excludes;
	const struct qjob *same;
	struct buf size = {0};
	char *why;

	excludes = rival(js, q);
	if (excludes)
		return xasprintf("for the end of %s, which excludes it",
		    excludes->job);
	same = twin(js, q);
	if (same)
		return xasprintf("for %s, which makes the same noarch packages",
		    same->name);
	if (fits(js, q))
		return NULL;
	textsize(&size, q->memory);
	why = xasprintf("for memory: it had %s the last time", size.s);
	buffree(&size);
	return why;
}

/* notes in the job's file, once, what it waits for while there is a slot for it */
static void
pass(struct jobs *js, struct qjob *q, const char *why)
{
	struct buf lines = {0};

	if (q->waits)
		return;
	warnx("%s: waits %s", q->name, why);
	jobline(&lines, "waits", why);
	q->waits = spoolnote(js->sp, READY, q->name, &lines) == 1;
	buffree(&lines);
}

/* Returns the best job that may be started now, NULL when there is none. One that does
 * not fit is passed over for a while only: then all wait until it does. */
static struct qjob *
bestjob(struct jobs *js, int64_t now)
{
	struct qjob **passed, *q;
	size_t n;
	char *why;

	passed = NULL;
	n = 0;
	while ((q = slotsbest(js->slots)) && (why = obstacle(js, q))) {
		slotsdrop(js->slots, q);
		passed = xgrow(passed, n, sizeof *passed);
		passed[n++] = q;
		pass(js, q, why);
		free(why);
		if (fits(js, q))
			q->passed = 0;
		else if (!q->passed)
			q->passed = now;
		if (q->passed && now - q->passed > PATIENCE) {
			q = NULL;
			break;
		}
	}
	while (n > 0)
		slotsput(js->slots, passed[--n]);
	free(passed);
	return q;
}

/* starts a build: 1, 0 if the job was moved away, -1 if no build can be started */
static int
startbuild(struct jobs *js, struct qjob *q)
{
	struct buf lines = {0};
	struct build *b;
	char *try;
	int r;

	q->passed = 0;
	r = jobsmove(js, q, RUN, NULL);
	if (r != 1)
		return r;
	try = xasprintf("%lld.%d", (long long)js->epoch, ++q->tries);
	b = jobsbuild(js, q, try);
	free(try);
	jobnumber(&lines, "started", time(NULL));
	jobnumber(&lines, "tries", q->tries);
	jobline(&lines, "try", b->try);
	if (!b->jobs)
		b->jobs = cpushare(js);
	/* on a cluster spiff-build knows how many it would be */
	if (q->most && b->jobs > q->most && !js->builder->remote)
		b->jobs = q->most;
	jobnumber(&lines, "jobs", b->jobs);
	if (q->waits)
		jobline(&lines, "waits", "");
	if (q->unfetched)
		jobline(&lines, "sources", "");
	q->waits = q->unfetched = 0;
	r = b->builder->start(js->sp, b, &lines);
	buffree(&lines);
	if (r == 1) {
		js->trouble = 0;
		jobstell(js, JOB_STARTED, b->job, RUN);
		return 1;
	}
	jobsbuilt(js, b);
	/* finds where it is if it was moved away */
	jobsmove(js, q, READY, "cannot be started");
	return r;
}

/* Moves a noarch job to built/ without a build if the repository has its packages for
 * another architecture: spiff-index adds them to the index. 1, and q may be freed; 0 if
 * the job is to be built. */
static int
sharebuilt(struct jobs *js, struct qjob *q)
{
	struct buf lines = {0};
	struct job j;
	char *arch, *why;
	int r;

	r = spoolread(js->sp, READY, q->name, &j, &why);
	if (r < 0)
		free(why);
	if (r != 1)
		return 0;
	/* spiff-index may have changed it */
	q->noarch = j.noarch;
	arch = j.noarch && !j.force ? availableshared(js->available, &j) : NULL;
	if (arch)
		jobnumber(&lines, "ended", time(NULL));
	/* it may be of an earlier end */
	if (arch || j.shared)
		jobline(&lines, "shared", arch ? arch : "");
	if (arch && q->waits)
		jobline(&lines, "waits", "");
	jobfree(&j);
	if (lines.len)
		r = spoolnote(js->sp, READY, q->name, &lines);
	buffree(&lines);
	if (!arch)
		return 0;
	why = xasprintf("the repository has it for %s", arch);
	if (r >= 0)
		r = jobsmove(js, q, BUILT, why);
	free(why);
	free(arch);
	return r >= 0;
}

static int64_t
startall(struct dispatch *d, int64_t now)
{
	struct jobs *js = d->js;
	struct qjob *q;
	int r;

	if (!slotsbest(js->slots) || jobspaused(js))
		return -1;
	if (d->hold > now)
		return d->hold;
	orderjobs(d, now);
	while ((q = bestjob(js, now)) && jobsheld(js)) {
		/* it reads an index: one in a turn */
		if (q->noarch && sharebuilt(js, q))
			return now;
		r = startbuild(js, q);
		if (r < 0) {
			js->trouble++;
			writetrouble(d, 1);
			d->pause = loopbackoff(d->pause, HOLD, HOLDMAX);
			d->hold = now + d->pause;
			return d->hold;
		}
		if (r == 1) {
			writetrouble(d, 0);
			d->pause = 0;
		}
	}
	return -1;
}

/* whether builds of an earlier run still end, which may use any masterdir */
static int
hasoldbuilds(const struct jobs *js)
{
	const struct build *b;

	for (b = buildnext(NULL); b && !b->adopted; b = buildnext(b))
		;
	return b && !js->builder->remote;
}

/* reads the limits again when their file has changed: what is held by now waits, what is
 * not any more may go on */
static void
rereadlimits(struct dispatch *d)
{
	struct jobs *js = d->js;
	struct qjob *q;
	int r;

	r = limitsread(js->limits);
	if (r < 0)
		warnx("%s: the limits stay as they were", confget(CONF_LIMITS));
	if (r < 1)
		return;
	TAILQ_FOREACH(q, queuelist(js->q, READY), list) {
		slotsdrop(js->slots, q);
		jobsready(js, q);
	}
}

static int64_t
dispatchstep(void *self, int64_t now)
{
	struct dispatch *d = self;
	int64_t next;

	if (d->js->stopping || d->js->unfit)
		return -1;
	rereadlimits(d);
	endretries(d, now);
	next = hasoldbuilds(d->js) ? -1 : startall(d, now);
	if (d->later && (next < 0 || d->later < next))
		next = d->later;
	return next;
}

static void
dispatchevent(void *self, const struct event *e)
{
	struct dispatch *d = self;
	const struct qjob *q;

	if (e->what != JOB_MOVED || e->to != READY)
		return;
	q = queueget(d->js->q, e->name);
	if (q && q->later)
		setlater(d, q->later);
}

static int
dispatchbusy(const void *self)
{
	const struct dispatch *d = self;
	const struct jobs *js = d->js;

	return !js->stopping && (d->later || (slotsbest(js->slots) &&
	    js->trouble < TROUBLE && !jobspaused(js)));
}

void
dispatchpart(struct part *p, struct jobs *js)
{
	struct dispatch *d;

	d = xcalloc(1, sizeof *d);
	d->js = js;
	d->told = -1;
	*p = (struct part){ .self = d, .fd = -1, .step = dispatchstep,
	    .event = dispatchevent, .busy = dispatchbusy, .del = free };
}
