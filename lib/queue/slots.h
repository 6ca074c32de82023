/* The slots, and the jobs that wait for one, best first. A slot is of any architecture or
 * of one, as SPIFF_SLOTS says.
 *
 * Of jobs with the same priority and age the one with most work behind it goes first.
 * Age makes up for both, so that no job waits for ever: a day for a step of priority, a
 * minute for a minute of work, and at most a day for all work. */

#include <stddef.h>
#include <stdint.h>

struct qjob;
struct slots;

struct rank {
	int64_t standing;	/* by slotsstanding, or that of a job that waits for
				 * this one, if more */
	int64_t behind;		/* seconds of the longest chain of builds that begins
				 * with this one */
	const char *name;
};

/* Returns the standing of a job: more for a higher priority, and for one that was asked
 * for earlier, in seconds since the epoch. */
int64_t slotsstanding(int priority, int64_t asked);

/* Compares two jobs: below 0 when a goes first; never 0 for two names. */
int slotscmp(const struct rank *a, const struct rank *b);

/* Returns slots without jobs; slotsdel frees them. */
struct slots *mkslots(void);

/* Frees the slots; NULL is allowed. */
void slotsdel(struct slots *r);

/* Adds a job, if it is not there. */
void slotsput(struct slots *r, struct qjob *j);

/* Removes a job, if it is there. */
void slotsdrop(struct slots *r, struct qjob *j);

/* Returns the best job whose architecture has a free slot, or NULL. */
struct qjob *slotsbest(const struct slots *r);

/* Says whether a slot is free for which no job waits. */
int slotsidle(const struct slots *r);

/* Returns how many of the jobs have a free slot. */
size_t slotsstartable(const struct slots *r);

/* Calls fn for each job with its place among those that wait for the same slots, 1 for
 * the first. */
void slotsplaces(const struct slots *r, void (*fn)(const struct qjob *j,
    size_t place, void *arg), void *arg);

/* Takes a slot for a job; returns its number, from 1. */
int slotstake(struct slots *r, const char *job);

/* Gives back the slot of a job. */
void slotsgive(struct slots *r, const char *job, int slot);

/* Computes the ranks of all jobs, and orders them. An unknown time counts as the job's
 * guess, in thousandths of which pace says what builds take here, or else as unknown
 * seconds. */
void slotsrank(struct slots *r, int64_t unknown, int64_t pace);

/* Computes the rank of a job that was not put, as the last slotsrank did for those that
 * were. */
void slotsrankalso(struct slots *r, struct qjob *j);
