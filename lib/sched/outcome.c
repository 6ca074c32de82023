#include <bsd/stdlib.h>
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
#include "sched/jobscan.h"
#include "sched/logs.h"
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

enum { TROUBLES = 3, PAUSEMAX = 86400 };	/* tries; seconds */

int64_t
filingpause(void)
{
	const char *why;
	int64_t n;

	n = strtonum(confget(CONF_PAUSE), 0, PAUSEMAX, &why);
	return why ? 60 : n;
}

/* The job was moved away while it was built: what it has delivered all the same
 * is not wanted, unless the job is there again and it is a later try's. */
static void
unwanted(struct sched *s, const struct build *b)
{
	if (deliveryof(s->sp, b->job, b->try))
		deliverydrop(s->sp, b->job);
	packingadd(s->packing, b->job);
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
reason(const struct sched *s, const struct build *b, const struct verdict *v,
    int delivered)
{
	char *last, *words;

	if (b->stopped && b->why)
		return xstrdup(b->why);
	last = loglast(s->sp, b->job);
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
note(struct sched *s, const struct build *b, const struct verdict *v,
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
	r = spoolnote(s->sp, RUN, b->job, &lines);
	buffree(&lines);
	return r;
}

/* moves the job on; *q may be gone then */
static int
moveon(struct sched *s, struct qjob *q, const struct build *b,
    const struct verdict *v, const char *why)
{
	char *words;
	int r;

	switch (v->outcome) {
	case BUILD_DELIVERED:
		if (!b->adopted)
			pastadd(s->past, b->job,
			    (loopnow() - b->began) / 1000);
		return schedmove(s, q, BUILT, NULL);
	case BUILD_BACK:
		return schedmove(s, q, READY, "to be begun again");
	case BUILD_SPOILT:
		if (q->troubles >= TROUBLES)
			break;
		q->later = loopnow() + filingpause() * 1000;
		words = xasprintf("%s: again in %lld s", why,
		    (long long)filingpause());
		r = schedmove(s, q, READY, words);
		free(words);
		return r;
	case BUILD_FAILED:
		break;
	}
	return schedmove(s, q, FAIL, why);
}

int
filebuild(struct sched *s, struct build *b)
{
	struct verdict v;
	struct qjob *q;
	char *why;
	int delivered, r, troubles;

	deliverysweep(s->sp, b->job, b->try);
	/* it may have been moved this very moment */
	scanlook(s, b->job);
	q = queueget(s->q, b->job);
	if (!q || q->build != b) {
		unwanted(s, b);
		return 1;
	}
	delivered = deliveryof(s->sp, b->job, b->try);
	v = verdict(b->code, delivered, b->stopped != 0, b->back);
	why = v.outcome == BUILD_DELIVERED ? NULL : reason(s, b, &v,
	    delivered);
	troubles = q->troubles + (v.outcome == BUILD_SPOILT);
	r = v.outcome == BUILD_BACK ? 1 : note(s, b, &v, why, troubles);
	if (r == 1) {
		q->build = NULL;
		q->troubles = troubles;
		r = moveon(s, q, b, &v, why);
		if (r < 0) {
			q->build = b;
			q->troubles -= v.outcome == BUILD_SPOILT;
		}
	}
	free(why);
	if (r == 0) {
		scanlook(s, b->job);
		unwanted(s, b);
	} else if (r == 1 && v.outcome != BUILD_BACK) {
		packingadd(s->packing, b->job);
	}
	return r < 0 ? -1 : 1;
}
