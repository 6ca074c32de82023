#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/loop.h"
#include "base/x.h"
#include "build/builder.h"
#include "queue/queue.h"
#include "sched/jobs.h"
#include "sched/outcome.h"
#include "spool/buildlog.h"
#include "spool/history.h"
#include "spool/job.h"
#include "spool/manifest.h"
#include "spool/spool.h"

/* what spiff-build exits with */
enum { EXITBUILT = 0, EXITPACKAGE = 1, EXITUNAVAILABLE = 2, EXITSTALE = 4,
	EXITSYSTEM = 111, EXITNOEXEC = 126, EXITNOCOMMAND = 127 };

struct verdict
verdict(int code, int delivered, int stopped, int back)
{
	static const struct verdict
	    good = { BUILD_DELIVERED, 0 },
	    again = { BUILD_BACK, 0 },
	    limit = { BUILD_FAILED, "stopped" },
	    package = { BUILD_FAILED, "package" },
	    unavailable = { BUILD_FAILED, "unavailable" },
	    stale = { BUILD_FAILED, "stale" },
	    machine = { BUILD_SPOILT, "machine" };

	/* a delivery is whole or not there: it counts however the build ended */
	if (delivered)
		return good;
	if (back)
		return again;
	if (stopped)
		return limit;
	switch (code) {
	case EXITUNAVAILABLE:
		return unavailable;
	case EXITSTALE:
		return stale;
	case -1:
	case EXITSYSTEM:
	case EXITNOEXEC:
	case EXITNOCOMMAND:
		return machine;
	case EXITBUILT:	/* and nothing delivered */
	case EXITPACKAGE:
	default:
		return package;
	}
}

enum { TROUBLES = 3 };	/* tries of what the machine spoils */

/* The job was moved away while it was built: what it has delivered all the same
 * is not wanted, unless the job is there again and it is a later try's. -1: cannot be
 * told now. */
static int
unwanted(struct jobs *js, const struct build *b)
{
	int r;

	r = deliveryof(js->sp, b->job, b->try);
	if (r < 0)
		return -1;
	if (r == 1)
		deliverydrop(js->sp, b->job);
	jobstell(js, JOB_ENDED, b->job, NSTATE);
	return 1;
}

/* returns what a line says of spiff-build's, or of another program of ours, NULL
 * when it is somebody else's */
static const char *
own(const char *line)
{
	const char *p;

	if (strncmp(line, "spiff-", 6) != 0)
		return NULL;
	p = line + 6 + strspn(line + 6, "abcdefghijklmnopqrstuvwxyz");
	return strncmp(p, ": ", 2) == 0 ? p + 2 : NULL;
}

/* our own last word, or how it ended */
static char *
reason(const struct jobs *js, const struct build *b, const struct verdict *v,
    int delivered)
{
	char *last, *words;

	if (b->stopped && b->why)
		return xstrdup(b->why);
	last = loglast(js->sp, b->job);
	if (own(last))
		words = xstrdup(own(last));
	else if (v->outcome == BUILD_SPOILT && b->code > 0)
		words = xasprintf("%s, and no last word in the log: is the disk "
		    "full?", b->words);
	else if (b->code == 0 && !delivered)
		words = xasprintf("%s, but nothing was delivered", b->words);
	else
		words = xstrdup(b->words);
	free(last);
	return words;
}

static int
note(struct jobs *js, const struct build *b, const struct verdict *v,
    const char *why, int troubles)
{
	struct buf lines = {0};
	int64_t now;
	int r;

	now = time(NULL);
	jobnumber(&lines, "ended", b->finished && b->finished < now ?
	    b->finished : now);
	jobline(&lines, "exit", b->words);
	if (v->class) {
		jobline(&lines, "class", v->class);
		jobline(&lines, "reason", why);
	}
	if (v->outcome == BUILD_SPOILT)
		jobnumber(&lines, "troubles", troubles);
	r = spoolnote(js->sp, RUN, b->job, &lines);
	buffree(&lines);
	return r;
}

/* moves the job on; *q may be gone then */
static int
moveon(struct jobs *js, struct qjob *q, const struct build *b,
    const struct verdict *v, const char *why)
{
	char *words;
	int r;

	switch (v->outcome) {
	case BUILD_DELIVERED:
		if (!b->adopted)
			pastadd(js->past, b->job,
			    (loopnow() - b->began) / 1000);
		return jobsmove(js, q, BUILT, NULL);
	case BUILD_BACK:
		return jobsmove(js, q, READY, "to be begun again");
	case BUILD_SPOILT:
		if (q->troubles >= TROUBLES)
			break;
		q->later = loopnow() + confnumber(CONF_PAUSE) * 1000;
		words = xasprintf("%s: again in %ld s", why,
		    confnumber(CONF_PAUSE));
		r = jobsmove(js, q, READY, words);
		free(words);
		return r;
	case BUILD_FAILED:
		break;
	}
	return jobsmove(js, q, FAIL, why);
}

int
filebuild(struct jobs *js, struct build *b)
{
	struct verdict v;
	struct qjob *q;
	char *why;
	int delivered, r, troubles;

	if (!jobsheld(js))
		return 1;
	deliverysweep(js->sp, b->job, b->try);
	/* it may have been moved this very moment */
	jobslook(js, b->job);
	q = queueget(js->q, b->job);
	if (!q || q->build != b)
		return unwanted(js, b);
	delivered = deliveryof(js->sp, b->job, b->try);
	if (delivered < 0)
		return -1;
	v = verdict(b->code, delivered, b->stopped != 0, b->back);
	why = v.outcome == BUILD_DELIVERED ? NULL : reason(js, b, &v,
	    delivered);
	troubles = q->troubles + (v.outcome == BUILD_SPOILT);
	r = v.outcome == BUILD_BACK ? 1 : note(js, b, &v, why, troubles);
	if (r == 1) {
		q->build = NULL;
		q->troubles = troubles;
		r = moveon(js, q, b, &v, why);
		if (r < 0) {
			q->build = b;
			q->troubles -= v.outcome == BUILD_SPOILT;
		}
	}
	free(why);
	if (r == 0) {
		jobslook(js, b->job);
		return unwanted(js, b);
	}
	if (r == 1 && v.outcome != BUILD_BACK)
		jobstell(js, JOB_ENDED, b->job, NSTATE);
	return r;
}
