/* What Nomad's lists say of our builds: a few calls for all of them. */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct buf;
struct nomadlist;

/* a dispatched job; its strings live as long as the picture that has it */
struct nomadchild {
	const char *id;
	int listed;		/* it is in the list of jobs */
	int dead;		/* nothing of it runs or will run */
	int stopped;		/* somebody said nomad job stop */
	const char *blocked;	/* why no node takes it, or NULL */
	/* its first allocation, if it has one */
	const char *alloc;	/* the allocation's ID */
	long long index;
	int replaced;		/* Nomad has made another one since */
	int run;		/* it is meant to run */
	int ended;		/* it will not run any more */
	int lost;		/* its node is gone */
	int unknown;		/* its node does not answer */
	const char *node, *nodeid;
	const char *words;	/* what Nomad says of it, "" if nothing */
	int64_t started;	/* seconds since the epoch by the node's clock, */
	int64_t finished;	/* 0: not yet */
	int exited;		/* its task has ended by itself or by a signal: */
	int code, sig, oom;
	int killed;		/* Nomad killed it */
	const char *trouble;	/* what kept it from running, or NULL */
};

/* returns lists not yet asked for, of the builds dispatched with that mark;
 * nomadlistdel frees it */
struct nomadlist *mknomadlist(const char *mark);

/* frees it; NULL is allowed */
void nomadlistdel(struct nomadlist *l);

/* returns when the next picture is due, in milliseconds of loopnow(), -1 while it
 * is being asked for */
int64_t nomadlistdue(const struct nomadlist *l);

/* begins to ask for a picture of the builds whose prefixes are in the regular
 * expression builds, "" for none; jobs: with the jobs that have no allocation,
 * and those of the mark that nobody waits for */
void nomadlistask(struct nomadlist *l, const char *builds, int jobs);

/* goes on; 1 when there is a new picture */
int nomadliststep(struct nomadlist *l);

/* has the next picture made soon */
void nomadlistsoon(struct nomadlist *l);

/* returns why the last picture could not be had, NULL when it could */
const char *nomadlisttrouble(const struct nomadlist *l);

/* returns when the asking for the last picture began, in milliseconds of
 * loopnow(): what had happened by then is in it; -1: there is none */
int64_t nomadlistbegan(const struct nomadlist *l);

/* whether the last picture has the list of jobs */
int nomadlistjobs(const struct nomadlist *l);

/* returns the last picture's child of that ID, NULL when it has none */
const struct nomadchild *nomadlistget(const struct nomadlist *l, const char *id);

/* walks the children of the last picture in no order; *i starts at 0; NULL at the
 * end */
const struct nomadchild *nomadlistnext(const struct nomadlist *l, size_t *i);
