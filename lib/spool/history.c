#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/table.h"
#include "base/x.h"
#include "spool/history.h"
#include "spool/job.h"
#include "spool/record.h"
#include "spool/spool.h"
#include "xbps/pkgver.h"

enum {
	MOST = 366 * 86400,	/* seconds; no build takes that long */
	PAR = 1000,		/* the pace of builds that take what was guessed */
	DOUBT = 60,		/* seconds of such builds that are added to those known */
	FAR = 20		/* the pace is at most so many times slower or faster */
};

struct took {
	char *job;		/* the latest in done/; NULL: read already */
	int64_t secs;
	int guessed;		/* historypace counts it */
	int64_t memory[RECORDLAST];	/* bytes, the latest first; 0: not known */
};

struct history {
	const struct spool *sp;
	struct table *took;	/* by NAME.ARCH */
	struct tally tally;	/* of the times that are known */
	int64_t guesses, builds;	/* seconds, of those that historypace counts */
};

static struct took *
tookof(struct history *p, const char *base)
{
	struct took *t;
	void **place;

	place = tableput(p->took, base);
	if (!*place) {
		*place = t = xcalloc(1, sizeof *t);
		t->secs = -1;
	}
	return *place;
}

static int
addjob(const char *name, void *arg)
{
	struct took *t;
	char *base;

	if (!jobnameok(name))
		return 0;
	base = jobbase(name);
	t = tookof(arg, base);
	free(base);
	if (!t->job || pkgvercmp(t->job, name) < 0) {
		free(t->job);
		t->job = xstrdup(name);
	}
	return 0;
}

struct history *
historyopen(const struct spool *sp)
{
	struct history *p;
	int r;

	p = xcalloc(1, sizeof *p);
	p->sp = sp;
	p->took = mktable();
	r = recordread();
	if (r == 0) {
		r = iolist(sp->states[DONE], addjob, p);
		if (r < 0)
			warn("%s/%s", sp->path, spoolstates[DONE]);
	}
	if (r < 0) {
		historydel(p);
		return NULL;
	}
	return p;
}

void
historydel(struct history *p)
{
	struct took *t;
	void *value;
	size_t i;

	if (!p)
		return;
	for (i = 0; tablenext(p->took, &i, &value);) {
		t = value;
		free(t->job);
		free(t);
	}
	tabledel(p->took);
	free(p);
}

static void
settime(struct history *p, struct took *t, int64_t secs, int64_t memory)
{
	if (memory > 0) {
		memmove(t->memory + 1, t->memory, sizeof t->memory - sizeof memory);
		t->memory[0] = memory;
	}
	free(t->job);
	t->job = NULL;
	if (t->secs >= 0)
		historytallydrop(&p->tally, t->secs);
	t->secs = secs < MOST ? secs : MOST;
	if (t->secs >= 0)
		historytallyadd(&p->tally, t->secs);
}

/* takes what the file of records knows of a package, if it knows something */
static struct took *
recorded(struct history *p, const char *base)
{
	const struct record *r;
	struct took *t;

	r = recordget(base);
	if (!r || r->secs < 0)
		return NULL;
	t = tookof(p, base);
	memcpy(t->memory, r->memory, sizeof t->memory);
	settime(p, t, r->secs, 0);
	return t;
}

/* reads the time of the latest job in done/ */
static void
readtime(struct history *p, struct took *t)
{
	struct job j;
	char *why;
	int r;

	r = spoolread(p->sp, DONE, t->job, &j, &why);
	settime(p, t, r == 1 && j.started && j.ended >= j.started ?
	    j.ended - j.started : -1, r == 1 ? j.memory : 0);
	if (r == 1)
		jobfree(&j);
	else if (r < 0)
		free(why);
}

/* returns what is known of the job's package, NULL when nothing is */
static struct took *
known(struct history *p, const char *job)
{
	struct took *t, *u;
	char *base;

	base = jobbase(job);
	t = tableget(p->took, base);
	if (!t || t->job) {
		u = recorded(p, base);
		if (!u && t)
			readtime(p, t);
		t = u ? u : t;
	}
	free(base);
	return t;
}

int64_t
historysecs(struct history *p, const char *job)
{
	const struct took *t;

	t = known(p, job);
	return t ? t->secs : -1;
}

int64_t
historymemory(struct history *p, const char *job)
{
	const struct took *t;
	int64_t most;
	size_t i;

	t = known(p, job);
	for (i = most = 0; t && i < RECORDLAST; i++) {
		if (t->memory[i] > most)
			most = t->memory[i];
	}
	return most;
}

void
historyadd(struct history *p, const char *job, int64_t secs, int64_t memory)
{
	char *base;

	/* before this one, those of done/ */
	known(p, job);
	base = jobbase(job);
	settime(p, tookof(p, base), secs, memory);
	free(base);
}

int64_t
historylong(const struct history *p)
{
	return historytallylong(&p->tally);
}

void
historyguess(struct history *p, const char *job, int64_t guess)
{
	struct took *t;

	t = guess > 0 ? known(p, job) : NULL;
	if (!t || t->secs < 0 || t->guessed)
		return;
	t->guessed = 1;
	p->guesses += guess < MOST ? guess : MOST;
	p->builds += t->secs;
}

int64_t
historypace(const struct history *p)
{
	int64_t pace;

	pace = (p->builds + DOUBT) * PAR / (p->guesses + DOUBT);
	return pace < PAR / FAR ? PAR / FAR : pace < PAR * FAR ? pace : PAR * FAR;
}

int64_t
historyscaled(int64_t guess, int64_t pace)
{
	return (guess < MOST ? guess : MOST) * pace / PAR;
}

enum { RARE = 100 };	/* one in so many is longer */

/* returns a time's bucket, of which there are four for each power of two: by the two
 * binary digits behind the first */
static size_t
bucketof(int64_t secs)
{
	size_t power;

	for (power = 2; secs >> power >= 2; power++)
		;
	return secs < 4 ? (size_t)secs :
	    4 * (power - 1) + ((size_t)(secs >> (power - 2)) & 3);
}

/* returns the shortest time of the bucket behind the i-th */
static int64_t
nextbucket(size_t i)
{
	size_t power;

	i++;
	if (i < 8)
		return (int64_t)i;
	power = i / 4 + 1;
	return (int64_t)(4 + i % 4) << (power - 2);
}

void
historytallyadd(struct tally *t, int64_t secs)
{
	t->counts[bucketof(secs)]++;
	t->n++;
	if (t->longest < secs)
		t->longest = secs;
}

void
historytallydrop(struct tally *t, int64_t secs)
{
	t->counts[bucketof(secs)]--;
	t->n--;
}

int64_t
historytallylong(const struct tally *t)
{
	size_t i, longer;
	int64_t secs;

	longer = 0;
	for (i = TALLYLEN - 1; i > 0; i--) {
		longer += t->counts[i];
		if (longer > t->n / RARE)
			break;
	}
	secs = nextbucket(i) - 1;
	if (secs > t->longest)
		secs = t->longest;
	return secs > 0 ? secs : 1;
}
