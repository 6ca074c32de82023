/* Forecasts: the queue runs ahead in memory, with the expected times of builds, and
 * slots are given as spiff-run gives them. Its times are in milliseconds since the
 * beginning. */

#include <stddef.h>
#include <stdint.h>

struct buf;
struct forecastsim;
struct qjob;
struct queue;
struct sjob;
struct status;

/* Begins with the jobs of q, which must live longer, and stay as they are. Those in run/
 * and built/ end at their later, which the caller has set; those in ready/ and wait/ take
 * takes(job, arg). The order of jobs is by job->secs, with unknown and pace as slotsrank
 * has them. forecastsimdel frees the simulation. */
struct forecastsim *mkforecastsim(struct queue *q, int64_t unknown, int64_t pace,
    int64_t (*takes)(const struct qjob *j, void *arg), void *arg);

/* Begins once more, after the last end of a build; takes may say other times. */
void forecastsimagain(struct forecastsim *s);

/* Frees a simulation. */
void forecastsimdel(struct forecastsim *s);

/* Calls fn for each job that waits for a slot, with its place among those that wait for
 * the same slots, 1 for the first. */
void forecastsimplaces(const struct forecastsim *s,
    void (*fn)(const struct qjob *j, size_t place, void *arg), void *arg);

/* Fills the free slots, and goes on to the next end of a build: returns the job, and when
 * that is; NULL when no build runs any more. */
struct qjob *forecastsimnext(struct forecastsim *s, int64_t *when);

/* Returns what is left of a build, which usually takes secs seconds, after elapsed
 * seconds. */
int64_t forecastsimleft(int64_t secs, int64_t elapsed);

struct forecast {
	size_t left;		/* jobs that will be built as things are */
	size_t unbuilt;		/* of these, those whose package was never built */
	size_t unknown;		/* of those, the ones whose jobs have no guess */
	size_t blocked;		/* jobs that something keeps from being built */
	int64_t since;		/* when the oldest job that is left was asked for */
	size_t built;		/* jobs built since then */
	size_t lasthour;	/* jobs built in the last hour */
	int64_t end;		/* when the last job will be built, seconds since the
				 * epoch; 0: never, none is left, or most times are
				 * unknown */
	int64_t least;		/* then the end is not before this; 0: not known */
	int64_t last;		/* the end with guesses for unknown times */
	int64_t longest;	/* seconds that an unknown time counts as in the
				 * order of the jobs */
	int64_t pace;		/* of builds, in thousandths of their guesses */
};

/* A job of the critical chain. */
struct forecaststep {
	const struct sjob *job;
	int slot;		/* it waits for the slot of the job before it in the
				 * chain, not for its package */
};

/* Fills e, and secs, place and end of each job that is left; since is e->since, 0: as
 * above. st must have been linked; -1 after a message. */
int forecastmake(struct status *st, int64_t since, struct forecast *e);

/* Adds a job to a part of what e is of: to left, unbuilt, unknown, blocked, built,
 * lasthour and end. */
void forecastcount(const struct status *st, const struct forecast *e,
    const struct sjob *j, struct forecast *part);

/* Whether most of the times are guesses. */
int forecastrough(const struct forecast *e);

/* Appends the time that is left: "5m00s", "about 5m00s" when most times are guesses, "at
 * least 5m00s", or "?". */
void forecastleft(const struct status *st, const struct forecast *e, struct buf *b);

/* Returns when a job's build began, or will begin, seconds since the epoch; 0: never. */
int64_t forecastbegin(const struct sjob *j);

/* Finds the critical chain, the jobs that decide when the last is built, first to last,
 * and returns their number; the caller owns *path. */
size_t forecastpath(const struct status *st, struct forecaststep **path);

/* Sets saved[i] to the seconds by which all would be built sooner if the i-th job took
 * half its time. */
void forecastsooner(struct status *st, const struct forecast *e,
    const struct sjob *const *jobs, size_t n, int64_t *saved);
