#include <err.h>
#include <stdlib.h>

#include "base/child.h"
#include "base/conf.h"
#include "base/env.h"
#include "base/loop.h"
#include "base/proc.h"
#include "base/x.h"
#include "sched/jobs.h"
#include "sched/website.h"

enum {
	WORDS = 7,		/* of the command */
	/* milliseconds */
	EVERY = 10000,		/* from one start to the next */
	SHARE = 10,		/* it takes one part in so many of the time at
				 * most */
	LAST = 60000,		/* for the last one */
	HURRY = 700,		/* the same when we are told to end, or twice what
				 * the one before took */
	GRACE = 300		/* between asking it to end and killing it */
};

static int64_t usual;		/* what the last one took */

struct website {
	struct jobs *js;
	struct child *child;	/* NULL: does not run */
	int64_t begun, next;
};

static void
command(char **argv)
{
	argv[0] = procbeside("spiff-cell");
	argv[1] = procbeside("spiff-status");
	argv[2] = xstrdup("-w");
	argv[3] = xstrdup(confget(CONF_WWW));
	argv[4] = xstrdup("-s");
	argv[5] = xstrdup(confget(CONF_SPOOL));
	argv[6] = NULL;
}

static void
commandfree(char **argv)
{
	for (; *argv; argv++)
		free(*argv);
}

static void
failed(int status)
{
	char *words;

	words = procwords(status);
	warnx("spiff-status -w: %s", words);
	free(words);
}

static void
ended(struct child *c, void *arg)
{
	struct website *w = arg;
	int64_t took;

	took = loopnow() - w->begun;
	if (w->next < w->begun + took * SHARE)
		w->next = w->begun + took * SHARE;
	if (childstatus(c) != 0)
		failed(childstatus(c));
	else
		usual = took;
	w->child = NULL;
	childdel(c);
}

static int64_t
step(void *self, int64_t now)
{
	struct website *w = self;
	char *argv[WORDS];
	struct childspec spec = { .argv = argv, .who = ENV_SPIFF, .in = -1,
	    .out = 2, .err = -1, .cell = 1, .ended = ended, .arg = w };

	if (!*confget(CONF_WWW) || w->child || w->js->stopping)
		return -1;
	if (w->next > now)
		return w->next;
	command(argv);
	w->begun = now;
	w->next = now + EVERY;
	w->child = childstart(&spec);
	if (!w->child)
		warn("%s", argv[0]);
	commandfree(argv);
	return w->child ? -1 : w->next;
}

/* nobody waits for the site before that */
static int
busy(const void *self)
{
	const struct website *w = self;

	return w->child && w->js->stopping;
}

/* to stop it loses nothing */
static void
stop(void *self, int hard)
{
	struct website *w = self;

	if (w->child)
		childstop(w->child, hard ? 0 : GRACE);
}

static void
del(void *self)
{
	struct website *w = self;

	childdel(w->child);
	free(w);
}

void
websitepart(struct part *p, struct jobs *js)
{
	struct website *w;

	w = xcalloc(1, sizeof *w);
	w->js = js;
	*p = (struct part){ .self = w, .fd = -1, .follows = 1, .step = step,
	    .busy = busy, .stop = stop, .del = del };
}

void
websitelast(int hurry)
{
	char *argv[WORDS];
	struct childspec spec = { .argv = argv, .who = ENV_SPIFF, .in = -1,
	    .out = 2, .err = -1, .cell = 1, .limit = LAST };
	int status;

	if (!*confget(CONF_WWW))
		return;
	command(argv);
	if (hurry)
		spec.limit = 2 * usual > HURRY ? 2 * usual : HURRY;
	if (childrun(&spec, NULL, &status) < 0)
		warn("%s", argv[0]);
	else if (status != 0)
		failed(status);
	commandfree(argv);
}
