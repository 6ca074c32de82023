/* Replays of the build of a graph with the scheduler's own order, without
 * building anything. */

#include <stddef.h>
#include <stdint.h>

struct graph;

enum order { OURS, FIFO, COUNT, WEIGHT, AGELESS };

struct build {
	char *name;		/* the job's */
	size_t at;		/* its number, as it was read */
	int64_t takes;		/* milliseconds */
	int64_t took;		/* the last time, or the guess, seconds, -1: unknown */
	int count;		/* of all that need it, itself too */
	int64_t weight;		/* what they took, seconds */
	int64_t asked;		/* seconds since the beginning */
	int over;		/* as run leaves it */
	int64_t end;		/* of what is over or builds, -1: neither */
};

struct replay {
	struct build **builds;
	size_t n;
	struct graph *needs;	/* an edge to each that a build needs */
	size_t *plan;		/* each behind those that it needs */
	int64_t unknown;	/* what a time that is not known counts as, seconds */
	int64_t spread;		/* all are asked for within these seconds */
	/* how durations are made */
	const char *dist;	/* lognormal, pareto, heavy, or measured */
	double noise;		/* how far the known ones are off, percent */
	double drift;		/* and all of a run together */
	double missing;		/* percent of them are not known */
	struct measured {
		double guess, secs;
	} *measured;		/* builds, of which a random one says how far a guess
				 * is off; NULL: times are known, not guessed */
	size_t nmeasured;
};

/* takes a flag of those that make durations, REPLAYFLAGS; 0 when it is none:
 *	-a hours	the jobs are not all asked for at once
 *	-d dist		what they are like: lognormal (else), pareto or heavy
 *	-m file		none was ever built, and guesses are off as those of a file
 *			with lines "GUESS SECONDS"; with -d measured, guesses and
 *			times are those of the file
 *	-n percent	that a build takes more or less than the last one
 *	-s seed		begins another sequence
 *	-u percent	of the jobs were never built before */
#define REPLAYFLAGS "a:d:m:n:s:u:"
int replayflag(struct replay *r, int flag, const char *value);

/* a number in (0, 1) */
double chance(void);

/* begins a sequence of them that can be repeated */
void sow(uint64_t seed);

/* reads a graph from standard input, as spiff-deps -t prints it; ends the program
 * with status 2 when that cannot be */
void readgraph(struct replay *r);

/* invents durations, this time's and the last time's */
void invent(struct replay *r);

/* runs until the time has come, in milliseconds, or to the end, and returns when
 * that was; what is over, and what builds then, is noted */
int64_t run(struct replay *r, enum order order, int64_t until);
