#include <stdlib.h>
#include <string.h>

#include "base/x.h"
#include "queue/available.h"
#include "queue/needs.h"
#include "queue/queue.h"
#include "spool/job.h"
#include "spool/spool.h"

enum { HOPS = 100 };	/* jobs that took the place of each other */

/* whether a job has failed that was to build a package anew */
static int
failedanew(const struct spool *sp, const char *job)
{
	struct job j;
	char *why;
	int forced, r;

	r = spoolread(sp, FAIL, job, &j, &why);
	if (r < 0)
		free(why);
	if (r != 1)
		return 0;
	forced = j.force;
	jobfree(&j);
	return forced;
}

int
needshas(const struct spool *sp, const struct queue *q, struct available *available,
    const char *job)
{
	if (queueget(q, job) || !availablehas(available, job))
		return 0;
	return spoolfind(sp, job, 1u << NEW) == NSTATE && !failedanew(sp, job);
}

/* sets *by to the job that took the place of a cancelled one, which the caller owns, NULL
 * when there is none; -1 when the system failed */
static int
replacement(const struct spool *sp, const char *name, char **by)
{
	struct job j;
	char *why;
	int r;

	*by = NULL;
	r = spoolread(sp, CANCEL, name, &j, &why);
	if (r < 0)
		free(why);
	if (r != 1)
		return r == -2 ? -1 : 0;
	if (j.by && jobnameok(j.by) && strcmp(j.by, name) != 0)
		*by = xstrdup(j.by);
	jobfree(&j);
	return 0;
}

/* whether a job has ended and the repository has a later version of its package */
static int
outdated(const struct spool *sp, struct available *available, const char *name)
{
	return spoolfind(sp, name, 1u << DONE | 1u << FAIL | 1u << CANCEL) !=
	    NSTATE && availablelater(available, name);
}

int
needsjob(const struct spool *sp, struct queue *q, struct available *available,
    const char *need, char **to)
{
	struct qjob *other;
	char *by, *name;
	int hops, r;

	name = xstrdup(need);
	/* as nearly all of a long queue do */
	if (queueget(q, name)) {
		*to = name;
		return 1;
	}
	r = 1;
	for (hops = 0; r == 1 && hops < HOPS; hops++) {
		other = queueget(q, name) ? NULL : queuesame(q, name);
		if (other) {
			free(name);
			name = xstrdup(other->name);
		}
		if (needshas(sp, q, available, name)) {
			r = 0;
		} else if (queueget(q, name)) {
			break;
		} else if (outdated(sp, available, name)) {
			r = 0;
		} else if (replacement(sp, name, &by) < 0) {
			r = -1;
		} else if (by) {
			free(name);
			name = by;
		} else {
			break;
		}
	}
	if (r == 1)
		*to = name;
	else
		free(name);
	return r;
}
