#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "buf.h"
#include "builder.h"
#include "delivery.h"
#include "job.h"
#include "loop.h"
#include "nomadask.h"
#include "nomadbuild.h"
#include "nomadhandle.h"
#include "nomadjudge.h"
#include "nomadpoll.h"
#include "nomadsee.h"
#include "nomadtext.h"
#include "spool.h"
#include "tab.h"
#include "x.h"

enum {
	LOST = 600000		/* milliseconds until a node that is silent is
				 * given up */
};

/* its task has started, and may have ended since */
static void
runs(struct spool *sp, struct build *b, const struct nomadchild *c)
{
	struct nomadbuild *o = b->own;
	struct buf lines = {0};
	int64_t past;

	o->silent = 0;
	nomadnote(sp, b, "");
	if (o->runs)
		return;
	o->runs = 1;
	b->waits = 0;
	past = time(NULL) - c->started;
	b->began = loopnow() - (past > 0 ? past * 1000 : 0);
	free(o->alloc);
	o->alloc = xstrdup(c->alloc);
	jobnumber(&lines, "started", c->started);
	jobline(&lines, "node", c->node);
	spoolnote(sp, RUN, b->job, &lines);
	buffree(&lines);
}

/* whether a child was dispatched for a build */
static int
isof(const struct nomadchild *c, const struct build *b)
{
	const struct nomadbuild *o = b->own;
	char *start;
	int r;

	start = xasprintf("%s/dispatch-%s-", o->h->parent, o->h->prefix);
	r = strncmp(c->id, start, strlen(start)) == 0;
	free(start);
	return r;
}

static const struct nomadchild *
childof(const struct nomadpoll *lists, const struct build *b)
{
	void *value;
	size_t i;

	for (i = 0; tabnext(nomadpolltab(lists), &i, &value);) {
		if (isof(value, b))
			return value;
	}
	return NULL;
}

/* Its child is in no list. When two have asked with one token at a time, both
 * were told an ID, and the child has one of them. Otherwise it was there and is
 * gone, and it is not asked for again under its number: what is left of it may
 * still be at work. */
static void
absent(struct spool *sp, struct build *b, const struct nomadpoll *lists)
{
	struct nomadbuild *o = b->own;
	const struct nomadchild *c;

	c = o->seen ? NULL : childof(lists, b);
	if (c) {
		free(o->h->id);
		nomadasklearn(sp, b, xstrdup(c->id));
	} else if (deliveryof(sp, b->job, b->try)) {
		nomadend(b, 0, "exit 0");
	} else if (o->stop) {
		nomadend(b, -1, "stopped");
	} else {
		nomadend(b, -1, "not known to Nomad any more");
	}
}

void
nomadsee(struct spool *sp, struct build *b, const struct nomadpoll *lists)
{
	struct nomadbuild *o = b->own;
	const struct nomadchild *c;
	char *words;
	int code;

	if (o->over || !o->h->id || o->learned > nomadpollbegan(lists))
		return;
	c = tabget(nomadpolltab(lists), o->h->id);
	o->seen |= c != NULL;
	words = NULL;
	code = -1;
	switch (nomadjudge(c, &code, &words)) {
	case NOMAD_ABSENT:
		absent(sp, b, lists);
		break;
	case NOMAD_WAITS:
		nomadnote(sp, b, c->blocked ? c->blocked : "");
		break;
	case NOMAD_RUNS:
		runs(sp, b, c);
		break;
	case NOMAD_UNKNOWN:
		if (!o->silent)
			o->silent = loopnow();
		nomadnote(sp, b, "its machine does not answer");
		if (loopnow() - o->silent < LOST && !o->stopsent)
			break;
		/* FALLTHROUGH */
	case NOMAD_LOST:
		/* another node may have begun it again, or this one go on: its
		 * delivery would be an older try's then */
		nomadend(b, -1, "its node was lost");
		o->stop = 1;
		o->logtries = 0;
		break;
	case NOMAD_ENDED:
		if (c->started)
			runs(sp, b, c);
		else
			o->logtries = 0;
		b->finished = c->finished;
		free(o->alloc);
		o->alloc = c->alloc ? xstrdup(c->alloc) : NULL;
		nomadend(b, code, words);
		break;
	}
	free(words);
}

/* whether a child is that of a build, or may be */
static int
wanted(const struct nomadchild *c)
{
	const struct nomadbuild *o;
	const struct build *b;
	size_t i;
	int r;

	r = 0;
	for (i = 0; !r && (b = nomadbuildat(i)); i++) {
		o = b->own;
		r = o->h->id ? strcmp(o->h->id, c->id) == 0 : isof(c, b);
	}
	return r;
}

const char *
nomadseestray(const struct nomadpoll *lists)
{
	const struct nomadchild *c;
	void *value;
	size_t i;

	/* an older picture has the builds of then, which may have ended */
	if (nomadpollbegan(lists) <= nomadbuildgone())
		return NULL;
	for (i = 0; tabnext(nomadpolltab(lists), &i, &value);) {
		c = value;
		if (c->listed && !c->dead && !c->stopped && !wanted(c))
			return c->id;
	}
	return NULL;
}
