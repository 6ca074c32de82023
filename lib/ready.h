/* The slots, and the jobs that wait for one, best first. A slot is of any
 * architecture, or of one, as SPIFF_SLOTS has it. */

#include <stddef.h>
#include <stdint.h>

struct qjob;
struct ready;

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
