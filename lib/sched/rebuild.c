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
	EVERY = 600000,		/* a main repository says nothing when it changes */
	SHARE = 10,		/* it takes one part in so many of the time at
				 * most */
	LIMIT = 1800000,	/* that it may take */
	GRACE = 1000		/* between asking it to end and killing it */
};

struct rebuild {
	struct jobs *js;
	struct child *child;	/* NULL: does not run */
	int due;		/* an index has changed since it was begun */
	int64_t begun, next;
};

/* whether anybody wants to know of what is to be built again */
static int
wanted(void)
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
ended(struct child *c, void *arg)
{
	struct rebuild *rb = arg;
	int64_t now;
	char *words;

	now = loopnow();
	rb->next = now + (now - rb->begun) * SHARE;
	if (childstatus(c) != 0) {
		words = procwords(childstatus(c));
		warnx("spiff-rebuild: %s", words);
		free(words);
	}
	rb->child = NULL;
	childdel(c);
}

static int64_t
step(void *self, int64_t now)
{
	struct rebuild *rb = self;
	char *argv[] = { NULL, NULL };
	struct childspec spec = { .argv = argv, .who = ENV_SPIFF, .in = -1,
	    .out = 2, .err = -1, .limit = LIMIT, .grace = GRACE, .ended = ended,
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
	if (!wanted())
		return now + EVERY;
	argv[0] = procbeside("spiff-rebuild");
	rb->child = childstart(&spec);
	if (!rb->child)
		warn("%s", argv[0]);
	free(argv[0]);
	return rb->child ? -1 : now + EVERY;
}

static void
event(void *self, const struct event *e)
{
	struct rebuild *rb = self;

	if (e->what == LOOK_AGAIN || (e->what == JOB_MOVED && e->to == DONE))
		rb->due = 1;
}

/* what it finds may become jobs */
static int
busy(const void *self)
{
	const struct rebuild *rb = self;

	return rb->child || (rb->due && !rb->js->stopping && wanted());
}

static void
stop(void *self, int hard)
{
	struct rebuild *rb = self;

	if (rb->child)
		childstop(rb->child, hard ? 0 : GRACE);
}

static void
del(void *self)
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
	*p = (struct part){ .self = rb, .fd = -1, .step = step, .event = event,
	    .busy = busy, .stop = stop, .del = del };
}
