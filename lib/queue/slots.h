/* Which of the jobs that could start goes first: of those with the same priority
 * and age the one with most work behind it. Age makes up for both in the end, so
 * that none waits for ever while others keep coming: a day for a priority, and a
 * minute for a minute of work, up to a day for all the work there is. */

#include <stddef.h>
#include <stdint.h>

struct qjob;
struct slots;

struct rank {
	int64_t standing;	/* as slotsstanding has it; it may be lent by a
				 * job that waits for this one */
	int64_t behind;		/* seconds in the longest chain of builds that
				 * begins with this one */
	const char *name;
};

/* returns what a job is worth without what waits for it: more for a higher
 * priority, and for one that was asked for earlier, in seconds since the epoch */
int64_t slotsstanding(int priority, int64_t asked);

/* orders two jobs: below 0 when a goes first; never 0 for two names */
int slotscmp(const struct rank *a, const struct rank *b);

/* The slots, and the jobs that wait for one, best first. A slot is of any
 * architecture, or of one, as SPIFF_SLOTS has it. */

/* returns slots without jobs; slotsdel frees it */
struct slots *mkslots(void);

/* frees it; NULL is allowed */
void slotsdel(struct slots *r);

/* adds a job; one that is there already stays */
void slotsput(struct slots *r, struct qjob *j);

/* takes a job out; one that is not there is no error */
void slotsdrop(struct slots *r, struct qjob *j);

/* returns the job to start next, of those whose architecture has a free slot;
 * NULL when there is none */
struct qjob *slotsbest(const struct slots *r);

/* whether a slot is free that no job waits for */
int slotsidle(const struct slots *r);

/* returns how many jobs could be begun at once */
size_t slotsstartable(const struct slots *r);

/* calls fn for each job with its place among those that wait for the same slots,
 * 1 for the first */
void slotsplaces(const struct slots *r, void (*fn)(const struct qjob *j,
    size_t place, void *arg), void *arg);

/* takes a slot for that job and returns its number, 1 and up */
int slotstake(struct slots *r, const char *job);

/* gives back the slot with which the job was built */
void slotsgive(struct slots *r, const char *job, int slot);

/* computes what waits behind each job and orders them by that; a time that is
 * not known counts as that many seconds */
void slotsrank(struct slots *r, int64_t unknown);
