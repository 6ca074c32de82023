/* The scheduler's picture of the spool: the jobs in wait/, ready/, run/ and
 * built/, and which of them wait for which. It is memory alone: who moves a
 * file, or sees one moved, tells it. */

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <bsd/sys/queue.h>

struct build;
struct job;
struct queue;

/* from waits for to */
struct edge {
	struct qjob *from, *to;
	LIST_ENTRY(edge) needs, waiters;	/* in the lists of from and to */
};

LIST_HEAD(edges, edge);
TAILQ_HEAD(qjobs, qjob);

/* a job, or, when its state is NSTATE, the name of one that others wait for and
 * that is in none of the four directories */
struct qjob {
	const char *name;
	int state;		/* enum state */
	int priority;
	int tries, troubles;
	int force;
	int64_t asked;		/* seconds since the epoch */
	char *style;		/* its build style, NULL: not known */
	int64_t secs;		/* what the last build took, -1: unknown */
	int64_t standing, behind;	/* as struct rank has them */
	int64_t later;		/* not to be started before, in milliseconds of
				 * loopnow(); 0: no such time */
	struct timespec mtime;	/* of the file as it was read */
	struct build *build;	/* under way; its owner is who put it here */
	unsigned seen;		/* number of the last scan that saw it */
	unsigned taking;	/* and of the last spiff-index begun for it */
	/* ready's own */
	int isready;
	unsigned stamp;
	size_t at;
	/* the queue's own */
	int touched;
	struct edges needs, waiters;
	struct qjob *same;			/* next of the same base */
	TAILQ_ENTRY(qjob) list, touch;
};

/* returns an empty queue; queuedel frees it */
struct queue *mkqueue(void);

/* frees it with all jobs; NULL is allowed */
void queuedel(struct queue *q);

/* returns the job of that name, NULL when it is in none of the four states */
struct qjob *queueget(const struct queue *q, const char *name);

/* returns a job of the same package and architecture, but not of that name, in
 * one of the four states; NULL when there is none */
struct qjob *queuesame(const struct queue *q, const char *name);

/* takes a job into a state; one that is there already takes on what j says */
struct qjob *queueput(struct queue *q, const struct job *j, int state);

/* notes that a job is in another of the four states */
void queuemove(struct queue *q, struct qjob *j, int state);

/* forgets a job; those that wait for it still do, for its name */
void queuedrop(struct queue *q, struct qjob *j);

/* notes that j waits for the job of that name, whether there is one or not */
void queueneed(struct queue *q, struct qjob *j, const char *name);

/* notes that j waits for nothing */
void queuefree(struct queue *q, struct qjob *j);

/* notes that what the job makes is in a repository: nobody waits for it any
 * more, and who waits for nothing else is touched */
void queuemet(struct queue *q, const char *name);

/* touches all that wait for the job of that name */
void queuewaiters(struct queue *q, const char *name);

/* touches all that wait for another version of what that job makes */
void queueothers(struct queue *q, const char *name);

/* calls has for each name that is waited for; those for which it returns 1 are
 * met */
void queuecheck(struct queue *q, int (*has)(const char *name, void *arg),
    void *arg);

/* marks a job as one to look at */
void queuetouch(struct queue *q, struct qjob *j);

/* takes the job that was touched first, NULL when there is none */
struct qjob *queuetouched(struct queue *q);

/* whether there is a name that is waited for and that none of the jobs has */
int queuestrange(const struct queue *q);

/* returns the jobs of a state, linked by list */
const struct qjobs *queuelist(const struct queue *q, int state);

/* returns the number of jobs in a state */
size_t queuelen(const struct queue *q, int state);

/* says whether jobs or edges were added since the last call; what goes leaves
 * the others' ranks as they are */
int queuechanged(struct queue *q);
