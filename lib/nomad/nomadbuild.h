/* What has become of a build, by what the lists say of its child. */

#include <stddef.h>
#include <stdint.h>

struct buf;
struct build;
struct call;
struct job;
struct nomadchild;
struct nomadlook;
struct nomadpoll;
struct spool;

/* what has become of a build */
enum nomadstate {
	NOMAD_ABSENT,		/* nothing is known of it */
	NOMAD_WAITS,		/* for a node, or for its start there */
	NOMAD_RUNS,
	NOMAD_UNKNOWN,		/* its node does not answer */
	NOMAD_LOST,		/* its node is gone, another may take over */
	NOMAD_ENDED
};

/* says what has become of a child, which may be NULL; of one that has ended,
 * code and words are set as a struct build has them, the words the caller's */
enum nomadstate nomadjudge(const struct nomadchild *c, int *code,
    char **words);

/* How a build in Nomad is found again: what the job's file says of it. The token
 * is written there before Nomad hears of it, so that however often it is asked,
 * and whoever is killed meanwhile, one build is dispatched. */

struct nomadhandle {
	char *parent;		/* the job that it is dispatched of */
	char *prefix;		/* begins the name of its child */
	char *token;		/* of one try of one job */
	char *id;		/* of the child, NULL: not known */
};

/* returns the mark of the spool's builds among all of the cluster, made once and
 * kept in the spool; old is the one of this process, or NULL; NULL after a
 * message */
char *nomadmark(const struct spool *sp, const char *old);

/* makes the handle of a build; -1 after a message: nobody builds for its host */
int nomadhandle(struct nomadhandle *h, const char *mark, const struct job *j,
    int try);

/* reads a handle from a job's file, -1 when it is none */
int nomadhandleread(struct nomadhandle *h, const char *text);

/* appends the line of the job's file */
void nomadhandleline(struct buf *b, const struct nomadhandle *h);

/* frees what it has */
void nomadhandlefree(struct nomadhandle *h);

/* What is known of each build in Nomad, for the parts of the builder: nomad,
 * nomadask, nomadlook, nomadsee. Times are in milliseconds of loopnow(). */

enum { NOMAD_UNAVAILABLE = 2 };	/* what cannot be built: as spiff-build exits */

struct nomadbuild {
	struct nomadhandle *h;
	int64_t learned;	/* when its ID was told */
	int sent;		/* a child of it may be there */
	int seen;		/* its child was in a list */
	struct call *call;	/* dispatch or stop, under way */
	int stop, stopsent;	/* its child is to be stopped; Nomad knows */
	int over;		/* but for the log */
	int runs;
	char *alloc;		/* that runs, or ran */
	int64_t silent;		/* its node, since then; 0: it is not */
	int64_t next, pause;	/* nothing is called before, after failures */
	char *waits;		/* as the job's file has it, NULL: not known */
	struct nomadlook *look;
	int last;		/* looks began when all of the log was there */
	int logtries;		/* left before it is given up */
};

/* adds a build: b->own; nomadbuilddel takes it out and frees that */
struct nomadbuild *nomadbuildadd(struct build *b);
void nomadbuilddel(struct build *b);

/* returns build number i, from 0, NULL behind the last */
struct build *nomadbuildat(size_t i);

/* returns when the last one was taken out; 0: never */
int64_t nomadbuildgone(void);

/* whether one more call can be begun, lists and looks at running builds aside */
int nomadmaycall(void);

/* puts the next call of this build off, longer each time */
void nomadlater(struct nomadbuild *o);

/* notes how a build has ended: code and words as struct build has them */
void nomadend(struct build *b, int code, const char *words);

/* says in the job's file why the build does not go on; "" when it does */
void nomadnote(struct spool *sp, const struct build *b, const char *why);

/* Asking Nomad to begin and to stop a build. */

/* begins to dispatch a build, or ends one that cannot be; -1 after a message */
int nomadaskbegin(struct spool *sp, struct build *b);

/* begins to stop it; -1 after a message */
int nomadaskstop(const struct build *b);

/* takes the ID of its child, and notes it; id becomes the build's */
void nomadasklearn(struct spool *sp, struct build *b, char *id);

/* takes what either has brought; what failed is tried again later */
void nomadaskend(struct spool *sp, struct build *b);

/* What the lists of a Nomad cluster mean for builds. */

/* looks what has become of a build */
void nomadsee(struct spool *sp, struct build *b, const struct nomadpoll *lists);

/* returns the ID of a child that is ours and that nobody waits for: its job was
 * moved while nobody watched, or a dispatch came through late; NULL if there is
 * none; it lives as long as the lists */
const char *nomadseestray(const struct nomadpoll *lists);
