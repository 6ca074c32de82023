#include <err.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/child.h"
#include "base/conf.h"
#include "base/env.h"
#include "base/loop.h"
#include "base/proc.h"
#include "base/x.h"
#include "sched/jobs.h"
#include "sched/rebuild.h"
#include "spool/spool.h"

/* milliseconds */
enum {
	EVERY = 600000,		/* between two runs: main repositories change without
				 * notice */
	SHARE = 10,		/* runs take at most this part of the time */
	LIMIT = 1800000,	/* of a run */
	GRACE = 1000		/* between asking it to end and killing it */
};

struct rebuild {
	struct jobs *js;
	struct child *child;	/* NULL: does not run */
	int due;		/* an index has changed since the last run began */
	int64_t begun, next;	/* the last run, and the earliest time of the next */
};

/* whether anybody wants to know of what is to be built again */
static int
iswanted(void)
{
	static const char *const hooks[] = { "broken", "staged", "relink" };
	char *hook;
	size_t i;
	int r;

	r = *confget(CONF_REBUILD) || *confget(CONF_RELINK);
	for (i = 0; i < sizeof hooks / sizeof hooks[0] && !r; i++) {
		hook = xasprintf("%s/%s", confget(CONF_HOOKS), hooks[i]);
		r = access(hook, X_OK) == 0;
		free(hook);
	}
	return r;
}

static void
rebuildended(struct child *c, void *arg)
{
	struct rebuild *rb = arg;
	int64_t now;

	now = loopnow();
	rb->next = now + (now - rb->begun) * SHARE;
	procfailed("spiff-rebuild", childstatus(c));
	rb->child = NULL;
	childdel(c);
}

static int64_t
rebuildstep(void *self, int64_t now)
{
	struct rebuild *rb = self;
	char *argv[] = { NULL, NULL };
	struct childspec spec = { .argv = argv, .who = ENV_SPIFF, .in = -1,
	    .out = 2, .err = -1, .limit = LIMIT, .grace = GRACE, .ended = rebuildended,
	    .arg = rb };

	if (rb->child || rb->js->stopping)
		return -1;
	if (rb->begun + EVERY <= now)
		rb->due = 1;
	if (!rb->due)
		return rb->begun + EVERY;
	if (rb->next > now)
		return rb->next;
	rb->due = 0;
	rb->begun = now;
	if (!iswanted())
		return now + EVERY;
	argv[0] = procbeside("spiff-rebuild");
	rb->child = childstart(&spec);
	if (!rb->child)
		warn("%s", argv[0]);
	free(argv[0]);
	return rb->child ? -1 : now + EVERY;
}

static void
rebuildevent(void *self, const struct event *e)
{
	struct rebuild *rb = self;

	if (e->what == LOOK_AGAIN || (e->what == JOB_MOVED && e->to == DONE))
		rb->due = 1;
}

/* spiff-rebuild may queue jobs */
static int
rebuildbusy(const void *self)
{
	const struct rebuild *rb = self;

	return rb->child || (rb->due && !rb->js->stopping && iswanted());
}

static void
rebuildstop(void *self, int hard)
{
	struct rebuild *rb = self;

	childstop(rb->child, hard ? 0 : GRACE);
}

static void
rebuilddel(void *self)
{
	struct rebuild *rb = self;

	childdel(rb->child);
	free(rb);
}

void
rebuildpart(struct part *p, struct jobs *js)
{
	struct rebuild *rb;

	rb = xcalloc(1, sizeof *rb);
	rb->js = js;
	rb->due = 1;
	*p = (struct part){ .self = rb, .fd = -1, .step = rebuildstep,
	    .event = rebuildevent, .busy = rebuildbusy, .stop = rebuildstop,
	    .del = rebuilddel };
}
