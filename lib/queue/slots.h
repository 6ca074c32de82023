/* Which of the jobs that could start goes first: of those with the same priority
 * and age the one with most work behind it. Age makes up for both in the end, so
 * that none waits for ever while others keep coming: a day for a priority, and a
 * minute for a minute of work, up to a day for all the work there is. */

#include <stddef.h>
#include <stdint.h>

struct qjob;
struct ready;

struct rank {
	int64_t standing;	/* as orderstanding has it; it may be lent by a
				 * job that waits for this one */
	int64_t behind;		/* seconds in the longest chain of builds that
				 * begins with this one */
	const char *name;
};

/* returns what a job is worth without what waits for it: more for a higher
 * priority, and for one that was asked for earlier, in seconds since the epoch */
int64_t orderstanding(int priority, int64_t asked);

/* orders two jobs: below 0 when a goes first; never 0 for two names */
int ordercmp(const struct rank *a, const struct rank *b);

/* The slots, and the jobs that wait for one, best first. A slot is of any
 * architecture, or of one, as SPIFF_SLOTS has it. */

/* returns slots without jobs; readydel frees it */
struct ready *mkready(void);

/* frees it; NULL is allowed */
void readydel(struct ready *r);

/* adds a job; one that is there already stays */
void readyput(struct ready *r, struct qjob *j);

/* takes a job out; one that is not there is no error */
void readydrop(struct ready *r, struct qjob *j);

/* returns the job to start next, of those whose architecture has a free slot;
 * NULL when there is none */
struct qjob *readybest(const struct ready *r);

/* whether a slot is free that no job waits for */
int readyhungry(const struct ready *r);

/* returns how many jobs could be begun at once */
size_t readywidth(const struct ready *r);

/* calls fn for each job with its place among those that wait for the same slots,
 * 1 for the first */
void readyplaces(const struct ready *r, void (*fn)(const struct qjob *j,
    size_t place, void *arg), void *arg);

/* takes a slot for that job and returns its number, 1 and up */
int readytake(struct ready *r, const char *job);

/* gives back the slot with which the job was built */
void readygive(struct ready *r, const char *job, int slot);

/* computes what waits behind each job and orders them by that; a time that is
 * not known counts as that many seconds */
void readyrank(struct ready *r, int64_t unknown);
