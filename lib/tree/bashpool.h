/* Templates through bash, many at once: as many shells as there are processors
 * share the requests. A template that does not end, or ends its shell, or
 * writes what is no answer, costs that shell and no other template. */

#include <pthread.h>
#include <stddef.h>
#include <sys/types.h>

struct bashpool;
struct table;

struct bashpoolenv {
	const char *base;	/* the void-packages tree; paths are absolute */
	char *common;		/* its common/, with what overlays add below it */
	const char *defaults;	/* etc/defaults.conf, "" for none */
	const char *conf;	/* etc/conf, "" for none */
	const char *host;
	const char *cross;	/* the target of a cross build, "" for none */
	const char *check;	/* XBPS_CHECK_PKGS */
	int bare;		/* without CHROOT_READY */
	const char *const *srcpkgs;	/* each tree's srcpkgs/ */
	size_t n;
	char **reads;		/* the directories of the trees that are read */
	size_t nreads;
	char **env;		/* the environment, NULL at its end */
	unsigned limit;		/* seconds for one template */
	pid_t keeper;		/* tmplenv's own: who removes common, 0 for nobody, */
	int keeperfd;		/* when this is closed; */
	struct table *shared;	/* numbers of files below common/ */
	pthread_mutex_t lock;	/* of the table */
};

struct bashpoolreq {
	const char *name;	/* of the source package */
	unsigned tree;		/* which of srcpkgs has it */
	const char *subs;	/* subpackages it may define, words, "*" for any */
	int quick;		/* it runs what lib/tree/tmpl.bash has without a fork */
	void *what;		/* whatever the caller knows it by */
};

/* who asks and is told; an answer may lead to questions at once */
struct bashpoolasker {
	/* sets r to a request that was not asked yet, and returns 1; 0 when there is
	 * none before more is answered; -1 when no answer is wanted any more. A guess
	 * of what will be wanted is welcome when idle is nonzero, as a shell then has
	 * nothing to do */
	int (*next)(void *arg, int idle, struct bashpoolreq *r);
	/* takes what a template says: record are the lines that lib/tree/tmpl.bash
	 * answers, or NULL, and why says what is wrong; lasting is nonzero if that is
	 * the template's own doing and would be the same another time */
	void (*answer)(void *arg, void *what, const char *record, const char *why,
	    int lasting);
	void *arg;
	size_t expected;	/* how many requests there will be, at the least */
};

/* returns the text of the program that the shells run */
const char *bashpoolprogram(void);

/* returns shells for this environment, none of them started; what env points
 * to must outlive them */
struct bashpool *bashpoolopen(const struct bashpoolenv *env);

/* ends the shells and frees them */
void bashpoolclose(struct bashpool *e);

/* evaluates the templates that are asked for, in any order, until no answer is wanted
 * any more; -1 after a message when no shell can work */
int bashpoolrun(struct bashpool *e, const struct bashpoolasker *asker);

/* returns the target's XBPS_CROSS_TRIPLET, "" when it is no cross build; NULL
 * after a message; lives as long as the shells */
const char *bashpooltriplet(struct bashpool *e);
