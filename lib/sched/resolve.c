#include <stdlib.h>

#include "base/loop.h"
#include "base/x.h"
#include "queue/available.h"
#include "queue/needs.h"
#include "queue/queue.h"
#include "sched/jobs.h"
#include "sched/resolve.h"
#include "spool/job.h"
#include "spool/spool.h"

enum { TURN = 20 };	/* milliseconds in one turn */

struct resolve {
	struct jobs *js;
	unsigned scans;		/* of the spool, at the last look at repositories */
};

static int
isavailable(const char *name, void *arg)
{
	const struct jobs *js = arg;

	return needshas(js->sp, js->q, js->available, name);
}

static void
resolvejob(struct jobs *js, struct qjob *q)
{
	struct job j;
	char *name, *why;
	size_t i;
	int r, waits;

	name = xstrdup(q->name);
	r = spoolread(js->sp, WAIT, name, &j, &why);
	if (r == -2)
		jobsputoff(js, WAIT, name, why);
	if (r != 1) {
		if (r < 0)
			free(why);
		jobslook(js, name);
		free(name);
		return;
	}
	free(name);
	queuefree(js->q, q);
	waits = 0;
	for (i = 0; i < j.nneeds; i++) {
		r = needsjob(js->sp, js->q, js->available, j.needs[i], &name);
		if (r < 0) {
			/* the next look touches a job that waits for nothing */
			jobsputoff(js, CANCEL, j.needs[i], "cannot be read now");
			queuefree(js->q, q);
			waits = 1;
			break;
		}
		if (r == 0)
			continue;
		queueneed(js->q, q, name);
		free(name);
		waits = 1;
	}
	jobfree(&j);
	if (!waits)
		jobsmove(js, q, READY, NULL);
}

static int64_t
resolvestep(void *self, int64_t now)
{
	struct resolve *rs = self;
	struct jobs *js = rs->js;
	struct qjob *q;

	if (js->stopping)
		return -1;
	if (rs->scans != js->scans) {
		rs->scans = js->scans;
		/* availableadd tells of what is built here; but a job may wait for a
		 * package that no queued job makes */
		if (availablerefresh(js->available,
		    queuestrange(js->q) ? AVAILABLE_CHANGED : AVAILABLE_OLD))
			queuecheck(js->q, isavailable, js);
	}
	while ((q = queuetouched(js->q))) {
		if (q->state == WAIT)
			resolvejob(js, q);
		if (loopnow() > now + TURN)
			return now;
	}
	return -1;
}

static void
resolveevent(void *self, const struct event *e)
{
	struct resolve *rs = self;
	struct qjob *q;

	if (e->what != LOOK_AGAIN)
		return;
	availablerefresh(rs->js->available, AVAILABLE_ALL);
	queuecheck(rs->js->q, isavailable, rs->js);
	TAILQ_FOREACH(q, queuelist(rs->js->q, WAIT), list)
		queuetouch(rs->js->q, q);
}

void
resolvepart(struct part *p, struct jobs *js)
{
	struct resolve *rs;

	rs = xcalloc(1, sizeof *rs);
	rs->js = js;
	*p = (struct part){ .self = rs, .fd = -1, .step = resolvestep,
	    .event = resolveevent, .del = free };
}
