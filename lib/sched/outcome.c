#include <err.h>
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
#include "spool/record.h"
#include "spool/spool.h"

/* what spiff-build exits with */
enum { EXITBUILT = 0, EXITPACKAGE = 1, EXITUNAVAILABLE = 2, EXITSTALE = 4,
	EXITSETUP = 100, EXITSYSTEM = 111, EXITNOEXEC = 126, EXITNOCOMMAND = 127 };

struct verdict
outcomejudge(int code, int delivered, int stopped, int back)
{
	static const struct verdict
	    good = { BUILD_DELIVERED, 0 },
	    again = { BUILD_BACK, 0 },
	    limit = { BUILD_FAILED, "stopped" },
	    package = { BUILD_FAILED, "package" },
	    unavailable = { BUILD_FAILED, "unavailable" },
	    stale = { BUILD_FAILED, "stale" },
	    setup = { BUILD_BACK, "setup" },
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
	case EXITSETUP:
		return setup;
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

	r = manifestdelivered(js->sp, b->job, b->try);
	if (r < 0)
		return -1;
	if (r == 1)
		manifestdrop(js->sp, b->job);
	jobstell(js, JOB_ENDED, b->job, NSTATE);
	return 1;
}

/* The reason in one line: why we stopped it, the last words of our programs in its
 * log, or how it ended. */
static char *
reason(const struct build *b, const struct verdict *v,
    const struct buildlogverdict *said, int delivered)
{
	if (b->stopped && b->why)
		return xstrdup(b->why);
	if (said->reason)
		return xstrdup(said->reason);
	if (v->outcome == BUILD_SPOILT && b->code > 0)
		return xasprintf("%s, and no last word in the log: is the disk "
		    "full?", b->words);
	if (b->code == 0 && !delivered)
		return xasprintf("%s, but nothing was delivered", b->words);
	return xstrdup(b->words);
}

/* Judges the build. Of a failure that is no package's spiff-build knows more than its
 * exit status says. Where nothing can be built at all spiff-run ends; of a cluster
 * that is only true of one machine. */
static struct verdict
judge(struct jobs *js, const struct build *b, const struct buildlogverdict *said,
    int delivered)
{
	struct verdict v;
	int code;

	code = b->code == EXITSETUP && js->builder->remote ? EXITSYSTEM : b->code;
	v = outcomejudge(code, delivered, b->stopped != 0, b->back);
	if (code == EXITPACKAGE && v.class && said->class &&
	    strcmp(said->class, "repository") == 0)
		v.class = "repository";
	if (v.outcome == BUILD_BACK && v.class && !js->unfit) {
		warnx("nothing can be built here: %s", said->reason ?
		    said->reason : b->words);
		js->unfit = 1;
	}
	return v;
}

/* returns the seconds that the package took to build, the making of a chroot not
 * counted */
static int64_t
took(const struct jobs *js, const struct build *b)
{
	int64_t chroot, n;

	n = (loopnow() - b->began) / 1000;
	chroot = buildlogchroot(js->sp, b->job);
	return chroot < 0 || chroot > n ? 0 : n - chroot;
}

static int
note(struct jobs *js, const struct build *b, const struct verdict *v,
    const char *why, long line, int troubles)
{
	struct buf lines = {0};
	int64_t ended, now;
	int r;

	now = time(NULL);
	ended = b->finished && b->finished < now ? b->finished : now;
	if (!b->adopted && buildlogchroot(js->sp, b->job) != 0)
		jobnumber(&lines, "started", ended - took(js, b));
	jobnumber(&lines, "ended", ended);
	jobline(&lines, "exit", b->words);
	if (v->class) {
		jobline(&lines, "class", v->class);
		jobline(&lines, "reason", why);
		jobnumber(&lines, "logline", line);
	}
	if (v->outcome == BUILD_SPOILT)
		jobnumber(&lines, "troubles", troubles);
	r = spoolnote(js->sp, RUN, b->job, &lines);
	buffree(&lines);
	return r;
}

/* reads the file of a job in run/ with all that was noted: 1, 0 when that cannot be */
static int
readrun(const struct jobs *js, const char *name, struct job *j)
{
	char *why;
	int r;

	r = spoolread(js->sp, RUN, name, j, &why);
	if (r < 0)
		free(why);
	return r == 1;
}

/* moves the job on; *q may be gone then */
static int
moveon(struct jobs *js, struct qjob *q, const struct build *b,
    const struct verdict *v, const char *why, int64_t memory)
{
	char *words;
	int r;

	if (why && jobstarved(why) && b->jobs)
		q->most = jobfewer(b->jobs);
	if (q->memory < memory)
		q->memory = memory;
	switch (v->outcome) {
	case BUILD_DELIVERED:
		if (!b->adopted)
			historyadd(js->past, b->job, took(js, b), memory);
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
	/* what the job's file lacks: where to look, and how to see for oneself */
	words = xasprintf("%s: see %s/log/%s.log.gz, and try spiff-build -k "
	    "%s/fail/%s", why, js->sp->path, b->job, js->sp->path, b->job);
	r = jobsmove(js, q, FAIL, words);
	free(words);
	return r;
}

int
outcomefile(struct jobs *js, struct build *b)
{
	struct buildlogverdict said;
	struct verdict v;
	struct qjob *q;
	struct job j;
	char *why;
	int delivered, known, r, troubles;

	if (!jobsheld(js))
		return 1;
	manifestsweep(js->sp, b->job, b->try);
	/* it may have been moved this very moment */
	jobslook(js, b->job);
	q = queueget(js->q, b->job);
	if (!q || q->build != b)
		return unwanted(js, b);
	delivered = manifestdelivered(js->sp, b->job, b->try);
	if (delivered < 0)
		return -1;
	buildlogverdict(js->sp, b->job, &said);
	v = judge(js, b, &said, delivered);
	why = v.outcome == BUILD_DELIVERED ? NULL : reason(b, &v, &said,
	    delivered);
	troubles = q->troubles + (v.outcome == BUILD_SPOILT);
	r = v.outcome == BUILD_BACK ? 1 : note(js, b, &v, why, said.line,
	    troubles);
	if (r == 1) {
		q->build = NULL;
		q->troubles = troubles;
		known = readrun(js, b->job, &j);
		r = moveon(js, q, b, &v, why, known ? j.memory : 0);
		if (known && r == 1 && v.outcome != BUILD_BACK)
			recordadd(&j, v.outcome == BUILD_DELIVERED ? "built" :
			    v.outcome == BUILD_SPOILT && troubles < TROUBLES ?
			    "again" : v.class);
		if (known)
			jobfree(&j);
		if (r < 0) {
			q->build = b;
			q->troubles -= v.outcome == BUILD_SPOILT;
		}
	}
	free(why);
	buildlogverdictfree(&said);
	if (r == 0) {
		jobslook(js, b->job);
		return unwanted(js, b);
	}
	if (r == 1 && v.outcome != BUILD_BACK)
		jobstell(js, JOB_ENDED, b->job, NSTATE);
	return r;
}
