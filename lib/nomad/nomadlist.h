/* Nomad's lists of builds: a few calls for all builds make a picture of them. */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct buf;
struct nomadlist;

/* A dispatched job; its strings live as long as the picture. */
struct nomadchild {
	const char *id;
	int listed;		/* the list of jobs has it */
	int dead;		/* nothing of it runs or will run */
	int stopped;		/* somebody ran nomad job stop */
	const char *blocked;	/* why no node takes it, or NULL */
	/* its first allocation */
	const char *alloc;	/* the ID, NULL: there is none */
	long long index;
	int replaced;		/* Nomad has made another one since */
	int run;		/* Nomad wants it to run */
	int ended;		/* it will not run any more */
	int lost;		/* its node is gone */
	int unknown;		/* its node does not answer */
	const char *node, *nodeid;
	const char *words;	/* Nomad's description, or "" */
	int64_t started;	/* seconds since the epoch by the node's clock, */
	int64_t finished;	/* 0: not yet */
	int exited;		/* its task has ended by itself or by a signal: */
	int code, sig, oom;
	int killed;		/* Nomad killed its task */
	const char *trouble;	/* why it could not run, or NULL */
};

/* Returns lists, not asked for yet, of the builds dispatched with a mark. */
struct nomadlist *mknomadlist(const char *mark);

/* Frees them; NULL is allowed. */
void nomadlistdel(struct nomadlist *l);

/* Returns when the next picture is due, in milliseconds of loopnow(), -1 while one is
 * made. */
int64_t nomadlistdue(const struct nomadlist *l);

/* Starts a picture of the builds whose prefixes the regular expression builds has, "" for
 * none; with jobs also of those without an allocation, and of all others of the mark. */
void nomadlistask(struct nomadlist *l, const char *builds, int jobs);

/* Goes on when a call has ended; 1 if the picture is complete. */
int nomadliststep(struct nomadlist *l);

/* Has the next picture made soon. */
void nomadlistsoon(struct nomadlist *l);

/* Returns why the last picture failed, NULL if it did not. */
const char *nomadlisttrouble(const struct nomadlist *l);

/* Returns when the last picture was started, in milliseconds of loopnow(), -1: there is
 * none; it has everything that happened before. */
int64_t nomadlistbegan(const struct nomadlist *l);

/* Says whether the last picture has the list of jobs. */
int nomadlistjobs(const struct nomadlist *l);

/* Returns the child of that ID in the last picture, NULL if there is none. */
const struct nomadchild *nomadlistget(const struct nomadlist *l, const char *id);

/* Walks the children of the last picture in no order; *i starts at 0; NULL at the end. */
const struct nomadchild *nomadlistnext(const struct nomadlist *l, size_t *i);
