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

enum outcome {
	BUILD_DELIVERED,
	BUILD_FAILED,		/* stays failed until somebody acts */
	BUILD_SPOILT,		/* by the system: may be tried again */
	BUILD_BACK		/* its end says nothing: to be begun again */
};

struct verdict {
	enum outcome outcome;
	const char *class;	/* for the job's file, NULL: no failure */
};

static struct verdict
failure(enum outcome outcome, const char *class)
{
	return (struct verdict){ outcome, class };
}

/* judges a build by its exit status, -1: a signal ended it, and its delivery, which
 * counts however the build ended */
static struct verdict
verdictof(const struct build *b, int code, int delivered)
{
	if (delivered)
		return failure(BUILD_DELIVERED, NULL);
	if (b->back)
		return failure(BUILD_BACK, NULL);
	if (b->stopped)
		return failure(BUILD_FAILED, "stopped");
	switch (code) {
	case EXITUNAVAILABLE:
		return failure(BUILD_FAILED, "unavailable");
	case EXITSTALE:
		return failure(BUILD_FAILED, "stale");
	case EXITSETUP:
		return failure(BUILD_BACK, "setup");
	case -1:
	case EXITSYSTEM:
	case EXITNOEXEC:
	case EXITNOCOMMAND:
		return failure(BUILD_SPOILT, "machine");
	case EXITBUILT:	/* and nothing delivered */
	case EXITPACKAGE:
	default:
		return failure(BUILD_FAILED, "package");
	}
}

enum { TROUBLES = 3 };	/* tries of a job that the system spoils */

/* The job was moved away while it was built: removes the delivery of this try; -1 if the
 * system failed. */
static int
dropdelivery(struct jobs *js, const struct build *b)
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

/* The reason in one line: why spiff-run stopped the build, the last words of a program of
 * spiff in its log, or how it ended. */
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

/* Judges the build; the class repository is in its log alone. Where nothing can be built
 * at all spiff-run ends, but of a cluster only one machine is so. */
static struct verdict
judge(struct jobs *js, const struct build *b, const struct buildlogverdict *said,
    int delivered)
{
	struct verdict v;
	int code;

	code = b->code == EXITSETUP && js->builder->remote ? EXITSYSTEM : b->code;
	v = verdictof(b, code, delivered);
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

/* returns the seconds of the build without those of making its chroot */
static int64_t
buildsecs(const struct jobs *js, const struct build *b)
{
	int64_t chroot, n;

	n = (loopnow() - b->began) / 1000;
	chroot = buildlogchroot(js->sp, b->job);
	return chroot < 0 || chroot > n ? 0 : n - chroot;
}

/* appends which commits the build was made from, in place of those of the plan */
static void
addcommits(struct buf *lines, const struct buildlogverdict *said)
{
	size_t i;

	if (said->ncommits > 0)
		jobline(lines, "commit", "");
	for (i = 0; i < said->ncommits; i++)
		jobline(lines, "commit", said->commits[i]);
}

static int
writeend(struct jobs *js, const struct build *b, const struct verdict *v,
    const char *why, const struct buildlogverdict *said, int troubles)
{
	struct buf lines = {0};
	int64_t ended, now;
	int r;

	now = time(NULL);
	ended = b->finished && b->finished < now ? b->finished : now;
	/* how long it took is not known by two clocks */
	if (b->elsewhere)
		jobnumber(&lines, "started", 0);
	else if (!b->adopted && buildlogchroot(js->sp, b->job) != 0)
		jobnumber(&lines, "started", ended - buildsecs(js, b));
	jobnumber(&lines, "ended", ended);
	jobline(&lines, "exit", b->words);
	if (v->class) {
		jobline(&lines, "class", v->class);
		jobline(&lines, "reason", why);
		jobnumber(&lines, "logline", said->line);
	}
	addcommits(&lines, said);
	if (v->outcome == BUILD_SPOILT)
		jobnumber(&lines, "troubles", troubles);
	r = spoolnote(js->sp, RUN, b->job, &lines);
	buffree(&lines);
	return r;
}

/* reads the file of a job in run/, after writeend: 1, 0 when that fails */
static int
readrunning(const struct jobs *js, const char *name, struct job *j)
{
	char *why;
	int r;

	r = spoolread(js->sp, RUN, name, j, &why);
	if (r < 0)
		free(why);
	return r == 1;
}

/* moves the job to its next state; *q may be freed */
static int
movejob(struct jobs *js, struct qjob *q, const struct build *b,
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
		if (!b->adopted) {
			historyadd(js->past, b->job, buildsecs(js, b), memory);
			historyguess(js->past, b->job, q->guess);
		}
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
	/* the log line, not the job's file, says where to look and how to repeat it */
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
	/* somebody may have moved the job just now */
	jobslook(js, b->job);
	q = queueget(js->q, b->job);
	if (!q || q->build != b)
		return dropdelivery(js, b);
	delivered = manifestdelivered(js->sp, b->job, b->try);
	if (delivered < 0)
		return -1;
	buildlogverdict(js->sp, b->job, &said);
	v = judge(js, b, &said, delivered);
	why = v.outcome == BUILD_DELIVERED ? NULL : reason(b, &v, &said,
	    delivered);
	troubles = q->troubles + (v.outcome == BUILD_SPOILT);
	/* while the move fails, the job's file must not grow */
	r = v.outcome == BUILD_BACK || b->noted ? 1 : writeend(js, b, &v, why, &said,
	    troubles);
	if (r == 1) {
		b->noted = v.outcome != BUILD_BACK;
		q->build = NULL;
		q->troubles = troubles;
		known = readrunning(js, b->job, &j);
		r = movejob(js, q, b, &v, why, known ? j.memory : 0);
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
		return dropdelivery(js, b);
	}
	if (r == 1 && v.outcome != BUILD_BACK)
		jobstell(js, JOB_ENDED, b->job, NSTATE);
	return r;
}
