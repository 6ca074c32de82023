/* The jobs of a running scheduler, in memory and in the spool, kept the same. jobsmove is
 * the one way to move a job. What happens becomes a list of events, which sched/run hands
 * to the parts of the scheduler. A part knows the jobs and no other part. */

#include <stdint.h>

struct build;
struct builder;
struct event;
struct history;
struct job;
struct limits;
struct qjob;
struct queue;
struct slots;
struct spool;
struct available;

struct jobs {
	/* set by the caller of jobsopen */
	struct spool *sp;
	int64_t epoch;			/* of this run, which no other run of it has */
	const struct builder *builder;
	struct limits *limits;		/* of builds, by package */
	char *settings;			/* ours, as a job has them */
	/* the jobs in memory */
	struct queue *q;
	struct slots *slots;
	struct available *available;
	struct history *past;
	/* set by the parts */
	unsigned scans;			/* looks at the whole spool */
	int look;			/* the whole spool must be looked at now */
	int failed;			/* a job or file went to fail/ */
	int trouble;			/* system failures in a row */
	int putoff;			/* files that the system could not read
					 * since the last scan began */
	int unfit;			/* no job can be built here: spiff-run ends */
	int stopping;			/* nothing new may be started */
	int resting;			/* no job can move, as far as is known */
	enum { SPOOL_OURS, SPOOL_WIPED, SPOOL_LOST } gone;	/* the spool was
					 * removed, or its lock is lost: nothing
					 * in it may be touched */
	struct event *first, **last;
};

enum { TROUBLE = 3 };		/* system failures in a row that end spiff-run -1 */

enum happened {
	JOB_MOVED,		/* its file lies in another state now */
	JOB_STARTED,		/* its build has begun */
	JOB_ENDED,		/* nothing of its build is left, and it is not to be
				 * begun again at once */
	FILE_REFUSED,		/* a file that is no job is in fail/ under this name */
	FILE_NEW,		/* a file may be in new/ */
	LOOK_AGAIN		/* SIGHUP: look at everything again */
};

struct event {
	enum happened what;
	char *name;		/* of a job or a file */
	int to;			/* enum state: where it lies now; NSTATE: nowhere */
	struct event *next;
};

/* A part of the scheduler: what sched/run calls. Functions but step and del may be
 * NULL. */
struct part {
	void *self;
	int fd;		/* readable when there is something for step; -1: none */
	int follows;	/* the part moves no jobs */

	/* Does what can be done now, and never waits. Returns when it wants to be
	 * called again, in milliseconds of loopnow(): now when there is more than
	 * fits in one turn, -1 when something has happened. */
	int64_t (*step)(void *self, int64_t now);

	/* Is called for each event. */
	void (*event)(void *self, const struct event *e);

	/* Says whether the part can still move a job; once told to stop, whether
	 * something of it must end first. */
	int (*busy)(const void *self);

	/* Tells it to start nothing new and to end its children; hard: at once. */
	void (*stop)(void *self, int hard);

	/* Frees it and kills its children. */
	void (*del)(void *self);
};

/* Makes the memory without jobs; -1 after a message. */
int jobsopen(struct jobs *js);

/* Frees what jobsopen and the others made. */
void jobsclose(struct jobs *js);

/* Says whether this process still holds the spool's lock, which it takes again; if not,
 * gone is set. Whoever changes something that the functions of spool/spool.h do not
 * guard, or starts something, asks right before. */
int jobsheld(struct jobs *js);

/* Adds an event; to is NSTATE where no state belongs to it. */
void jobstell(struct jobs *js, enum happened what, const char *name, int to);

/* Returns the first event, which jobseventdel frees; NULL: there is none. */
struct event *jobsnext(struct jobs *js);
void jobseventdel(struct event *e);

/* Looks in which state a job's file is, and corrects memory. */
void jobslook(struct jobs *js, const char *name);

/* Reads a job's file that is new or was edited, and puts the job into memory, or refuses
 * the file. */
void jobsread(struct jobs *js, int state, const char *name);

/* Fails a waiting or ready job in memory that was planned with other settings than
 * ours: somebody moved its file here when these had changed. */
void jobsplanned(struct jobs *js, const struct job *j);

/* Reads the file of a waiting or ready job again if it was edited. */
void jobsrefresh(struct jobs *js, struct qjob *q);

/* Puts a job in that state into memory, or updates it; returns it. */
struct qjob *jobsput(struct jobs *js, const struct job *j, int state);

/* Moves a job's file and memory; why is for the log and may be NULL. 1 moved; 0 the
 * file was not there, and memory was corrected; -1 after a message. */
int jobsmove(struct jobs *js, struct qjob *q, int to, const char *why);

/* A job's file was found in another state; NSTATE: in none. q may be freed. */
void jobsset(struct jobs *js, struct qjob *q, int to, const char *why);

/* The system cannot read a file now: logs why; the next look finds the file again. */
void jobsputoff(struct jobs *js, int state, const char *name, const char *why);

/* Moves any file from a state to fail/, under the name as or a similar one that is free,
 * and writes the reason to NAME.reason; -1 after a message and nothing moved. */
int jobsrefuse(struct jobs *js, int state, const char *name, const char *as,
    const char *why);

/* Of two queued versions of a package, keeps the one asked for later: 1 j, which is in
 * state, stays and others are cancelled; 0 j is cancelled, or gone; -1 after a message.
 * */
int jobsrival(struct jobs *js, const struct job *j, int state);

/* Lets a ready job wait for a slot, unless it is held, has a retry delay, or its last
 * build is still ending: two builds of a job would use the same names. */
void jobsready(struct jobs *js, struct qjob *q);

/* Makes the job's build of that try, with a slot. */
struct build *jobsbuild(struct jobs *js, struct qjob *q, const char *try);

/* Gives back the build's slot, and frees the build. */
void jobsbuilt(struct jobs *js, struct build *b);

/* Says whether the file pause keeps builds from being started. */
int jobspaused(const struct jobs *js);
