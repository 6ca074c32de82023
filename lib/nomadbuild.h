/* What is known of each build in Nomad, for the parts of the builder: nomad,
 * nomadask, nomadlook, nomadsee. Times are in milliseconds of loopnow(). */

#include <stddef.h>
#include <stdint.h>

struct build;
struct call;
struct nomadlook;
struct spool;

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
