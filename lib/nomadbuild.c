#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "builder.h"
#include "call.h"
#include "job.h"
#include "loop.h"
#include "nomadbuild.h"
#include "nomadhandle.h"
#include "nomadlook.h"
#include "spool.h"
#include "x.h"

enum {
	CALLS = 4,		/* at a time */
	PAUSE = 1000, PAUSEMAX = 60000,	/* milliseconds after a failure */
	LOGTRIES = 3
};

static struct build **builds;
static size_t nbuilds;
static int64_t forgotten;	/* when the last of them was */

struct nomadbuild *
nomadbuildadd(struct build *b)
{
	struct nomadbuild *o;

	o = xcalloc(1, sizeof *o);
	o->h = xcalloc(1, sizeof *o->h);
	o->look = xcalloc(1, sizeof *o->look);
	o->logtries = LOGTRIES;
	b->own = o;
	builds = xgrow(builds, nbuilds, sizeof *builds);
	builds[nbuilds++] = b;
	return o;
}

void
nomadbuilddel(struct build *b)
{
	struct nomadbuild *o = b->own;
	size_t i;

	if (!o)
		return;
	for (i = 0; builds[i] != b; i++)
		;
	builds[i] = builds[--nbuilds];
	calldel(o->call);
	calldel(o->look->call);
	nomadhandlefree(o->h);
	free(o->h);
	free(o->look);
	free(o->alloc);
	free(o->waits);
	free(o);
	forgotten = loopnow();
}

int64_t
nomadbuildgone(void)
{
	return forgotten;
}

struct build *
nomadbuildat(size_t i)
{
	return i < nbuilds ? builds[i] : NULL;
}

int
nomadmaycall(void)
{
	const struct nomadbuild *o;
	size_t i;
	int n;

	n = 0;
	for (i = 0; i < nbuilds; i++) {
		o = builds[i]->own;
		n += o->call || (o->last && o->look->call);
	}
	return n < CALLS;
}

void
nomadlater(struct nomadbuild *o)
{
	o->pause = o->pause ? o->pause * 2 : PAUSE;
	if (o->pause > PAUSEMAX)
		o->pause = PAUSEMAX;
	o->next = loopnow() + o->pause;
}

void
nomadend(struct build *b, int code, const char *words)
{
	struct nomadbuild *o = b->own;

	free(b->words);
	b->words = xstrdup(words);
	b->code = code;
	b->waits = 0;
	o->over = 1;
	o->runs = 0;
	o->next = o->pause = 0;
}

void
nomadnote(struct spool *sp, const struct build *b, const char *why)
{
	struct nomadbuild *o = b->own;
	struct buf lines = {0};

	if (o->waits && strcmp(o->waits, why) == 0)
		return;
	jobline(&lines, "waits", why);
	spoolnote(sp, RUN, b->job, &lines);
	buffree(&lines);
	free(o->waits);
	o->waits = xstrdup(why);
}
