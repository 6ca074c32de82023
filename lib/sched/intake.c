#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/loop.h"
#include "base/table.h"
#include "base/x.h"
#include "queue/queue.h"
#include "sched/hooks.h"
#include "sched/intake.h"
#include "sched/jobs.h"
#include "sched/jobscan.h"
#include "sched/outcome.h"
#include "sched/reject.h"
#include "sched/request.h"
#include "sched/rival.h"
#include "spool/job.h"
#include "spool/spool.h"

enum {
	TURN = 20,		/* milliseconds in one turn */
	NAMELEN = 200,		/* bytes */
	PATIENCE = 10,		/* seconds with an empty file */
	TRIES = 3		/* of a request that the machine spoils */
};

struct item {
	const char *name;	/* tab's */
	TAILQ_ENTRY(item) list;
};

TAILQ_HEAD(items, item);

struct intake {
	struct tab *noted;	/* items, by name */
	struct items items;
	struct items waiting;	/* requests, for the end of the one under way */
	struct request *request;	/* NULL: none is under way */
	int spoilt;		/* how many in a row the machine spoilt */
	int64_t again;		/* when to go on with requests, 0: at once */
};

struct intake *
mkintake(void)
{
	struct intake *in;

	in = xcalloc(1, sizeof *in);
	in->noted = mktab();
	TAILQ_INIT(&in->items);
	TAILQ_INIT(&in->waiting);
	return in;
}

void
intakedel(struct intake *in)
{
	void *value;
	size_t i;

	if (!in)
		return;
	for (i = 0; tabnext(in->noted, &i, &value);)
		free(value);
	tabdel(in->noted);
	requestdel(in->request);
	free(in);
}

void
intakename(struct sched *s, const char *name)
{
	struct intake *in = s->intake;
	struct item *it;

	if (tabget(in->noted, name))
		return;
	it = xcalloc(1, sizeof *it);
	*tabput(in->noted, name) = it;
	it->name = tabkey(in->noted, name);
	TAILQ_INSERT_TAIL(&in->items, it, list);
}

static int
noteone(const char *name, void *arg)
{
	intakename(arg, name);
	return 0;
}

void
intakescan(struct sched *s)
{
	if (iolist(s->sp->states[NEW], noteone, s) < 0)
		schedputoff(s, NEW, ".", strerror(errno));
}

/* A job is in one state only: its former end is forgotten, the reasons for people
 * to read excepted, and the number of its tries, which a late delivery of an old
 * one must not have. */
static int
forget(struct sched *s, struct job *j)
{
	struct buf b = {0};
	struct job old;
	unsigned there;
	char *why;
	int r, st, tries;

	there = 0;
	tries = j->tries;
	for (st = DONE; st <= CANCEL; st++) {
		r = spoolread(s->sp, (enum state)st, j->name, &old, &why);
		if (r == -2)
			schedputoff(s, st, j->name, why);
		if (r < 0)
			free(why);
		if (r == -2)
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
	r = b.len ? spoolnote(s->sp, NEW, j->name, &b) : 1;
	buffree(&b);
	j->tries = tries;
	for (st = DONE; st <= CANCEL && r == 1; st++) {
		if (there & 1u << st && spooldrop(s->sp, (enum state)st, j->name) < 0)
			r = -1;
	}
	return r;
}

static void
accept(struct sched *s, struct job *j)
{
	struct qjob *q;
	struct stat st;
	int r;

	scanlook(s, j->name);
	q = queueget(s->q, j->name);
	if (q) {
		if (spooldrop(s->sp, NEW, j->name) == 1)
			warnx("%s: is in %s already", j->name,
			    spoolstates[q->state]);
		return;
	}
	r = rivalsettle(s, j, NEW);
	if (r == 1)
		r = forget(s, j);
	if (r == 1)
		r = spoolmove(s->sp, NEW, WAIT, j->name);
	if (r != 1)
		return;
	warnx("%s: wait", j->name);
	hookstell(s, WAIT, j->name);
	q = schedput(s, j, WAIT);
	if (fstatat(s->sp->states[WAIT], j->name, &st, 0) == 0)
		q->mtime = st.st_mtim;
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

/* as requeststart, and 0 while a pause lasts */
static int
ask(struct sched *s, const char *name)
{
	struct intake *in = s->intake;

	return in->again ? 0 : requeststart(&in->request, s, name);
}

static int
readrequest(struct sched *s, const char *name, const struct buf *b, char **why)
{
	if (b->len == 0 || memchr(b->s, '\0', b->len)) {
		*why = xstrdup(b->len ? "a NUL byte" : "an empty file");
		return -1;
	}
	return ask(s, name);
}

/* whether somebody may still be about to write into the empty file, who should
 * have moved it here when it was done */
static int
unwritten(const struct sched *s, const char *name)
{
	struct stat st;

	return fstatat(s->sp->states[NEW], name, &st,
	    AT_SYMLINK_NOFOLLOW) == 0 && st.st_size == 0 &&
	    time(NULL) - st.st_mtime < PATIENCE;
}

/* 0 when the request has to wait for the one under way */
static int
takein(struct sched *s, const char *name)
{
	struct buf b = {0};
	struct job j;
	char *why;
	int r;

	if (requesttaken(name))
		return ask(s, name);
	if (*name == '.')
		return 1;
	why = NULL;
	r = spooltext(s->sp, NEW, name, &b, &why);
	if (r == -2)
		schedputoff(s, NEW, name, why);
	if (r == 0 || r == -2 ||
	    (r == 1 && b.len == 0 && unwritten(s, name))) {
		free(why);
		buffree(&b);
		return 1;
	}
	if (r == 1 && badname(name)) {
		why = xstrdup("bad name");
		r = -1;
	} else if (r == 1 && jobis(b.s)) {
		r = jobparse(&j, name, b.s, b.len, &why) < 0 ? -1 : 1;
		if (r == 1) {
			accept(s, &j);
			jobfree(&j);
		}
	} else if (r == 1) {
		r = readrequest(s, name, &b, &why);
	}
	if (r < 0)
		rejectfile(s, NEW, name, name, why);
	free(why);
	buffree(&b);
	return r;
}

int
intakestep(struct sched *s)
{
	struct intake *in = s->intake;
	struct item *it;
	int64_t end;

	end = loopnow() + TURN;
	if (in->again && in->again <= loopnow()) {
		in->again = 0;
		TAILQ_CONCAT(&in->items, &in->waiting, list);
		/* the spoilt one is found there */
		intakescan(s);
	}
	if (in->again)
		schedwake(s, in->again);
	while ((it = TAILQ_FIRST(&in->items))) {
		TAILQ_REMOVE(&in->items, it, list);
		if (takein(s, it->name) == 0) {
			TAILQ_INSERT_TAIL(&in->waiting, it, list);
		} else {
			tabdrop(in->noted, it->name);
			free(it);
		}
		if (loopnow() > end)
			return 1;
	}
	return 0;
}

int
intakebusy(const struct sched *s)
{
	return tablen(s->intake->noted) > 0 || s->intake->request ||
	    s->intake->again;
}

int
intakerequest(const struct sched *s)
{
	return s->intake->request != NULL;
}

int
intakereaped(struct sched *s, pid_t pid, int status)
{
	struct intake *in = s->intake;
	int r;

	r = requestended(&in->request, s, pid, status, in->spoilt >= TRIES - 1);
	if (r == 0)
		return 0;
	in->spoilt = r == 2 ? (in->spoilt + 1) % TRIES : 0;
	if (in->spoilt)
		in->again = loopnow() + filingpause() * 1000;
	else
		TAILQ_CONCAT(&in->items, &in->waiting, list);
	return 1;
}

void
intakestop(struct sched *s)
{
	requeststop(s->intake->request);
}
