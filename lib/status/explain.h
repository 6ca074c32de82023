/* Why a job is in its state: one answer for the table, -l, -y and the site, which word it
 * differently. */

#include <stdint.h>

struct buf;
struct sjob;
struct status;

enum why {
	WHY_NOWHERE,		/* in no repository, and not in the spool */
	WHY_UNREADABLE,		/* its file is no job: text says why */
	WHY_REQUEST,		/* it is a request: text has the operands */
	WHY_REFUSED,		/* it was a request: text says why it failed */
	WHY_HELD,		/* the limits hold it: text says so, and why */
	WHY_CYCLE,		/* it waits for itself: text names the jobs between */
	WHY_BLOCKED,		/* root keeps it from being built */
	WHY_NEEDS,		/* it waits for its neighbours in the graph */
	WHY_TAKEN,		/* it needs nothing more: spiff-run moves it */
	WHY_SLOT,		/* it waits for a slot */
	WHY_BESIDE,		/* it waits beside builds: text says what for */
	WHY_RETRY,		/* the same after a failure: text says which */
	WHY_QUEUED,		/* its builder waits: text says why */
	WHY_BUILDING,		/* it is being built */
	WHY_INDEX,		/* it is built, and not in the index yet */
	WHY_BUILT,		/* it is in the index */
	WHY_LOST,		/* it was built, and is in no repository */
	WHY_FAILED,		/* text: class and reason */
	WHY_CANCELLED		/* text: what for */
};

struct explanation {
	enum why why;
	char *text;			/* not cleaned, or NULL */
	const struct sjob *root;	/* of a blocked job, else NULL */
	int64_t until;			/* when the delay before the next try ends,
					 * seconds since the epoch; 0: it has ended */
};

/* Fills r; st must have been linked. explainfree frees what r has. */
void explain(const struct status *st, const struct sjob *j, struct explanation *r);

/* Frees what r has. */
void explainfree(struct explanation *r);

/* Appends why the job is in its state, as the table and -l have it, not cleaned; for a
 * running build the last line of its log. */
void explainshort(const struct status *st, const struct sjob *j, struct buf *b);

/* Appends the same as a sentence without its subject, as -y has it, not cleaned; it names
 * only those of the job's needs whose numbers are marked. */
void explainlong(const struct status *st, const struct sjob *j, const char *mark,
    struct buf *b);

/* Appends a line of name, state, since and why, separated by tabs and cleaned; the state
 * of a job that is nowhere is gone. */
void explainline(const struct status *st, const struct sjob *j, struct buf *b);
