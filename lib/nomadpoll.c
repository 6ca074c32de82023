#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "call.h"
#include "loop.h"
#include "nomadcli.h"
#include "nomadpoll.h"
#include "nomadtext.h"
#include "tab.h"
#include "x.h"

/* milliseconds */
enum {
	POLL = 1000,		/* between two pictures at least */
	SOON = 200,		/* the same when something has just been begun */
	SHARE = 10,		/* calls take this part of the time at most */
	IDLE = 60000,		/* between two pictures without builds */
	PAUSE = 1000, PAUSEMAX = 30000	/* after a failure */
};

struct nomadpoll {
	char *mark;
	struct call *call;
	enum nomadlist which;	/* is asked for */
	struct tab *fresh;	/* what the calls so far have said */
	int64_t begun;		/* the first of these calls */
	struct tab *tab;	/* the last picture */
	int64_t began;
	int64_t ended;		/* the last call, and how long all took */
	int64_t took;
	int soon, busy;
	int64_t pause;		/* after failures, 0: there was none */
};

struct nomadpoll *
mknomadpoll(const char *mark)
{
	struct nomadpoll *p;

	p = xcalloc(1, sizeof *p);
	p->mark = xstrdup(mark);
	p->tab = mktab();
	p->began = -1;
	p->soon = 1;
	return p;
}

void
nomadpolldel(struct nomadpoll *p)
{
	if (!p)
		return;
	calldel(p->call);
	if (p->fresh)
		nomadfree(p->fresh);
	nomadfree(p->tab);
	free(p->mark);
	free(p);
}

int
nomadpollreaped(struct nomadpoll *p, pid_t pid, int status)
{
	return p->call && callreaped(p->call, pid, status);
}

void
nomadpollsoon(struct nomadpoll *p)
{
	p->soon = 1;
}

int64_t
nomadpollbegan(const struct nomadpoll *p)
{
	return p->began;
}

struct tab *
nomadpolltab(const struct nomadpoll *p)
{
	return p->tab;
}

int64_t
nomadpollnext(const struct nomadpoll *p)
{
	int64_t wait;

	if (p->call)
		return callstep(p->call);
	wait = p->soon ? SOON : p->busy ? POLL : IDLE;
	if (wait < p->took * SHARE)
		wait = p->took * SHARE;
	if (wait < p->pause)
		wait = p->pause;
	return p->ended + wait;
}

static void
fail(struct nomadpoll *p, const char *why)
{
	if (!p->pause)
		warnx("%s", why);
	p->pause = p->pause ? p->pause * 2 : PAUSE;
	if (p->pause > PAUSEMAX)
		p->pause = PAUSEMAX;
	nomadfree(p->fresh);
	p->fresh = NULL;
	p->ended = loopnow();
}

static void
ask(struct nomadpoll *p, enum nomadlist which)
{
	p->which = which;
	p->call = nomadlist(which, p->mark);
	if (!p->call)
		fail(p, "nomad cannot be asked");
}

/* whether a job has no place yet */
static int
waiting(const struct tab *children)
{
	const struct nomadchild *c;
	void *value;
	size_t i;

	for (i = 0; tabnext(children, &i, &value);) {
		c = value;
		if (c->listed && !c->dead && !c->alloc)
			return 1;
	}
	return 0;
}

static void
picture(struct nomadpoll *p)
{
	if (p->pause)
		warnx("nomad answers again");
	p->pause = 0;
	nomadfree(p->tab);
	p->tab = p->fresh;
	p->fresh = NULL;
	p->began = p->begun;
	p->ended = loopnow();
	p->took = p->ended - p->begun;
}

/* takes what a call has said: 1 when it was the last one and all is well */
static int
answer(struct nomadpoll *p)
{
	struct buf err = {0}, out = {0};
	char *why;
	int last;

	why = nomadfailed(p->call, &out, &err);
	calldel(p->call);
	p->call = NULL;
	last = 0;
	if (!why && nomadread(p->fresh, out.s) < 0)
		why = xstrdup("nomad: not the answer that was expected");
	if (why) {
		fail(p, why);
	} else if (p->which == NOMAD_JOBS) {
		/* after the jobs: an allocation seen is then never too old */
		ask(p, NOMAD_ALLOCS);
	} else if (p->which == NOMAD_ALLOCS && waiting(p->fresh)) {
		ask(p, NOMAD_BLOCKED);
	} else {
		picture(p);
		last = 1;
	}
	free(why);
	buffree(&err);
	buffree(&out);
	return last;
}

int
nomadpollstep(struct nomadpoll *p, int busy)
{
	p->busy = busy;
	if (p->call) {
		callstep(p->call);
		return callended(p->call) ? answer(p) : 0;
	}
	if (nomadpollnext(p) <= loopnow()) {
		p->soon = 0;
		p->begun = loopnow();
		p->fresh = mktab();
		ask(p, NOMAD_JOBS);
	}
	return 0;
}
