/* A build in Nomad: its dispatch and stop, its handle in the job's file, and its state by
 * Nomad's lists. Nomad calls the job that it makes of a dispatch a child. Times are in
 * milliseconds of loopnow(). */

#include <stddef.h>
#include <stdint.h>

struct buf;
struct build;
struct child;
struct job;
struct nomadlist;
struct spool;

struct nomadbuild {
	/* The handle. The job's file has it before Nomad hears of the build, so that
	 * one child is dispatched, however often spiff-run is killed. */
	char *parent;		/* the Nomad job that the child is dispatched of */
	char *prefix;		/* begins the child's name */
	char *token;		/* of this try */
	char *id;		/* the child's, NULL: not known yet */
	int larger;		/* the last try ran out of memory at a smaller job */
	int priority;		/* the job's */

	struct child *call;	/* a dispatch or a stop, NULL: none runs */
	int64_t next, pause;	/* no call before next; the pause after failures */
	int sent;		/* Nomad may have the child */
	int64_t learned;	/* when Nomad told the ID */
	int seen;		/* a list had the child */
	int hidden;		/* the last picture had no allocation of it */
	int stop, stopsent;	/* the child is to be stopped; Nomad knows */

	int runs;		/* the task has started, and not ended */
	char *alloc, *node, *nodeid;	/* of the first allocation, NULL: none yet */
	int64_t silent;		/* since when the node does not answer, 0: it does */
	char *waits;		/* as in the job's file, NULL: not known */

	int over;		/* the build has ended; its log may be incomplete */
	int spoilt;		/* the node's fault ended it */

	/* for nomadlog */
	struct child *look;	/* a call that reads the log, NULL: none runs */
	int error;		/* it reads standard error, not standard output */
	int64_t from;		/* its first byte */
	int64_t looked, grown;	/* the last look, and the last with new text; 0: none */
	int last;		/* all of the log was there when looks began */
	int logtries;		/* looks that may still fail */
};

/* Makes b->own. */
struct nomadbuild *nomadbuildadd(struct build *b);

/* Frees b->own. */
void nomadbuilddel(struct build *b);

/* Returns the build of this builder behind b, the first one for NULL; NULL at the end. */
struct build *nomadbuildnext(const struct build *b);

/* Says whether one more call may run; lists and looks at running builds do not count. */
int nomadbuildmaycall(void);

/* Puts off the build's next call, longer after each failure. */
void nomadbuildlater(struct nomadbuild *o);

/* Makes the handle for a job's next build, and appends its lines for the job's file; -1
 * if SPIFF_NOMAD has no Nomad job for it. */
int nomadbuildname(struct build *b, const char *mark, const struct job *j,
    struct buf *lines);

/* Reads the handle from a job's file; -1 if it is none. */
int nomadbuildread(struct nomadbuild *o, const char *text);

/* Starts the dispatch, or ends a build that cannot be dispatched: 1; 0 if its job was
 * moved away, -1 after a message. */
int nomadbuildbegin(struct spool *sp, struct build *b);

/* Starts to stop the child; -1 after a message. */
int nomadbuildstop(struct build *b);

/* Reads the answer of a dispatch or stop that has ended; a failed one is repeated
 * later. */
void nomadbuildanswer(struct spool *sp, struct build *b);

/* Ends a build if it has delivered: 1 then. */
int nomadbuilddelivered(struct spool *sp, struct build *b);

/* Ends a build; code and words are as in struct build. */
void nomadbuildend(struct spool *sp, struct build *b, int code, const char *words);

/* Updates a build from a new picture. */
void nomadbuildupdate(struct spool *sp, struct build *b, const struct nomadlist *l);

/* Says whether the ID is that of a child dispatched for the build. */
int nomadbuildowns(const struct nomadbuild *o, const char *id);
