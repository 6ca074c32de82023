/* Replays runs of a random graph and asks, after a tenth of each, when it will
 * end. Durations have a long tail; what is known of them is what an earlier
 * build took, somewhat more or less. Prints for each run how far off the answer
 * was, in percent of the run.
 *
 *	sim RUNS JOBS SEED		SPIFF_SLOTS has the slots */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "job.h"
#include "queue.h"
#include "sim.h"
#include "spool.h"
#include "x.h"

enum { NEEDS = 4 };

struct build {
	char name[64];
	int64_t took;			/* the last time, seconds */
	int64_t takes;			/* this time, milliseconds */
	size_t needs[NEEDS];
	size_t nneeds;
	int over;
	int64_t end;			/* of a build under way, -1: it is not */
};

static struct build *builds;
static size_t n;
static uint64_t seed;

/* xorshift64*, so that a run can be repeated anywhere: in (0, 1) */
static double
chance(void)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return ((double)(seed * 2685821657736338717ull >> 11) + 0.5) /
	    9007199254740992.0;
}

static void
invent(void)
{
	struct build *b;
	double secs;
	size_t i, k;

	for (i = 0; i < n; i++) {
		b = &builds[i];
		snprintf(b->name, sizeof b->name, "p%zu-1_1.x86_64", i);
		secs = 5 / (chance() + 0.005);
		b->took = (int64_t)secs + 1;
		b->takes = (int64_t)(1000 * secs * (0.7 + 0.6 * chance())) + 1;
		b->nneeds = i ? (size_t)(chance() * NEEDS) : 0;
		b->over = 0;
		b->end = -1;
		for (k = 0; k < b->nneeds; k++)
			b->needs[k] = (size_t)(chance() * (double)i);
	}
}

static struct build *
find(const char *name)
{
	return &builds[strtoul(name + 1, NULL, 10)];
}

static int64_t
truly(const struct qjob *j, void *arg)
{
	(void)arg;
	return find(j->name)->takes;
}

static int64_t
known(const struct qjob *j, void *arg)
{
	(void)arg;
	return find(j->name)->took * 1000;
}

/* what is left, as it would be found in the spool after so many milliseconds */
static struct queue *
picture(int64_t now)
{
	struct job job = {0};
	struct queue *q;
	struct qjob *j;
	struct build *b;
	size_t i, k, waits;

	q = mkqueue();
	for (i = 0; i < n; i++) {
		b = &builds[i];
		if (b->over)
			continue;
		waits = 0;
		for (k = 0; k < b->nneeds; k++)
			waits += !builds[b->needs[k]].over;
		job.name = b->name;
		j = queueput(q, &job, b->end >= 0 ? RUN : waits ? WAIT : READY);
		j->secs = b->took;
		if (b->end >= 0)
			j->later = simleft(b->took,
			    (now - (b->end - b->takes)) / 1000);
		for (k = 0; k < b->nneeds; k++) {
			if (!builds[b->needs[k]].over)
				queueneed(q, j, builds[b->needs[k]].name);
		}
	}
	return q;
}

static void
building(const struct qjob *j, int64_t end, void *arg)
{
	(void)arg;
	find(j->name)->end = end;
}

/* runs on until the end, or until the time has come, and then notes what is
 * over and what builds; returns when that was */
static int64_t
run(int64_t now, int64_t until, int64_t (*takes)(const struct qjob *, void *))
{
	const char *name;
	struct queue *q;
	struct sim *s;
	int64_t when;

	q = picture(now);
	s = mksim(q, 1, takes, NULL);
	when = 0;
	while ((until < 0 || when < until) && (name = simnext(s, &when))) {
		if (until >= 0)
			find(name)->over = 1;
	}
	if (until >= 0)
		simeach(s, building, NULL);
	simdel(s);
	queuedel(q);
	return when;
}

int
main(int argc, char **argv)
{
	int64_t end, now, rest;
	long i, runs;

	if (argc != 4)
		errx(2, "usage: sim runs jobs seed");
	runs = strtol(argv[1], NULL, 10);
	n = strtoul(argv[2], NULL, 10);
	seed = strtoull(argv[3], NULL, 10) * 2 + 1;
	builds = xcalloc(n, sizeof *builds);
	if (confload() < 0)
		return 2;
	for (i = 0; i < runs; i++) {
		invent();
		end = run(0, -1, truly);
		now = run(0, end / 10, truly);
		rest = run(now, -1, known);
		printf("%ld\n", labs((long)((now + rest - end) * 100 / end)));
	}
	free(builds);
	return fflush(stdout) ? 1 : 0;
}
