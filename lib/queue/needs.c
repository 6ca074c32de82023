#include <stdlib.h>
#include <string.h>

#include "base/x.h"
#include "queue/available.h"
#include "queue/needs.h"
#include "queue/queue.h"
#include "spool/job.h"
#include "spool/spool.h"

enum { HOPS = 100 };	/* replacements of replacements */

/* whether a job has failed that was to replace what the repositories have */
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
awaithas(const struct spool *sp, const struct queue *q, struct stock *stock,
    const char *job)
{
	if (queueget(q, job) || !stockhas(stock, job))
		return 0;
	return spoolfind(sp, job, 1u << NEW) == NSTATE && !failedanew(sp, job);
}

/* returns the job that took the place of a cancelled one, NULL when there is
 * none; the caller owns it */
static char *
replacement(const struct spool *sp, const char *name)
{
	struct job j;
	char *by, *why;
	int r;

	r = spoolread(sp, CANCEL, name, &j, &why);
	if (r < 0)
		free(why);
	if (r != 1)
		return NULL;
	by = j.by && jobnameok(j.by) && strcmp(j.by, name) != 0 ?
	    xstrdup(j.by) : NULL;
	jobfree(&j);
	return by;
}

/* a job whose package has a later version by now was superseded too, even if
 * nobody has said so */
static int
outlived(const struct spool *sp, struct stock *stock, const char *name)
{
	return spoolfind(sp, name, 1u << DONE | 1u << FAIL | 1u << CANCEL) !=
	    NSTATE && stocklater(stock, name);
}

char *
awaited(const struct spool *sp, const struct queue *q, struct stock *stock,
    const char *need)
{
	struct qjob *other;
	char *by, *name;
	int hops;

	name = xstrdup(need);
	for (hops = 0; hops < HOPS; hops++) {
		other = queueget(q, name) ? NULL : queuesame(q, name);
		if (other) {
			free(name);
			name = xstrdup(other->name);
		}
		if (awaithas(sp, q, stock, name)) {
			free(name);
			return NULL;
		}
		if (queueget(q, name))
			break;
		if (outlived(sp, stock, name)) {
			free(name);
			return NULL;
		}
		by = replacement(sp, name);
		if (!by)
			break;
		free(name);
		name = by;
	}
	return name;
}
