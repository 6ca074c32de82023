#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/loop.h"
#include "base/text.h"
#include "base/x.h"
#include "build/builder.h"
#include "queue/available.h"
#include "queue/queue.h"
#include "queue/slots.h"
#include "sched/jobs.h"
#include "spool/history.h"
#include "spool/job.h"
#include "spool/limits.h"
#include "spool/manifest.h"
#include "spool/record.h"
#include "spool/settings.h"
#include "spool/spool.h"

enum {
	NAMELEN = 200,		/* bytes of a name; more is put behind it */
	COPIES = 1000,		/* of one name in fail/ */
	ACTIVE = 1 << WAIT | 1 << READY | 1 << RUN | 1 << BUILT,
	FINAL = 1 << DONE | 1 << FAIL | 1 << CANCEL
};

static const char cancelled[] = "cancelled by hand";

int
jobsopen(struct jobs *js)
{
	js->scans = 0;
	js->failed = js->trouble = js->putoff = 0;
	js->unfit = js->stopping = js->resting = js->look = 0;
	js->gone = SPOOL_OURS;
	js->first = NULL;
	js->last = &js->first;
	js->settings = settingsline();
	if (!js->settings)
		warn("settings");
	js->past = js->settings ? historyopen(js->sp) : NULL;
	if (!js->past)
		return -1;
	js->q = mkqueue();
	js->slots = mkslots();
	js->available = mkavailable();
	return 0;
}

void
jobsclose(struct jobs *js)
{
	struct build *b;
	struct event *e;

	while ((b = buildnext(NULL)))
		builddel(b);
	while ((e = jobsnext(js)))
		jobseventdel(e);
	availabledel(js->available);
	slotsdel(js->slots);
	queuedel(js->q);
	historydel(js->past);
	recordsync();
	free(js->settings);
}

int
jobsheld(struct jobs *js)
{
	if (js->gone == SPOOL_OURS && !spoolheld(js->sp))
		js->gone = SPOOL_LOST;
	return js->gone == SPOOL_OURS;
}

void
jobstell(struct jobs *js, enum happened what, const char *name, int to)
{
	struct event *e;

	e = xcalloc(1, sizeof *e);
	e->what = what;
	e->name = xstrdup(name);
	e->to = to;
	*js->last = e;
	js->last = &e->next;
}

struct event *
jobsnext(struct jobs *js)
{
	struct event *e;

	e = js->first;
	if (e) {
		js->first = e->next;
		if (!js->first)
			js->last = &js->first;
	}
	return e;
}

void
jobseventdel(struct event *e)
{
	free(e->name);
	free(e);
}

void
jobsputoff(struct jobs *js, int state, const char *name, const char *why)
{
	warnx("%s/%s/%s: %s", js->sp->path, spoolstates[state], name, why);
	js->putoff++;
}

void
jobsready(struct jobs *js, struct qjob *q)
{
	if (q->state == READY && !q->later && !buildof(q->name) &&
	    !limitshold(js->limits, q->name, q->style, NULL))
		slotsput(js->slots, q);
}

/* a job has come to one of the four states */
static void
enterstate(struct jobs *js, struct qjob *q)
{
	if (q->state == WAIT)
		queuetouch(js->q, q);
	else
		queuefree(js->q, q);
	jobsready(js, q);
}

struct qjob *
jobsput(struct jobs *js, const struct job *j, int state)
{
	struct qjob *q;
	int fresh;

	q = queueget(js->q, j->name);
	fresh = !q;
	if (q)
		slotsdrop(js->slots, q);
	q = queueput(js->q, j, state);
	if (fresh) {
		q->secs = historysecs(js->past, q->name);
		historyguess(js->past, q->name, q->guess);
		if (q->memory < historymemory(js->past, q->name))
			q->memory = historymemory(js->past, q->name);
		q->seen = js->scans;
		queueothers(js->q, q->name);
	}
	enterstate(js, q);
	return q;
}

/* a job has left them: removes it from memory */
static void
leavequeue(struct jobs *js, struct qjob *q, int to)
{
	char *name;

	name = xstrdup(q->name);
	if (to == FAIL)
		js->failed = 1;
	/* spiff-index moves jobs from built/; of what somebody moves the index decides */
	if (to == DONE && q->state == BUILT)
		availableadd(js->available, name);
	if (to == CANCEL)
		queuewaiters(js->q, name);
	queuedrop(js->q, q);
	if (to == DONE)
		queuemet(js->q, name);
	free(name);
}

void
jobsset(struct jobs *js, struct qjob *q, int to, const char *why)
{
	const char *where;
	char *words;

	if (q->state == to)
		return;
	where = to == NSTATE ? "gone" : spoolstates[to];
	words = why ? textline(why, strcspn(why, "\n")) : NULL;
	warnx("%s: %s%s%s", q->name, where, words ? ": " : "",
	    words ? words : "");
	free(words);
	jobstell(js, JOB_MOVED, q->name, to);
	if (q->state == READY)
		slotsdrop(js->slots, q);
	if (q->build && q->state == RUN) {
		q->build->dropped = 1;
		if (!q->build->why)
			q->build->why = xstrdup(where);
		q->build = NULL;
	}
	if (to < WAIT || to > BUILT) {
		leavequeue(js, q, to);
	} else {
		queuemove(js->q, q, to);
		enterstate(js, q);
	}
}

int
jobsmove(struct jobs *js, struct qjob *q, int to, const char *why)
{
	char *name;
	int r;

	r = spoolmove(js->sp, (enum state)q->state, (enum state)to, q->name);
	if (r == 1) {
		jobsset(js, q, to, why);
	} else if (r == 0) {
		name = xstrdup(q->name);
		jobslook(js, name);
		free(name);
	}
	return r;
}

static int
readmtime(const struct jobs *js, int state, const char *name,
    struct timespec *mtime)
{
	struct stat st;

	if (fstatat(js->sp->states[state], name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	*mtime = st.st_mtim;
	return 0;
}

void
jobsread(struct jobs *js, int state, const char *name)
{
	struct qjob *q;
	struct job j;
	char *why;
	int r;

	r = spoolread(js->sp, (enum state)state, name, &j, &why);
	if (r == 1) {
		jobsput(js, &j, state)->mtime = j.mtime;
		if (jobsrival(js, &j, state) == 1)
			jobsplanned(js, &j);
		jobfree(&j);
	} else if (r == -2) {
		jobsputoff(js, state, name, why);
		free(why);
	} else if (r == -1) {
		q = queueget(js->q, name);
		if (jobsrefuse(js, state, name, name, why) == 0 && q)
			jobsset(js, q, FAIL, NULL);
		free(why);
	}
}

void
jobsplanned(struct jobs *js, const struct job *j)
{
	struct buf b = {0};
	struct qjob *q;
	char *differ, *why;

	q = queueget(js->q, j->name);
	if (!q || (q->state != WAIT && q->state != READY) || !j->settings ||
	    strcmp(j->settings, js->settings) == 0)
		return;
	differ = settingsdiffer(j->settings);
	why = xasprintf("planned with %s: ask for it again with spiff-enqueue", differ);
	jobline(&b, "class", "stale");
	jobline(&b, "reason", why);
	if (spoolnote(js->sp, (enum state)q->state, q->name, &b) == 1)
		jobsmove(js, q, FAIL, why);
	buffree(&b);
	free(differ);
	free(why);
}

void
jobsrefresh(struct jobs *js, struct qjob *q)
{
	struct timespec mtime;
	char *name;

	if ((q->state != WAIT && q->state != READY) ||
	    readmtime(js, q->state, q->name, &mtime) < 0 ||
	    (mtime.tv_sec == q->mtime.tv_sec &&
	    mtime.tv_nsec == q->mtime.tv_nsec))
		return;
	name = xstrdup(q->name);
	jobsread(js, q->state, name);
	free(name);
}

/* writes the reason into a job that somebody has moved to cancel/ */
static int
writecancelled(struct jobs *js, const char *name)
{
	struct buf b = {0};
	int r;

	jobline(&b, "class", "cancelled");
	jobline(&b, "reason", cancelled);
	r = spoolnote(js->sp, CANCEL, name, &b);
	buffree(&b);
	return r;
}

/* finds in which final state a job is, and why */
static void
findended(struct jobs *js, struct qjob *q)
{
	const char *reason;
	struct job j;
	char *why;
	int r, st;

	st = (int)spoolfind(js->sp, q->name, FINAL);
	if (st == NSTATE && errno != ENOENT) {
		jobsputoff(js, q->state, q->name, strerror(errno));
		return;
	}
	r = 0;
	why = NULL;
	if (st == FAIL || st == CANCEL) {
		r = spoolread(js->sp, (enum state)st, q->name, &j, &why);
		if (r < 0)
			free(why);
	}
	reason = r == 1 ? j.reason : NULL;
	if (r == 1 && st == CANCEL &&
	    !(j.class && strcmp(j.class, "superseded") == 0) &&
	    writecancelled(js, q->name) == 1)
		reason = cancelled;
	jobsset(js, q, st, reason);
	if (r == 1)
		jobfree(&j);
}

void
jobslook(struct jobs *js, const char *name)
{
	struct qjob *q;
	int st;

	q = queueget(js->q, name);
	if (q && (int)spoolfind(js->sp, name, 1u << q->state) == q->state) {
		jobsrefresh(js, q);
		return;
	}
	/* the second look sees a job that moves behind the first one */
	st = (int)spoolfind(js->sp, name, ACTIVE);
	if (st == NSTATE) {
		spoolrefresh(js->sp);
		st = (int)spoolfind(js->sp, name, ACTIVE);
	}
	if (st == NSTATE && errno != ENOENT) {
		jobsputoff(js, q ? q->state : NEW, name, strerror(errno));
		return;
	}
	if (!q && st != NSTATE)
		jobsread(js, st, name);
	else if (q && st != NSTATE)
		jobsset(js, q, st, NULL);
	else if (q)
		findended(js, q);
}

/* returns a name that neither a file nor a reason in fail/ has; NULL if there are
 * COPIES */
static char *
freename(const struct spool *sp, const char *as)
{
	struct stat st;
	char *name, *reason;
	int i, taken;

	for (i = 0; i < COPIES; i++) {
		name = xasprintf(i ? "%.*s.%d" : "%.*s", NAMELEN, as, i);
		reason = xasprintf("%s.reason", name);
		taken = fstatat(sp->states[FAIL], name, &st,
		    AT_SYMLINK_NOFOLLOW) == 0 || fstatat(sp->states[FAIL],
		    reason, &st, AT_SYMLINK_NOFOLLOW) == 0;
		free(reason);
		if (!taken)
			return name;
		free(name);
	}
	errno = EEXIST;
	return NULL;
}

static int
movetofail(struct spool *sp, int state, const char *name, const char *to,
    const char *why)
{
	char *reason, *text;
	int r;

	reason = xasprintf("%s.reason", to);
	text = xasprintf("%s\n", why);
	/* the reason first, so that no refused file lacks it */
	r = spoolmake(sp, FAIL, reason, text);
	if (r == 0)
		r = spoolrename(sp, (enum state)state, name, FAIL, to);
	if (r < 1)
		ioabandon(sp->states[FAIL], -1, reason);
	free(reason);
	free(text);
	return r;
}

int
jobsrefuse(struct jobs *js, int state, const char *name, const char *as,
    const char *why)
{
	char *safe, *to, *words;
	int r;

	safe = textline(as, strlen(as));
	to = freename(js->sp, as);
	r = to ? movetofail(js->sp, state, name, to, why) : -1;
	if (r == 1) {
		words = textline(why, strcspn(why, "\n"));
		warnx("%s: fail: %s", safe, words);
		free(words);
		js->failed = 1;
		/* of a job in memory jobsset tells that it has moved */
		if (!queueget(js->q, name))
			jobstell(js, FILE_REFUSED, to, FAIL);
	} else if (r < 0) {
		warn("%s/%s/%s", js->sp->path, spoolstates[state], safe);
	}
	free(safe);
	free(to);
	return r < 0 ? -1 : 0;
}

/* Cancels a job for another, whose name comes first into its file: whoever finds the job
 * in cancel/ waits for that one. */
static int
supersede(struct jobs *js, const char *old, int state, const char *by)
{
	struct buf b = {0};
	struct qjob *q;
	char *why;
	int r;

	why = xasprintf("superseded by %s", by);
	jobline(&b, "class", "superseded");
	jobline(&b, "reason", why);
	jobline(&b, "by", by);
	r = spoolnote(js->sp, (enum state)state, old, &b);
	buffree(&b);
	q = queueget(js->q, old);
	if (r == 1 && q)
		r = jobsmove(js, q, CANCEL, why);
	else if (r == 1 && (r = spoolcancel(js->sp, (enum state)state, old)) == 1)
		warnx("%s: %s: %s", old, spoolstates[CANCEL], why);
	if (r == 1 && state == BUILT)
		manifestdrop(js->sp, old);
	free(why);
	return r;
}

int
jobsrival(struct jobs *js, const struct job *j, int state)
{
	struct qjob *other;
	char *name;
	int r;

	while ((other = queuesame(js->q, j->name))) {
		name = xstrdup(other->name);
		jobslook(js, name);
		other = queueget(js->q, name);
		r = 0;
		if (other && other->asked > j->asked)
			r = supersede(js, j->name, state, name) < 0 ? -1 : 1;
		else if (other && supersede(js, name, other->state,
		    j->name) < 0)
			r = -1;
		free(name);
		if (r)
			return r < 0 ? -1 : 0;
	}
	return 1;
}

struct build *
jobsbuild(struct jobs *js, struct qjob *q, const char *try)
{
	struct limit lm;
	struct build *b;

	limitsof(js->limits, q->name, q->style, &lm);
	b = mkbuild(js->builder, q->name);
	b->jobs = lm.jobs;
	b->memory = lm.memory;
	b->needs = q->memory;
	b->longest = lm.time;
	b->idle = lm.idle;
	b->alone = lm.alone ? xstrdup(lm.alone) : NULL;
	b->nomad = lm.nomad ? xstrdup(lm.nomad) : NULL;
	b->try = xstrdup(try);
	b->slot = slotstake(js->slots, b->job);
	b->began = loopnow();
	q->build = b;
	return b;
}

void
jobsbuilt(struct jobs *js, struct build *b)
{
	struct qjob *q;
	char *name;

	q = queueget(js->q, b->job);
	if (q && q->build == b)
		q->build = NULL;
	slotsgive(js->slots, b->job, b->slot);
	name = xstrdup(b->job);
	builddel(b);
	q = queueget(js->q, name);
	if (q)
		jobsready(js, q);
	free(name);
}

int
jobspaused(const struct jobs *js)
{
	iorefresh(js->sp->dir, "pause");
	return faccessat(js->sp->dir, "pause", F_OK, 0) == 0;
}
