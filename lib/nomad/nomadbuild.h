/* A build in Nomad: how it is found again, begun and stopped, and what has become of
 * it by what Nomad's lists say. Times are in milliseconds of loopnow(). */

#include <stddef.h>
#include <stdint.h>

struct buf;
struct build;
struct child;
struct job;
struct nomadlist;
struct spool;

struct nomadbuild {
	/* The handle, which the job's file has before Nomad hears of the build: so
	 * however often Nomad is asked, and whoever is killed meanwhile, one build
	 * is dispatched. */
	char *parent;		/* the job that it is dispatched of */
	char *prefix;		/* begins the name of its child */
	char *token;		/* of one try of one job */
	char *id;		/* of the child, NULL: not known yet */
	int larger;		/* the last try ran out of memory at a smaller job */
	int priority;		/* the job's */

	struct child *call;	/* dispatch or stop, under way, or NULL */
	int64_t next, pause;	/* no call before, after failures */
	int sent;		/* a child of it may be there */
	int64_t learned;	/* when its ID was told */
	int seen;		/* its child was in a list */
	int hidden;		/* the last picture had no allocation of it */
	int stop, stopsent;	/* its child is to be stopped; Nomad knows */

	int runs;		/* its task has started, and not ended */
	char *alloc, *node, *nodeid;	/* that runs or ran it, NULL: not known */
	int64_t silent;		/* its node does not answer since then, 0: it does */
	char *waits;		/* as the job's file has it, NULL: not known */

	int over;		/* it has ended, but for its log */
	int spoilt;		/* it ended by a fault of its node */

	/* its log, for nomadlog */
	struct child *look;	/* under way, or NULL */
	int error;		/* standard error is read, not standard output */
	int64_t from;		/* the byte that was asked for */
	int64_t looked, grown;	/* when it was last looked at, and had grown; 0: never */
	int last;		/* looks began when all of the log was there */
	int logtries;		/* looks that may still fail before it is given up */
};

/* adds a build of this builder: b->own */
struct nomadbuild *nomadbuildadd(struct build *b);

/* takes a build out and frees what is known of it */
void nomadbuilddel(struct build *b);

/* returns the build behind b, the first one for NULL; NULL behind the last */
struct build *nomadbuildnext(const struct build *b);

/* whether one more call can be begun, lists and looks at running builds aside */
int nomadbuildmaycall(void);

/* puts the next call of this build off, longer each time */
void nomadbuildlater(struct nomadbuild *o);

/* makes the handle for a job's next build, and appends what the job's file is to say
 * of it; -1 when SPIFF_NOMAD names no job that builds it, which ends the build */
int nomadbuildname(struct build *b, const char *mark, const struct job *j,
    struct buf *lines);

/* reads the handle that a job's file has, -1 when it is none */
int nomadbuildread(struct nomadbuild *o, const char *text);

/* begins to dispatch a build, or ends one that cannot be; -1 after a message */
int nomadbuildbegin(struct spool *sp, struct build *b);

/* begins to stop its child; -1 after a message */
int nomadbuildstop(struct build *b);

/* takes what dispatch or stop has brought; what failed is tried again later */
void nomadbuildanswer(struct spool *sp, struct build *b);

/* ends a build that has delivered, whatever Nomad says of it: 1 when it has */
int nomadbuilddelivered(struct spool *sp, struct build *b);

/* ends a build: code and words as struct build has them */
void nomadbuildend(struct spool *sp, struct build *b, int code, const char *words);

/* takes what a new picture says of a build */
void nomadbuildupdate(struct spool *sp, struct build *b, const struct nomadlist *l);

/* whether a child of that ID is this build's, or may be */
int nomadbuildowns(const struct nomadbuild *o, const char *id);
