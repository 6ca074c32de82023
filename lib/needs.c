#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "intake.h"
#include "job.h"
#include "loop.h"
#include "needs.h"
#include "queue.h"
#include "scan.h"
#include "sched.h"
#include "spool.h"
#include "stock.h"
#include "x.h"

enum { TURN = 20, HOPS = 100 };	/* milliseconds in one turn; replacements */

/* whether the repositories have what the job makes, and it is not to be made
 * anew all the same */
static int
has(const char *name, void *arg)
{
	struct sched *s = arg;
	struct qjob *j;

	j = queueget(s->q, name);
	return !(j && j->force) && stockhas(s->stock, name);
}

/* returns the job that took the place of a cancelled one, NULL when there is
 * none; the caller owns it */
static char *
replacement(const struct sched *s, const char *name)
{
	struct job j;
	char *by, *why;
	int r;

	r = spoolread(s->sp, CANCEL, name, &j, &why);
	if (r < 0)
		free(why);
	if (r != 1)
		return NULL;
	by = j.by && jobnameok(j.by) && strcmp(j.by, name) != 0 ?
	    xstrdup(j.by) : NULL;
	jobfree(&j);
	return by;
}

/* a job whose package has a later version by now was superseded too, though
 * nobody had to say so */
static int
outlived(struct sched *s, const char *name)
{
	return spoolfind(s->sp, name, 1u << DONE | 1u << CANCEL) != NSTATE &&
	    !queueget(s->q, name) && stocklater(s->stock, name);
}

/* returns the job to wait for so that the need is met, NULL when it is; the
 * caller owns it */
static char *
awaited(struct sched *s, const char *need)
{
	struct qjob *other;
	char *by, *name;
	int hops;

	name = xstrdup(need);
	for (hops = 0; hops < HOPS; hops++) {
		other = queueget(s->q, name) ? NULL : queuesame(s->q, name);
		if (other) {
			free(name);
			name = xstrdup(other->name);
		}
		if (has(name, s) || outlived(s, name)) {
			free(name);
			return NULL;
		}
		by = queueget(s->q, name) ? NULL : replacement(s, name);
		if (!by)
			break;
		free(name);
		name = by;
	}
	return name;
}

static void
evaluate(struct sched *s, struct qjob *q)
{
	struct job j;
	char *name, *why;
	size_t i;
	int r, waits;

	name = xstrdup(q->name);
	r = spoolread(s->sp, WAIT, name, &j, &why);
	if (r != 1) {
		if (r < 0)
			free(why);
		scanlook(s, name);
		free(name);
		return;
	}
	free(name);
	queuefree(s->q, q);
	waits = 0;
	for (i = 0; i < j.nneeds; i++) {
		name = awaited(s, j.needs[i]);
		if (!name)
			continue;
		queueneed(s->q, q, name);
		free(name);
		waits = 1;
	}
	jobfree(&j);
	if (!waits)
		schedmove(s, q, READY, NULL);
}

int
needsstep(struct sched *s)
{
	struct qjob *j;
	int64_t end;

	end = loopnow() + TURN;
	while ((j = queuetouched(s->q))) {
		if (j->state == WAIT)
			evaluate(s, j);
		if (loopnow() > end)
			return 1;
	}
	return 0;
}

void
needscheck(struct sched *s)
{
	queuecheck(s->q, has, s);
}
