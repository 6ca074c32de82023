#include <stdlib.h>

#include "base/buf.h"
#include "base/loop.h"
#include "base/x.h"
#include "queue/available.h"
#include "queue/needs.h"
#include "queue/queue.h"
#include "sched/intake.h"
#include "sched/jobs.h"
#include "sched/jobscan.h"
#include "sched/resolve.h"
#include "spool/job.h"
#include "spool/spool.h"

enum { TURN = 20 };	/* milliseconds in one turn */

static int
has(const char *name, void *arg)
{
	const struct sched *s = arg;

	return awaithas(s->q, s->stock, name);
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
		name = awaited(s->sp, s->q, s->stock, j.needs[i]);
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
