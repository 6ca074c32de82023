#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/graph.h"
#include "base/heap.h"
#include "base/text.h"
#include "base/x.h"
#include "queue/queue.h"
#include "queue/slots.h"
#include "spool/history.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/forecast.h"
#include "status/status.h"

struct stint {
	struct qjob *job;
	int64_t end;
	int slot;		/* 0: it needs none any more */
	size_t at;
};

struct forecastsim {
	struct queue *q;
	struct slots *slots;
	struct heap running;	/* stints, by end */
	int64_t now;
	int64_t (*takes)(const struct qjob *j, void *arg);
	void *arg;
};

static int
bystintend(const void *a, const void *b)
{
	const struct stint *x = a, *y = b;

	return (x->end > y->end) - (x->end < y->end);
}

static size_t *
heapplace(void *item)
{
	return &((struct stint *)item)->at;
}

static void
startstint(struct forecastsim *s, struct qjob *j, int64_t end)
{
	struct stint *t;

	t = xmalloc(sizeof *t);
	t->job = j;
	t->end = end;
	t->slot = j->state == BUILT ? 0 : slotstake(s->slots, j->name);
	heapput(&s->running, t);
}

static size_t
countneeds(const struct qjob *j)
{
	const struct edge *e;
	size_t n;

	n = 0;
	LIST_FOREACH(e, &j->needs, needs)
		n++;
	return n;
}

/* lets those jobs wait for slots that wait for no other job */
static void
begin(struct forecastsim *s)
{
	struct qjob *j;

	s->now = 0;
	TAILQ_FOREACH(j, queuelist(s->q, RUN), list)
		startstint(s, j, j->later);
	TAILQ_FOREACH(j, queuelist(s->q, BUILT), list)
		startstint(s, j, j->later);
	TAILQ_FOREACH(j, queuelist(s->q, READY), list)
		slotsput(s->slots, j);
	TAILQ_FOREACH(j, queuelist(s->q, WAIT), list) {
		j->missing = countneeds(j);
		if (j->missing == 0)
			slotsput(s->slots, j);
	}
}

struct forecastsim *
mkforecastsim(struct queue *q, int64_t unknown, int64_t pace,
    int64_t (*takes)(const struct qjob *j, void *arg), void *arg)
{
	struct qjob *j;
	struct forecastsim *s;

	s = xcalloc(1, sizeof *s);
	s->q = q;
	s->slots = mkslots();
	s->running.cmp = bystintend;
	s->running.at = heapplace;
	s->takes = takes;
	s->arg = arg;
	begin(s);
	slotsrank(s->slots, unknown, pace);
	TAILQ_FOREACH(j, queuelist(q, WAIT), list)
		slotsrankalso(s->slots, j);
	return s;
}

void
forecastsimagain(struct forecastsim *s)
{
	struct qjob *j;

	/* the last time left those jobs for which there is no slot at all */
	TAILQ_FOREACH(j, queuelist(s->q, READY), list)
		slotsdrop(s->slots, j);
	TAILQ_FOREACH(j, queuelist(s->q, WAIT), list)
		slotsdrop(s->slots, j);
	begin(s);
}

void
forecastsimdel(struct forecastsim *s)
{
	size_t i;

	for (i = 0; i < s->running.n; i++)
		free(s->running.items[i]);
	heapfree(&s->running);
	slotsdel(s->slots);
	free(s);
}

void
forecastsimplaces(const struct forecastsim *s,
    void (*fn)(const struct qjob *j, size_t place, void *arg), void *arg)
{
	slotsplaces(s->slots, fn, arg);
}

struct qjob *
forecastsimnext(struct forecastsim *s, int64_t *when)
{
	struct edge *e;
	struct qjob *j;
	struct stint *t;

	while ((j = slotsbest(s->slots))) {
		slotsdrop(s->slots, j);
		startstint(s, j, s->now + s->takes(j, s->arg));
	}
	t = heaptop(&s->running);
	if (!t)
		return NULL;
	heapdrop(&s->running, t);
	s->now = t->end > s->now ? t->end : s->now;
	if (t->slot)
		slotsgive(s->slots, t->job->name, t->slot);
	j = t->job;
	free(t);
	LIST_FOREACH(e, &j->waiters, waiters) {
		if (--e->from->missing == 0 && e->from->state == WAIT)
			slotsput(s->slots, e->from);
	}
	*when = s->now;
	return j;
}

int64_t
forecastsimleft(int64_t secs, int64_t elapsed)
{
	/* an overdue build goes on for a tenth of the time that it has taken */
	if (elapsed > secs - secs / 10)
		return elapsed * 1000 / 10 + 1000;
	return (secs - elapsed) * 1000;
}

enum {
	ACTIVE = 1u << NEW | 1u << WAIT | 1u << READY | 1u << RUN | 1u << BUILT,
	USUAL = 60,		/* seconds of a build when no time is known */
	SAMPLE = 1000,		/* builds of which the mean is made */
	PAIRS = 200,		/* pairs of builds that the pace is made of, */
	DOUBT = 5,		/* and that many added that took as long as before */
	SHORT = 10,		/* seconds; shorter builds do not count for the pace */
	PAR = 1000,		/* the pace of builds that take as long as before */
	FAR = 10,		/* the pace is at most so many times slower or faster */
	HOUR = 3600
};

static int
isactive(const struct sjob *j)
{
	return j->state != NSTATE && ACTIVE & 1u << j->state && j->read &&
	    !j->fault;
}

static int
isleft(const struct sjob *j)
{
	return isactive(j) && !j->root;
}

/* returns the mean of the known times of jobs that are left and that were built */
static int64_t
meansecs(const struct status *st, struct history *p)
{
	const struct sjob *j;
	int64_t secs, sum;
	size_t i, n;

	n = 0;
	sum = 0;
	for (i = 0; i < st->n; i++) {
		if (!isleft(st->jobs[i]) || st->jobs[i]->secs < 0)
			continue;
		sum += st->jobs[i]->secs;
		n++;
	}
	for (i = 0; i < st->n && n < SAMPLE; i++) {
		j = st->jobs[i];
		if (j->state != DONE || !jobnameok(j->name))
			continue;
		secs = historysecs(p, j->name);
		if (secs < 0)
			continue;
		sum += secs;
		n++;
	}
	return n ? sum / (int64_t)n : USUAL;
}

static int64_t
secstaken(struct status *st, struct sjob *j)
{
	statusread(st, j);
	if (j->state != DONE || !j->job.started ||
	    (j->job.shared && *j->job.shared) || j->job.ended < j->job.started)
		return -1;
	return j->job.ended - j->job.started;
}

/* whether the jobs of these numbers make the same package; the first one has a good
 * name */
static int
samepackage(const struct status *st, size_t a, size_t b)
{
	return b < st->n && jobnameok(st->jobs[b]->name) &&
	    jobsame(st->jobs[a]->name, st->jobs[b]->name);
}

/* returns the seconds of the last build of the job's package before a time, -1 if there
 * is none; versions of a package are neighbours in the list */
static int64_t
tookbefore(struct status *st, size_t at, int64_t since)
{
	struct sjob *j;
	int64_t best, secs;
	size_t i;

	best = secs = -1;
	for (i = at; i > 0 && samepackage(st, at, i - 1); i--)
		;
	for (; samepackage(st, at, i); i++) {
		j = st->jobs[i];
		if (i != at && secstaken(st, j) >= 0 && j->job.ended < since &&
		    best < j->job.ended) {
			best = j->job.ended;
			secs = secstaken(st, j);
		}
	}
	return secs;
}

static int
bynumber(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Returns the median of the times of builds since then, in thousandths of the times that
 * they had taken before: the machine may be slower or busier now, or have more slots. */
static int64_t
pace(struct status *st, int64_t since)
{
	int64_t list[PAIRS + DOUBT], now, then;
	struct sjob *j;
	size_t i, n;

	for (n = 0; n < DOUBT; n++)
		list[n] = PAR;
	for (i = 0; i < st->n && n < PAIRS + DOUBT; i++) {
		j = st->jobs[i];
		if (j->state != DONE || !jobnameok(j->name) ||
		    !(samepackage(st, i, i + 1) ||
		    (i > 0 && samepackage(st, i, i - 1))) ||
		    statussince(st, j) < since)
			continue;
		now = secstaken(st, j);
		if (now < 0 || now > INT64_MAX / PAR || j->job.ended < since)
			continue;
		then = tookbefore(st, i, since);
		if (then >= SHORT)
			list[n++] = now * PAR / then;
	}
	qsort(list, n, sizeof *list, bynumber);
	now = list[n / 2];
	return now < PAR / FAR ? PAR / FAR : now < PAR * FAR ? now : PAR * FAR;
}

/* returns the pace of builds against their guesses */
static int64_t
guesspace(struct status *st, struct history *p)
{
	struct sjob *j;
	size_t i, n;

	for (i = n = 0; i < st->n && n < SAMPLE; i++) {
		j = st->jobs[i];
		if (j->state == DONE && jobnameok(j->name)) {
			n++;
			statusread(st, j);
		}
		if ((j->state == DONE && j->read && !j->fault) ||
		    (isleft(j) && !j->guessed))
			historyguess(p, j->name, j->job.guess);
	}
	return historypace(p);
}

/* whether nothing is known of how long a job's build takes, not even a guess */
static int
isunknown(const struct sjob *j)
{
	return j->guessed && j->job.guess <= 0;
}

static void
setdurations(struct status *st, struct history *p, struct forecast *e)
{
	struct sjob *j;
	int64_t thousandths, usual;
	size_t i;

	for (i = 0; i < st->n; i++) {
		j = st->jobs[i];
		if (!isleft(j))
			continue;
		j->secs = historysecs(p, j->name);
		j->guessed = j->secs < 0;
		e->unbuilt += j->guessed;
		e->unknown += isunknown(j);
	}
	thousandths = pace(st, e->since);
	e->pace = e->unbuilt ? guesspace(st, p) : PAR;
	for (i = 0; i < st->n; i++) {
		j = st->jobs[i];
		if (isleft(j) && !j->guessed)
			j->secs = j->secs * thousandths / PAR;
		else if (isleft(j) && j->job.guess > 0)
			j->secs = historyscaled(j->job.guess, e->pace);
	}
	usual = e->unknown ? meansecs(st, p) : 0;
	for (i = 0; i < st->n; i++) {
		j = st->jobs[i];
		if (isleft(j) && j->secs < 0)
			j->secs = usual;
	}
}

/* returns how many seconds ago a build began; 0 if it is overdue and no scheduler looks
 * after it, as it will be begun anew */
static int64_t
elapsed(const struct status *st, const struct sjob *j)
{
	int64_t secs;

	/* the clock of the machine that builds may be ahead */
	secs = st->now > j->since ? st->now - j->since : 0;
	return st->runner || secs <= j->secs ? secs : 0;
}

/* makes a queue of the jobs that are left; times are relative to now */
static struct queue *
makequeue(const struct status *st)
{
	const struct sjob *j;
	struct queue *q;
	struct qjob **list, *qj;
	size_t i, k, to;

	q = mkqueue();
	list = xcalloc(st->n, sizeof *list);
	for (i = 0; i < st->n; i++) {
		j = st->jobs[i];
		if (!isleft(j))
			continue;
		list[i] = qj = queueput(q, &j->job, j->state == NEW ? WAIT : j->state);
		qj->number = i;
		qj->secs = j->guessed ? -1 : j->secs;
		qj->mtime.tv_sec = (time_t)j->since;
		if (j->state == RUN)
			qj->later = forecastsimleft(j->secs, elapsed(st, j));
	}
	for (i = 0; i < st->n; i++) {
		for (k = 0; list[i] && k < graphdegree(st->graph, i); k++) {
			to = graphnext(st->graph, i, k, NULL);
			if (list[to])
				queuelink(q, list[i], list[to]);
			else
				queueneed(q, list[i], st->jobs[to]->name);
		}
	}
	free(list);
	return q;
}

struct ahead {
	struct status *st;
	const struct sjob *half;	/* a job that takes half its time, or NULL */
	int known;			/* jobs of unknown times take none */
};

static int64_t
takes(const struct qjob *q, void *arg)
{
	const struct ahead *a = arg;
	const struct sjob *j;

	j = a->st->jobs[q->number];
	if (a->known && isunknown(j))
		return 0;
	return j->secs * 1000 / (j == a->half ? 2 : 1);
}

static void
setplace(const struct qjob *q, size_t place, void *arg)
{
	const struct status *st = arg;
	struct sjob *j;

	j = st->jobs[q->number];
	if (j->state == READY)
		j->place = place;
}

/* plays the builds to the end and returns when the last one ends; set: each job gets its
 * end and its place among those that wait */
static int64_t
play(struct status *st, struct forecastsim *s, int set)
{
	const struct qjob *j;
	int64_t end, last, when;

	last = 0;
	if (set)
		forecastsimplaces(s, setplace, st);
	while ((j = forecastsimnext(s, &when))) {
		end = st->now + (when + 999) / 1000;
		if (set)
			st->jobs[j->number]->end = end;
		last = end > last ? end : last;
	}
	return last;
}

/* sets the expected end: if most times are unknown, only the least that the known ones
 * come to; if all are unknown, nothing */
static void
setend(struct status *st, struct forecast *e)
{
	struct ahead a = { .st = st };
	struct forecastsim *s;
	struct queue *q;

	q = makequeue(st);
	s = mkforecastsim(q, e->longest, e->pace, takes, &a);
	e->last = play(st, s, 1);
	if (2 * e->unknown <= e->left) {
		e->end = e->last;
	} else if (e->unknown < e->left) {
		a.known = 1;
		forecastsimagain(s);
		e->least = play(st, s, 0);
	}
	forecastsimdel(s);
	queuedel(q);
}

void
forecastsooner(struct status *st, const struct forecast *e,
    const struct sjob *const *jobs, size_t n, int64_t *saved)
{
	struct ahead a = { .st = st };
	struct forecastsim *s;
	struct queue *q;
	int64_t end;
	size_t i;

	q = makequeue(st);
	s = mkforecastsim(q, e->longest, e->pace, takes, &a);
	for (i = 0; i < n; i++) {
		if (i > 0)
			forecastsimagain(s);
		a.half = jobs[i];
		end = play(st, s, 0);
		saved[i] = end < e->last ? e->last - end : 0;
	}
	forecastsimdel(s);
	queuedel(q);
}

int
forecastrough(const struct forecast *e)
{
	return 2 * e->unbuilt > e->left;
}

void
forecastleft(const struct status *st, const struct forecast *e, struct buf *b)
{
	if (!e->end && !e->least) {
		bufchar(b, '?');
		return;
	}
	bufstr(b, !e->end ? "at least " : forecastrough(e) ? "about " : "");
	textspan(b, (e->end ? e->end : e->least) - st->now);
}

int64_t
forecastbegin(const struct sjob *j)
{
	if (j->state == RUN || j->state == BUILT)
		return j->job.started ? j->job.started : j->since;
	return j->end ? j->end - j->secs : 0;
}

static int
byend(const void *a, const void *b)
{
	const struct sjob *x = *(const struct sjob *const *)a;
	const struct sjob *y = *(const struct sjob *const *)b;

	return (x->end > y->end) - (x->end < y->end);
}

/* returns the job that a job waits for last: one that it needs, or else one of the list,
 * sorted by end, that leaves its slot; NULL if the job can begin at once */
static const struct sjob *
blocker(const struct status *st, const struct sjob *j,
    const struct sjob *const *list, size_t n, int *slot)
{
	const struct sjob *to;
	int64_t begin;
	size_t i, low, mid;

	begin = forecastbegin(j);
	if (j->state == RUN || j->state == BUILT || begin <= st->now)
		return NULL;
	*slot = 0;
	for (i = 0; i < graphdegree(st->graph, j->at); i++) {
		to = st->jobs[graphnext(st->graph, j->at, i, NULL)];
		if (to->end == begin)
			return to;
	}
	*slot = 1;
	for (low = 0; low < n;) {
		mid = low + (n - low) / 2;
		if (list[mid]->end < begin)
			low = mid + 1;
		else
			n = mid;
	}
	/* jobs that took no time end when they begin */
	for (; list[low] && list[low]->end == begin; low++) {
		if (forecastbegin(list[low]) < begin)
			return list[low];
	}
	return NULL;
}

size_t
forecastpath(const struct status *st, struct forecaststep **path)
{
	const struct sjob **list, *j;
	struct forecaststep step;
	size_t i, n;

	list = xcalloc(st->n + 1, sizeof *list);
	for (i = n = 0; i < st->n; i++) {
		if (st->jobs[i]->end)
			list[n++] = st->jobs[i];
	}
	qsort(list, n, sizeof *list, byend);
	*path = NULL;
	j = n ? list[n - 1] : NULL;
	for (i = 0; j && i < st->n; i++) {
		*path = xgrow(*path, i, sizeof **path);
		(*path)[i].job = j;
		(*path)[i].slot = 0;
		j = blocker(st, j, list, n, &(*path)[i].slot);
	}
	free(list);
	for (n = 0; n < i / 2; n++) {
		step = (*path)[n];
		(*path)[n] = (*path)[i - 1 - n];
		(*path)[i - 1 - n] = step;
	}
	return i;
}

/* adds a job that was built since then */
static void
countbuilt(const struct status *st, const struct forecast *e, const struct sjob *j,
    struct forecast *part)
{
	int64_t ended;

	if (j->state != DONE)
		return;
	ended = statussince(st, j);
	part->lasthour += ended > st->now - HOUR;
	part->built += ended >= e->since;
}

static void
countprogress(const struct status *st, struct forecast *e)
{
	const struct sjob *j;
	int64_t oldest[2];	/* of blocked jobs, and of those left */
	size_t i;

	oldest[0] = oldest[1] = st->now;
	for (i = 0; i < st->n; i++) {
		j = st->jobs[i];
		if (!isactive(j))
			continue;
		e->left += isleft(j);
		e->blocked += !isleft(j);
		if (j->job.asked && j->job.asked < oldest[isleft(j)])
			oldest[isleft(j)] = j->job.asked;
	}
	if (!e->since)
		e->since = oldest[e->left > 0];
	for (i = 0; i < st->n; i++)
		countbuilt(st, e, st->jobs[i], e);
}

void
forecastcount(const struct status *st, const struct forecast *e,
    const struct sjob *j, struct forecast *part)
{
	countbuilt(st, e, j, part);
	if (!isactive(j))
		return;
	part->left += isleft(j);
	part->blocked += !isleft(j);
	part->unbuilt += isleft(j) && j->guessed;
	part->unknown += isleft(j) && isunknown(j);
	if (isleft(j) && e->end && part->end < j->end)
		part->end = j->end;
}

int
forecastmake(struct status *st, int64_t since, struct forecast *e)
{
	struct history *p;

	memset(e, 0, sizeof *e);
	e->since = since;
	p = historyopen(st->sp);
	if (!p)
		return -1;
	countprogress(st, e);
	setdurations(st, p, e);
	e->longest = historylong(p);
	historydel(p);
	setend(st, e);
	return 0;
}
