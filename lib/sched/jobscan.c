#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/io.h"
#include "base/loop.h"
#include "base/x.h"
#include "queue/queue.h"
#include "sched/jobs.h"
#include "sched/jobscan.h"
#include "spool/inotify.h"
#include "spool/spool.h"

enum {
	TURN = 20,		/* milliseconds in one turn */
	SCAN = 5000,		/* between two looks at the whole spool */
	SCANALONE = 1000,	/* the same without inotify */
	SHARE = 20		/* looks take at most this part of the time */
};

struct jobscan {
	struct jobs *js;
	struct inotify *watch;	/* NULL: by looks alone */
	int64_t next;		/* look */
};

/* names that memory has in another state than the directories */
struct odd {
	struct jobs *js;
	int state;
	char **names;
	size_t n;
};

/* A file came to a state, or left it. Moves by spiff-run give two hints, too, which
 * memory agrees with; a move by somebody else takes the job from where memory has it.
 * */
static void
followhint(struct jobs *js, int state, int came, const char *name)
{
	struct qjob *q;

	if (state == NEW) {
		jobstell(js, FILE_NEW, name, NEW);
		return;
	}
	if (*name == '.')
		return;
	q = queueget(js->q, name);
	if (!q && came)
		jobsread(js, state, name);
	else if (q && q->state == state && came)
		jobsrefresh(js, q);
	else if (q && q->state == state)
		jobslook(js, name);
}

/* whether the name is that of a part of the spool, which is broken without it */
static int
ispart(const char *name)
{
	static const char *const others[] = { "tmp", "incoming", "log", "lock" };
	size_t i;

	for (i = 0; i < NSTATE; i++) {
		if (strcmp(name, spoolstates[i]) == 0)
			return 1;
	}
	for (i = 0; i < sizeof others / sizeof others[0]; i++) {
		if (strcmp(name, others[i]) == 0)
			return 1;
	}
	return 0;
}

/* follows inotify's hints; 1 when there are more than fit in one turn */
static int
followhints(struct jobscan *sc)
{
	const char *name;
	int64_t end;
	int came, r, state;

	if (!sc->watch)
		return 0;
	end = loopnow() + TURN;
	while ((r = inotifynext(sc->watch, &state, &came, &name)) > 0) {
		if (state < NSTATE)
			followhint(sc->js, state, came, name);
		else if (ispart(name))
			sc->js->look = 1;
		if (loopnow() > end)
			return 1;
	}
	if (r < 0)
		sc->js->look = 1;
	return 0;
}

static void
addodd(struct odd *o, const char *name)
{
	o->names = xgrow(o->names, o->n, sizeof *o->names);
	o->names[o->n++] = xstrdup(name);
}

static int
seefile(const char *name, void *arg)
{
	struct odd *o = arg;
	struct qjob *q;

	if (*name == '.')
		return 0;
	q = queueget(o->js->q, name);
	if (!q || q->state != o->state) {
		addodd(o, name);
		return 0;
	}
	q->seen = o->js->scans;
	jobsrefresh(o->js, q);
	return 0;
}

static void
findunseen(struct odd *o)
{
	struct qjob *q;

	TAILQ_FOREACH(q, queuelist(o->js->q, o->state), list) {
		if (q->seen != o->js->scans)
			addodd(o, q->name);
		else if (q->state == WAIT && LIST_EMPTY(&q->needs))
			queuetouch(o->js->q, q);
	}
}

static int
signalnew(const char *name, void *arg)
{
	jobstell(arg, FILE_NEW, name, NEW);
	return 0;
}

static void
scanspool(struct jobs *js)
{
	struct odd o = { .js = js };
	size_t i;

	js->scans++;
	js->putoff = 0;
	if (iolist(js->sp->states[NEW], signalnew, js) < 0)
		jobsputoff(js, NEW, ".", strerror(errno));
	for (o.state = WAIT; o.state <= BUILT; o.state++) {
		if (iolist(js->sp->states[o.state], seefile, &o) < 0)
			jobsputoff(js, o.state, ".", strerror(errno));
	}
	for (o.state = WAIT; o.state <= BUILT; o.state++)
		findunseen(&o);
	for (i = 0; i < o.n; i++) {
		jobslook(js, o.names[i]);
		free(o.names[i]);
	}
	free(o.names);
}

/* whether the spool is still the one that was opened, and its lock held */
static int
isours(struct jobs *js)
{
	if (spoolgone(js->sp)) {
		warnx("%s: was removed or replaced", js->sp->path);
		js->gone = SPOOL_WIPED;
	}
	return jobsheld(js);
}

static int64_t
jobscanstep(void *self, int64_t now)
{
	struct jobscan *sc = self;
	struct jobs *js = sc->js;
	int more;

	if (js->gone)
		return -1;
	more = followhints(sc);
	if (js->look || now >= sc->next) {
		js->look = 0;
		if (!isours(js))
			return -1;
		scanspool(js);
		sc->next = now + (sc->watch ? SCAN : SCANALONE) +
		    SHARE * (loopnow() - now);
	}
	return more ? now : sc->next;
}

static void
jobscandel(void *self)
{
	struct jobscan *sc = self;

	inotifydel(sc->watch);
	free(sc);
}

void
jobscanpart(struct part *p, struct jobs *js)
{
	struct jobscan *sc;

	sc = xcalloc(1, sizeof *sc);
	sc->js = js;
	/* before the first look, so that no file is missed */
	if (strcmp(confget(CONF_WATCH), "scan") != 0) {
		sc->watch = inotifyopen(js->sp);
		if (!sc->watch)
			warn("%s: inotify: looking every second instead",
			    js->sp->path);
	}
	*p = (struct part){ .self = sc,
	    .fd = sc->watch ? inotifyfd(sc->watch) : -1, .step = jobscanstep,
	    .del = jobscandel };
}
