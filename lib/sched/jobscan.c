#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/loop.h"
#include "base/x.h"
#include "queue/available.h"
#include "queue/queue.h"
#include "sched/intake.h"
#include "sched/jobs.h"
#include "sched/jobscan.h"
#include "sched/reject.h"
#include "sched/resolve.h"
#include "sched/rival.h"
#include "spool/inotify.h"
#include "spool/job.h"
#include "spool/spool.h"

enum {
	TURN = 20,		/* milliseconds in one turn */
	ACTIVE = 1 << WAIT | 1 << READY | 1 << RUN | 1 << BUILT,
	FINAL = 1 << DONE | 1 << FAIL | 1 << CANCEL
};

static const char cancelled[] = "cancelled by hand";

/* names for which the directories and memory do not agree */
struct odd {
	struct sched *s;
	int state;
	char **names;
	size_t n;
};

static int
modified(const struct sched *s, int state, const char *name,
    struct timespec *mtime)
{
	struct stat st;

	if (fstatat(s->sp->states[state], name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	*mtime = st.st_mtim;
	return 0;
}

/* reads a job's file, new to us or edited */
static void
readin(struct sched *s, int state, const char *name)
{
	struct timespec mtime;
	struct qjob *q;
	struct job j;
	char *why;
	int r;

	/* the time before the text: an edit in between is seen the next time */
	if (modified(s, state, name, &mtime) < 0)
		return;
	r = spoolread(s->sp, (enum state)state, name, &j, &why);
	if (r == 1) {
		schedput(s, &j, state)->mtime = mtime;
		rivalsettle(s, &j, state);
		jobfree(&j);
	} else if (r == -2) {
		schedputoff(s, state, name, why);
		free(why);
	} else if (r == -1) {
		q = queueget(s->q, name);
		if (rejectfile(s, state, name, name, why) == 0 && q)
			schedset(s, q, FAIL, NULL);
		free(why);
	}
}

static void
refresh(struct sched *s, struct qjob *q)
{
	struct timespec mtime;
	char *name;

	if ((q->state != WAIT && q->state != READY) ||
	    modified(s, q->state, q->name, &mtime) < 0 ||
	    (mtime.tv_sec == q->mtime.tv_sec &&
	    mtime.tv_nsec == q->mtime.tv_nsec))
		return;
	name = xstrdup(q->name);
	readin(s, q->state, name);
	free(name);
}

/* people move jobs to cancel/ without a word */
static int
byhand(struct sched *s, const char *name)
{
	struct buf b = {0};
	int r;

	jobline(&b, "class", "cancelled");
	jobline(&b, "reason", cancelled);
	r = spoolnote(s->sp, CANCEL, name, &b);
	buffree(&b);
	return r;
}

/* where the file of a job that is in no active state has gone, and why */
static void
gone(struct sched *s, struct qjob *q)
{
	const char *reason;
	struct job j;
	char *why;
	int r, st;

	st = (int)spoolfind(s->sp, q->name, FINAL);
	r = 0;
	why = NULL;
	if (st == FAIL || st == CANCEL) {
		r = spoolread(s->sp, (enum state)st, q->name, &j, &why);
		if (r < 0)
			free(why);
	}
	reason = r == 1 ? j.reason : NULL;
	if (r == 1 && st == CANCEL &&
	    !(j.class && strcmp(j.class, "superseded") == 0) &&
	    byhand(s, q->name) == 1)
		reason = cancelled;
	schedset(s, q, st, reason);
	if (r == 1)
		jobfree(&j);
}

void
scanlook(struct sched *s, const char *name)
{
	struct qjob *q;
	int st;

	q = queueget(s->q, name);
	if (q && (int)spoolfind(s->sp, name, 1u << q->state) == q->state) {
		refresh(s, q);
		return;
	}
	/* a job that moves on between two looks is seen by the second */
	st = (int)spoolfind(s->sp, name, ACTIVE);
	if (st == NSTATE)
		st = (int)spoolfind(s->sp, name, ACTIVE);
	if (!q && st != NSTATE)
		readin(s, st, name);
	else if (q && st != NSTATE)
		schedset(s, q, st, NULL);
	else if (q)
		gone(s, q);
}

/* Something came to a state, or went. Every move of ours comes back as two hints
 * that tell memory nothing new; who else moves a job takes it away from where
 * memory has it. */
static void
hint(struct sched *s, int state, int came, const char *name)
{
	struct qjob *q;

	if (state == NEW) {
		intakename(s, name);
		return;
	}
	if (*name == '.')
		return;
	q = queueget(s->q, name);
	if (!q && came)
		readin(s, state, name);
	else if (q && q->state == state && came)
		refresh(s, q);
	else if (q && q->state == state)
		scanlook(s, name);
}

static void
addodd(struct odd *o, const char *name)
{
	o->names = xgrow(o->names, o->n, sizeof *o->names);
	o->names[o->n++] = xstrdup(name);
}

static int
seen(const char *name, void *arg)
{
	struct odd *o = arg;
	struct qjob *q;

	if (*name == '.')
		return 0;
	q = queueget(o->s->q, name);
	if (!q || q->state != o->state) {
		addodd(o, name);
		return 0;
	}
	q->seen = o->s->scans;
	refresh(o->s, q);
	return 0;
}

static void
unseen(struct odd *o)
{
	struct qjob *q;

	TAILQ_FOREACH(q, queuelist(o->s->q, o->state), list) {
		if (q->seen != o->s->scans)
			addodd(o, q->name);
		else if (q->state == WAIT && LIST_EMPTY(&q->needs))
			queuetouch(o->s->q, q);
	}
}

void
scanall(struct sched *s)
{
	struct odd o = { .s = s };
	size_t i;

	s->scans++;
	s->putoff = 0;
	intakescan(s);
	for (o.state = WAIT; o.state <= BUILT; o.state++) {
		if (iolist(s->sp->states[o.state], seen, &o) < 0)
			schedputoff(s, o.state, ".", strerror(errno));
	}
	for (o.state = WAIT; o.state <= BUILT; o.state++)
		unseen(&o);
	for (i = 0; i < o.n; i++) {
		scanlook(s, o.names[i]);
		free(o.names[i]);
	}
	free(o.names);
	/* what we wait for and what we build is told by those who build it */
	if (stockfresh(s->stock, queuestrange(s->q) ? STOCK_CHANGED : STOCK_OLD))
		needscheck(s);
}

int
scanstep(struct sched *s)
{
	const char *name;
	int64_t end;
	int came, r, state;

	if (!s->watch)
		return 0;
	end = loopnow() + TURN;
	while ((r = watchnext(s->watch, &state, &came, &name)) > 0) {
		if (state < NSTATE)
			hint(s, state, came, name);
		else if (strcmp(name, "pause") != 0 &&
		    strcmp(name, "lock") != 0)
			return -1;	/* a directory went */
		if (loopnow() > end)
			return 1;
	}
	return r;
}
