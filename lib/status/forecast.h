/* The scheduler's picture, run ahead: builds take as long as they are said to,
 * and slots are given as spiff-run gives them. Times are in milliseconds since
 * the beginning. */

#include <stddef.h>
#include <stdint.h>

struct buf;
struct qjob;
struct queue;
struct forecastsim;
struct sjob;
struct status;

/* begins with the jobs of q, which it changes and which must outlive it: those
 * in run/ and built/, which need no slot, end at their later, which the caller has
 * set; those in ready/ and wait/ take what takes(job, arg) says; the order is by
 * job->secs, and one that is not known counts as that many; forecastsimdel frees it */
struct forecastsim *mkforecastsim(struct queue *q, int64_t unknown,
    int64_t (*takes)(const struct qjob *j, void *arg), void *arg);

/* frees it */
void forecastsimdel(struct forecastsim *s);

/* calls fn for each job that waits for a slot with its place among those that wait
 * for the same ones, 1 for the first */
void forecastsimplaces(const struct forecastsim *s, void (*fn)(const struct qjob *j,
    size_t place, void *arg), void *arg);

/* gives the free slots away, goes on to the next end of a build and returns that
 * job, which is in no state then, and when that was; NULL when nothing builds
 * any more; the name lives until the next call */
const char *forecastsimnext(struct forecastsim *s, int64_t *when);

/* returns what is left of a build that takes secs seconds as a rule, after it
 * has gone on for elapsed seconds */
int64_t forecastsimleft(int64_t secs, int64_t elapsed);

/* When what is left will be built, by the times that earlier builds took. */

struct forecast {
	size_t left;		/* jobs that will be built as things are */
	size_t unknown;		/* of these, those whose package was never built */
	size_t blocked;		/* jobs that something keeps from being built */
	int64_t since;		/* when the oldest of those left was asked for */
	size_t built;		/* jobs built since then */
	size_t lasthour;	/* jobs built in the last hour */
	int64_t end;		/* when the last of those left will be built, seconds
				 * since the epoch; 0: never, or nothing is left, or
				 * the times of most are not known */
	int64_t least;		/* then it is not before this; 0: nothing is known */
	int64_t last;		/* the same with guesses for what is not known */
	int64_t longest;	/* seconds that an unknown time counts as in the
				 * order of the jobs */
};

/* a job of the chain that decides when all is built */
struct forecaststep {
	const struct sjob *job;
	int slot;		/* it waits for the slot of the one before it in the
				 * chain, not for its package */
};

/* fills e, and the secs, the place and the end of each job that is left; since is
 * what e->since is to be, 0: as above; st must have been linked; -1 after a
 * message */
int forecastmake(struct status *st, int64_t since, struct forecast *e);

/* appends the time that is left: "5m00s", "at least 5m00s", or "?" */
void forecastleft(const struct status *st, const struct forecast *e, struct buf *b);

/* returns when a job's build began, or will begin as things are, seconds since the
 * epoch, 0: never */
int64_t forecastbegin(const struct sjob *j);

/* finds the chain of jobs that decides when the last is built, first to last, and
 * returns their number; the caller owns *path */
size_t forecastpath(const struct status *st, struct forecaststep **path);

/* returns by how many seconds all would be built sooner if the job took half its
 * time */
int64_t forecastsooner(struct status *st, const struct forecast *e, const struct sjob *j);
