/* The queue in memory: the jobs in wait/, ready/, run/ and built/, and which of them wait
 * for which. It does not look at the spool: callers tell it what has moved. */

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <bsd/sys/queue.h>

struct build;
struct job;
struct queue;

/* from needs to */
struct edge {
	struct qjob *from, *to;
	LIST_ENTRY(edge) needs, waiters;	/* in the lists of from and to */
};

LIST_HEAD(edges, edge);
TAILQ_HEAD(qjobs, qjob);

/* A job, or, with NSTATE, only the name of one that others wait for. */
struct qjob {
	const char *name;
	int state;		/* enum state */
	int priority;
	int tries, troubles;
	int waits;		/* its file says what it waits for beside builds */
	int unfetched;		/* its file says why its sources cannot be fetched */
	int most;		/* processes of its next build, 0: any number */
	int force;
	int noarch;		/* its packages are the same for all architectures */
	int64_t asked;		/* seconds since the epoch */
	char *style;		/* its build style, NULL: not known */
	int64_t secs;		/* of the last build, -1: unknown */
	int64_t guess;		/* seconds, where secs is not known; 0: none */
	int64_t memory;		/* the most bytes of the last builds, 0: unknown */
	int64_t passed;		/* when another was first begun before it for lack of
				 * memory, in milliseconds of loopnow(); 0: none was */
	int64_t standing, behind;	/* as in struct rank */
	int64_t later;		/* when its retry delay ends, in milliseconds of
				 * loopnow(); 0: it has none */
	struct timespec mtime;	/* of the file when it was read */
	struct build *build;	/* its running build; whoever set it owns it */
	unsigned seen;		/* the number of the last scan that saw it */
	unsigned taking;	/* the number of the last spiff-index for it */
	/* of slots */
	int isready;
	unsigned stamp;
	size_t at;
	/* of a forecast */
	size_t number;		/* the caller's */
	size_t missing;		/* jobs that it still waits for */
	/* of the queue */
	int touched;
	struct edges needs, waiters;
	struct qjob *same;			/* next of the same base */
	TAILQ_ENTRY(qjob) list, touch;
};

/* Returns an empty queue; queuedel frees it. */
struct queue *mkqueue(void);

/* Frees the queue with all jobs; NULL is allowed. */
void queuedel(struct queue *q);

/* Returns the job of that name, NULL when it is in none of the four states. */
struct qjob *queueget(const struct queue *q, const char *name);

/* Returns another version of the job, in one of the four states; NULL when there is
 * none. */
struct qjob *queuesame(struct queue *q, const char *name);

/* Returns a job in run/ or built/ of the same version for another architecture, NULL when
 * there is none. */
const struct qjob *queuetwin(const struct queue *q, const struct qjob *j);

/* Adds a job in a state, or updates it by j. */
struct qjob *queueput(struct queue *q, const struct job *j, int state);

/* Sets a job's state, one of the four. */
void queuemove(struct queue *q, struct qjob *j, int state);

/* Removes a job; jobs that wait for it still do, for its name. */
void queuedrop(struct queue *q, struct qjob *j);

/* Makes j wait for the job of that name, which need not exist. */
void queueneed(struct queue *q, struct qjob *j, const char *name);

/* The same for a job of the queue. */
void queuelink(struct queue *q, struct qjob *j, struct qjob *to);

/* Makes j wait for nothing. */
void queuefree(struct queue *q, struct qjob *j);

/* The job's package is in a repository: no job waits for it any more, and jobs that wait
 * for nothing else are touched. */
void queuemet(struct queue *q, const char *name);

/* Touches all jobs that wait for the job of that name. */
void queuewaiters(struct queue *q, const char *name);

/* Touches all jobs that wait for another version of that job. */
void queueothers(struct queue *q, const char *name);

/* Calls has for each name that jobs wait for, and queuemet for those for which it returns
 * 1. */
void queuecheck(struct queue *q, int (*has)(const char *name, void *arg),
    void *arg);

/* Touches a job: queuetouched will return it. */
void queuetouch(struct queue *q, struct qjob *j);

/* Returns the job that was touched first, and touched no more; NULL when there is none.
 * */
struct qjob *queuetouched(struct queue *q);

/* Says whether jobs wait for a name that no job of the queue has. */
int queuestrange(const struct queue *q);

/* Returns the jobs of a state, linked by list. */
const struct qjobs *queuelist(const struct queue *q, int state);

/* Returns the number of jobs in a state. */
size_t queuelen(const struct queue *q, int state);

/* Says whether jobs or edges were added since the last call; removing some leaves the
 * ranks of others as they are. */
int queuechanged(struct queue *q);
