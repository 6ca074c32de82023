#include <stdlib.h>

#include "base/buf.h"
#include "base/x.h"
#include "queue/queue.h"
#include "sched/jobs.h"
#include "sched/jobscan.h"
#include "sched/rival.h"
#include "spool/job.h"
#include "spool/manifest.h"
#include "spool/spool.h"

/* Cancels a job for another. The note comes first: whoever finds the job in
 * cancel/ wants to know what to wait for now. */
static int
supersede(struct sched *s, const char *old, int state, const char *by)
{
	struct buf b = {0};
	struct qjob *q;
	char *why;
	int r;

	why = xasprintf("superseded by %s", by);
	jobline(&b, "class", "superseded");
	jobline(&b, "reason", why);
	jobline(&b, "by", by);
	r = spoolnote(s->sp, (enum state)state, old, &b);
	buffree(&b);
	q = queueget(s->q, old);
	if (r == 1 && q)
		r = schedmove(s, q, CANCEL, why);
	else if (r == 1)
		r = spoolmove(s->sp, (enum state)state, CANCEL, old);
	if (r == 1 && state == BUILT)
		deliverydrop(s->sp, old);
	free(why);
	return r;
}

int
rivalsettle(struct sched *s, const struct job *j, int state)
{
	struct qjob *other;
	char *name;
	int r;

	while ((other = queuesame(s->q, j->name))) {
		name = xstrdup(other->name);
		scanlook(s, name);
		other = queueget(s->q, name);
		r = 0;
		if (other && other->asked > j->asked)
			r = supersede(s, j->name, state, name) < 0 ? -1 : 1;
		else if (other && supersede(s, name, other->state,
		    j->name) < 0)
			r = -1;
		free(name);
		if (r)
			return r < 0 ? -1 : 0;
	}
	return 1;
}
