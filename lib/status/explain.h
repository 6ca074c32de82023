/* Why a job is where it is: one answer, which the table and -l, -y and the site
 * put into their words. */

struct buf;
struct sjob;
struct status;

enum why {
	WHY_NOWHERE,		/* in no repository, and not in the spool */
	WHY_UNREADABLE,		/* its file is no job: text says why */
	WHY_REQUEST,		/* it is a request: text is what is asked for */
	WHY_REFUSED,		/* it was a request: text says why it is none now */
	WHY_HELD,		/* text says so, and why */
	WHY_CYCLE,		/* it waits for itself: text is the jobs on the way */
	WHY_BLOCKED,		/* root keeps it from being built */
	WHY_NEEDS,		/* it waits for the jobs that the graph has */
	WHY_TAKEN,		/* it needs nothing more: spiff-run moves it */
	WHY_SLOT,		/* it waits for a slot */
	WHY_RETRY,		/* the same, after a failure that text tells */
	WHY_QUEUED,		/* the builder has begun it and waits: text says why */
	WHY_BUILDING,		/* it is being built */
	WHY_INDEX,		/* it is built, and not in the index yet */
	WHY_BUILT,		/* it is in the index */
	WHY_LOST,		/* it was built, and is in no repository */
	WHY_FAILED,		/* text: class and reason */
	WHY_CANCELLED		/* text: what for */
};

struct explanation {
	enum why why;
	char *text;			/* not cleaned; NULL where none is told */
	const struct sjob *root;	/* NULL unless it is blocked */
};

/* fills r; st must have been linked; explainfree frees what r has */
void explain(const struct status *st, const struct sjob *j, struct explanation *r);

/* frees what r has */
void explainfree(struct explanation *r);

/* appends why the job is in its state as the table and -l say it, not cleaned; of
 * a build it is the last line of the log */
void explainshort(const struct status *st, const struct sjob *j, struct buf *b);

/* appends the same in a sentence without its subject, as -y says it, not cleaned; of
 * the jobs that it waits for, those of the numbers that are marked */
void explainlong(const struct status *st, const struct sjob *j, const char *mark,
    struct buf *b);

/* appends the job as a line: name, state, since and why between tabs, without
 * control characters; the state of one that is nowhere is gone */
void explainline(const struct status *st, const struct sjob *j, struct buf *b);
