/* Shells that evaluate templates side by side, one for each processor. A template that
 * does not end, ends its shell, or writes something else than an answer costs that shell
 * and no other template. */

#include <pthread.h>
#include <stddef.h>
#include <sys/types.h>

struct bashpool;
struct table;

struct bashpoolenv {
	const char *base;	/* the void-packages tree; all paths are absolute */
	char *common;		/* its common/, merged with that of overlays */
	const char *defaults;	/* etc/defaults.conf, "" for none */
	const char *conf;	/* etc/conf, "" for none */
	const char *host;
	const char *cross;	/* the target of a cross build, "" for none */
	const char *check;	/* XBPS_CHECK_PKGS */
	int bare;		/* without CHROOT_READY */
	const char *const *srcpkgs;	/* each tree's srcpkgs/ */
	size_t n;
	char **reads;		/* directories of the trees */
	size_t nreads;
	char **env;		/* the environment, NULL at its end */
	unsigned limit;		/* seconds for one template */
	pid_t keeper;		/* for tmplenv: the process that removes common, */
	int keeperfd;		/* when this socket is closed; */
	struct table *shared;	/* numbers of files below common/ */
	pthread_mutex_t lock;	/* of shared */
};

struct bashpoolreq {
	const char *name;	/* of the source package */
	unsigned tree;		/* which of srcpkgs has it */
	const char *subs;	/* subpackages it may define, words, "*" for any */
	int quick;		/* it calls what lib/tree/tmpl.bash does without a fork */
	void *what;		/* the caller's own */
};

/* the functions that bashpoolrun calls; an answer may lead to more requests */
struct bashpoolasker {
	/* sets r to the next request and returns 1; 0 when there is none until more
	 * answers have come; -1 when no answer is wanted any more; idle is nonzero when
	 * a shell has nothing to do, so that a guess costs nothing */
	int (*next)(void *arg, int idle, struct bashpoolreq *r);
	/* takes an answer: the lines of lib/tree/tmpl.bash in record; or NULL, with what
	 * is wrong in why, and lasting nonzero if another evaluation would fail in the
	 * same way */
	void (*answer)(void *arg, void *what, const char *record, const char *why,
	    int lasting);
	void *arg;
	size_t expected;	/* requests that there will be at least */
};

/* returns the text of the program that the shells run */
const char *bashpoolprogram(void);

/* returns a pool whose shells are started when needed; what env points to must outlive
 * the pool */
struct bashpool *bashpoolopen(const struct bashpoolenv *env);

/* ends the shells and frees them */
void bashpoolclose(struct bashpool *e);

/* evaluates the requests of asker, in any order, until it wants no more answers; -1 after
 * a message when no shell can work */
int bashpoolrun(struct bashpool *e, const struct bashpoolasker *asker);

/* returns the target's XBPS_CROSS_TRIPLET, "" when it is no cross build; NULL after a
 * message; lives as long as the pool */
const char *bashpooltriplet(struct bashpool *e);
