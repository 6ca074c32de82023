#include <bsd/sys/queue.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/loop.h"
#include "base/table.h"
#include "base/x.h"
#include "queue/queue.h"
#include "sched/intake.h"
#include "sched/jobs.h"
#include "sched/request.h"
#include "spool/job.h"
#include "spool/spool.h"

enum {
	TURN = 20,		/* milliseconds in one turn */
	NAMELEN = 200,		/* bytes */
	PATIENCE = 10,		/* seconds for an empty file to be written */
	TRIES = 3		/* of a request that the system spoils */
};

struct item {
	const char *name;	/* the table's */
	TAILQ_ENTRY(item) list;
};

TAILQ_HEAD(items, item);

struct intake {
	struct jobs *js;
	struct table *noted;	/* items, by name */
	struct items items;
	struct items waiting;	/* requests that wait for the end of this one: */
	struct request *request;	/* NULL: none runs */
	struct table *spoilt;	/* by request: an int, how often the system spoilt
				 * it */
	int64_t again;		/* when to go on with requests, 0: at once */
};

static void
intakedel(void *self)
{
	struct intake *in = self;
	void *value;
	size_t i;

	for (i = 0; tablenext(in->noted, &i, &value);)
		free(value);
	tabledel(in->noted);
	for (i = 0; tablenext(in->spoilt, &i, &value);)
		free(value);
	tabledel(in->spoilt);
	requestdel(in->request);
	free(in);
}

static void
intakeevent(void *self, const struct event *e)
{
	struct intake *in = self;
	struct item *it;

	if (e->what != FILE_NEW || tableget(in->noted, e->name))
		return;
	it = xcalloc(1, sizeof *it);
	*tableput(in->noted, e->name) = it;
	it->name = tablekey(in->noted, e->name);
	TAILQ_INSERT_TAIL(&in->items, it, list);
}

/* moves a directory that has a job's name to fail/, under another one, as the job could
 * come to no state of that name; -1 after a message */
static int
putaside(struct jobs *js, enum state state, const char *name)
{
	struct stat st;
	char *as;
	int r;

	if (fstatat(js->sp->states[state], name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISDIR(st.st_mode))
		return 0;
	as = xasprintf("%s.dir", name);
	r = jobsrefuse(js, state, name, as, "a directory with the name of a job");
	free(as);
	return r;
}

/* Removes a queued job's files of its former end, since a job is in one state only. Its
 * tries go on from the old number, which a late delivery of an old try may have. */
static int
forgetend(struct jobs *js, struct job *j)
{
	struct buf b = {0};
	struct job old;
	unsigned there;
	char *why;
	int r, st, tries;

	there = 0;
	tries = j->tries;
	for (st = DONE; st <= CANCEL; st++) {
		r = spoolread(js->sp, (enum state)st, j->name, &old, &why);
		if (r == -2)
			jobsputoff(js, st, j->name, why);
		if (r < 0)
			free(why);
		if (r == -2 || (r == -1 && putaside(js, (enum state)st, j->name) < 0))
			return -1;
		if (r != 0)
			there |= 1u << st;
		if (r != 1)
			continue;
		if (tries < old.tries)
			tries = old.tries;
		jobfree(&old);
	}
	if (tries != j->tries)
		jobnumber(&b, "tries", tries);
	if (j->troubles)
		jobnumber(&b, "troubles", 0);
	if (j->class)
		jobline(&b, "class", "");
	if (j->by)
		jobline(&b, "by", "");
	r = b.len ? spoolnote(js->sp, NEW, j->name, &b) : 1;
	buffree(&b);
	j->tries = tries;
	j->troubles = 0;
	for (st = DONE; st <= CANCEL && r == 1; st++) {
		if (there & 1u << st && spooldrop(js->sp, (enum state)st, j->name) < 0)
			r = -1;
	}
	return r;
}

static void
acceptjob(struct jobs *js, struct job *j)
{
	struct qjob *q;
	struct stat st;
	int r;

	jobslook(js, j->name);
	q = queueget(js->q, j->name);
	if (q) {
		if (spooldrop(js->sp, NEW, j->name) == 1)
			warnx("%s: is in %s already", j->name,
			    spoolstates[q->state]);
		return;
	}
	r = jobsrival(js, j, NEW);
	if (r == 1)
		r = forgetend(js, j);
	if (r == 1)
		r = spoolmove(js->sp, NEW, WAIT, j->name);
	if (r != 1)
		return;
	warnx("%s: wait", j->name);
	jobstell(js, JOB_MOVED, j->name, WAIT);
	q = jobsput(js, j, WAIT);
	if (fstatat(js->sp->states[WAIT], j->name, &st, 0) == 0)
		q->mtime = st.st_mtim;
	jobsplanned(js, j);
}

static int
badname(const char *name)
{
	const char *p;

	for (p = name; *p; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return 1;
	}
	return p - name > NAMELEN;
}

/* starts a request: 0 if it has to wait for the one that runs, else 1 */
static int
startrequest(struct intake *in, const char *name)
{
	if (in->again || in->request)
		return 0;
	in->request = requeststart(in->js, name);
	return 1;
}

static int
readrequest(struct intake *in, const char *name, const struct buf *b, char **why)
{
	if (b->len == 0 || memchr(b->s, '\0', b->len)) {
		*why = xstrdup(b->len ? "a NUL byte" : "an empty file");
		return -1;
	}
	return startrequest(in, name);
}

/* whether a file is empty and young, so that somebody may still write into it */
static int
isunwritten(const struct jobs *js, const char *name)
{
	struct stat st;
	int64_t age;

	if (fstatat(js->sp->states[NEW], name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    st.st_size > 0)
		return 0;
	/* older than its time when the clock was put back */
	age = time(NULL) - st.st_mtime;
	return age < PATIENCE && age > -PATIENCE;
}

/* accepts, starts or refuses a file: 0 for a request that has to wait for the one that
 * runs */
static int
takefile(struct intake *in, const char *name)
{
	struct jobs *js = in->js;
	struct buf b = {0};
	struct job j;
	char *why;
	int r, taken;

	taken = requesttaken(name);
	if (*name == '.' && !taken)
		return 1;
	why = NULL;
	r = spooltext(js->sp, NEW, name, &b, &why);
	if (r == -2)
		jobsputoff(js, NEW, name, why);
	if (r == 0 || r == -2 ||
	    (r == 1 && b.len == 0 && !taken && isunwritten(js, name))) {
		free(why);
		buffree(&b);
		return 1;
	}
	if (r == 1 && taken) {
		r = startrequest(in, name);
	} else if (r == 1 && badname(name)) {
		why = xstrdup("bad name");
		r = -1;
	} else if (r == 1 && jobis(b.s)) {
		r = jobparse(&j, name, b.s, b.len, &why) < 0 ? -1 : 1;
		if (r == 1) {
			acceptjob(js, &j);
			jobfree(&j);
		}
	} else if (r == 1) {
		r = readrequest(in, name, &b, &why);
	}
	if (r < 0)
		jobsrefuse(js, NEW, name, taken ? requestformer(name) : name, why);
	free(why);
	buffree(&b);
	return r;
}

/* the request that runs has ended: one that the system spoilt is tried again after a
 * pause, three times in all */
static void
endrequest(struct intake *in)
{
	const char *name = requestname(in->request);
	int *spoilt, **place;

	place = (int **)(void *)tableput(in->spoilt, name);
	if (!*place)
		*place = xcalloc(1, sizeof **place);
	spoilt = *place;
	if (requestfile(in->request, in->js, ++*spoilt >= TRIES) == 1) {
		free(spoilt);
		tabledrop(in->spoilt, name);
	} else {
		in->again = loopnow() + confnumber(CONF_PAUSE) * 1000;
	}
	requestdel(in->request);
	in->request = NULL;
	TAILQ_CONCAT(&in->items, &in->waiting, list);
}

static int64_t
intakestep(void *self, int64_t now)
{
	struct intake *in = self;
	struct item *it;

	if (in->request && requestended(in->request))
		endrequest(in);
	if (in->js->stopping)
		return -1;
	if (in->again && in->again <= now) {
		in->again = 0;
		TAILQ_CONCAT(&in->items, &in->waiting, list);
		/* a look finds the spoilt one in new/ */
		in->js->look = 1;
	}
	while ((it = TAILQ_FIRST(&in->items))) {
		TAILQ_REMOVE(&in->items, it, list);
		if (takefile(in, it->name) == 0) {
			TAILQ_INSERT_TAIL(&in->waiting, it, list);
		} else {
			tabledrop(in->noted, it->name);
			free(it);
		}
		if (loopnow() > now + TURN)
			return now;
	}
	return in->again ? in->again : -1;
}

static int
intakebusy(const void *self)
{
	const struct intake *in = self;

	return in->request || (!in->js->stopping &&
	    (tablelen(in->noted) > 0 || in->again));
}

/* the next run begins a stopped request again */
static void
intakestop(void *self, int hard)
{
	struct intake *in = self;

	if (in->request)
		requeststop(in->request, hard);
}

void
intakepart(struct part *p, struct jobs *js)
{
	struct intake *in;

	in = xcalloc(1, sizeof *in);
	in->js = js;
	in->noted = mktable();
	in->spoilt = mktable();
	TAILQ_INIT(&in->items);
	TAILQ_INIT(&in->waiting);
	*p = (struct part){ .self = in, .fd = -1, .step = intakestep,
	    .event = intakeevent, .busy = intakebusy, .stop = intakestop,
	    .del = intakedel };
}
