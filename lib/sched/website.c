#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
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
	SHARE = 10,		/* runs take at most this part of the time */
	LAST = 60000,		/* of the last run */
	SAIDMAX = 1 << 16,	/* bytes of messages that are kept */
	HURRY = 700,		/* the same in a hurry, or twice the usual time if
				 * that is more */
	GRACE = 300		/* between asking it to end and killing it */
};

static const char name[] = "spiff-status -w";
static int64_t usual;		/* milliseconds of the last run that succeeded */
static struct buf said;		/* the messages of the last run */

struct website {
	struct jobs *js;
	struct child *child;	/* NULL: does not run */
	int64_t begun, next;
};

static void
makeargv(char **argv)
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
freeargv(char **argv)
{
	for (; *argv; argv++)
		free(*argv);
}

/* passes on what a run said, unless the one before said the same: what is wrong, with the
 * limits for instance, stays so */
static void
passmessages(const struct child *c)
{
	struct buf now = {0};

	childoutput(c, NULL, &now);
	bufadd(&now, "", 0);
	if (now.len > 0 && (!said.s || strcmp(now.s, said.s) != 0))
		fwrite(now.s, 1, now.len, stderr);
	buffree(&said);
	said = now;
}

static void
websiteended(struct child *c, void *arg)
{
	struct website *w = arg;
	int64_t took;

	took = loopnow() - w->begun;
	if (w->next < w->begun + took * SHARE)
		w->next = w->begun + took * SHARE;
	passmessages(c);
	if (!procfailed(name, childstatus(c)))
		usual = took;
	w->child = NULL;
	childdel(c);
}

static int64_t
websitestep(void *self, int64_t now)
{
	struct website *w = self;
	char *argv[WORDS];
	struct childspec spec = { .argv = argv, .who = ENV_SPIFF, .in = -1,
	    .out = 2, .err = CHILD_KEEP, .max = SAIDMAX, .cut = 1, .cell = 1,
	    .ended = websiteended, .arg = w };

	if (!*confget(CONF_WWW) || w->child || w->js->stopping)
		return -1;
	if (w->next > now)
		return w->next;
	makeargv(argv);
	w->begun = now;
	w->next = now + EVERY;
	w->child = childstart(&spec);
	if (!w->child)
		warn("%s", argv[0]);
	freeargv(argv);
	return w->child ? -1 : w->next;
}

/* while spiff-run goes on, it need not wait for the site */
static int
websitebusy(const void *self)
{
	const struct website *w = self;

	return w->child && w->js->stopping;
}

static void
websitestop(void *self, int hard)
{
	struct website *w = self;

	childstop(w->child, hard ? 0 : GRACE);
}

static void
websitedel(void *self)
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
	*p = (struct part){ .self = w, .fd = -1, .follows = 1,
	    .step = websitestep, .busy = websitebusy, .stop = websitestop,
	    .del = websitedel };
}

static void
lastended(struct child *c, void *arg)
{
	(void)arg;
	passmessages(c);
}

void
websitelast(int hurry)
{
	char *argv[WORDS];
	struct childspec spec = { .argv = argv, .who = ENV_SPIFF, .in = -1,
	    .out = 2, .err = CHILD_KEEP, .max = SAIDMAX, .cut = 1, .cell = 1,
	    .limit = LAST, .ended = lastended };
	int status;

	if (!*confget(CONF_WWW))
		return;
	makeargv(argv);
	if (hurry)
		spec.limit = 2 * usual > HURRY ? 2 * usual : HURRY;
	if (childrun(&spec, NULL, &status) < 0)
		warn("%s", argv[0]);
	else
		procfailed(name, status);
	freeargv(argv);
}
