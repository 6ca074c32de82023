/* The plan: which source packages have to be built, for which machine, in which
 * order, so that the packages asked for exist. A node is a source package for
 * an architecture. Its dependencies are those of its template; one that a
 * repository has at exactly the template's version is satisfied. Behind it
 * matters what of it has to be built, or is queued, since that will be in the
 * chroot too, and what of it no repository has. */

#include <stddef.h>

struct buf;
struct chroot;
struct graph;
struct repo;
struct repopkg;
struct table;
struct tmpl;
struct walk;
struct sides;

enum planscope {
	PLAN_ASKED,	/* follow nothing: what was asked for, no more */
	PLAN_MISSING,	/* follow what has to be built */
	PLAN_ALL	/* follow every dependency, satisfied or not */
};

struct pnode {
	const char *name;	/* source package */
	const char *arch;	/* the target's or the host's */
	const struct tmpl *t;	/* NULL until planmake */
	char *pkgver;		/* NULL when the template cannot be evaluated */
	char *had;		/* another version that a repository has, or NULL */
	char *fault;		/* why it cannot be built, or NULL */
	char *behind;		/* a newer version that a repository has, or NULL */
	char *broken;		/* what a package of it in the build repository
				 * needs and no repository has: a soname; or NULL */
	int staged;		/* it has gone only with the stage */
	int build;		/* it has to be built */
	int asked;		/* it was asked for by name */
	int forced;		/* whether or not a repository has it */
	int queued;		/* a job in the queue builds it at this version */
	int there;		/* a repository has it at this version */
	int side;		/* of the world: what it is built for */
};

struct pdep {
	const char *name;	/* binary package */
	const char *pattern;	/* what the template says */
	const char *source;	/* what makes it, NULL: no template */
	const char *arch;
	int side;		/* where it is wanted */
	int kind;		/* enum tmplkind, for plankind */
	char *pkgver;		/* as it should be, or as the repository has it;
				 * NULL when neither is known */
	size_t node;		/* its source's, PLAN_NONE: not in this plan */
	const struct repo *where;	/* has it; NULL: no repository has */
	const struct repopkg *pkg;
};

#define PLAN_NONE ((size_t)-1)

struct plan {
	int strict;		/* set by who enqueues: what the index would refuse
				 * cannot be built */
	int anyway;		/* set by who builds also what is behind */
	int refused;		/* something asked for was refused, and said */
	struct sides *sides;	/* what it is made from */
	struct chroot *chroot;
	struct pnode *nodes;
	size_t n;
	struct asked {
		char *name;	/* binary or source package */
		size_t node;
	} *asked;		/* each name once */
	size_t nasked;
	struct table *asking;	/* the names asked for */
	struct queued {
		char *pkgver;
		size_t node;
	} *queue;		/* jobs */
	size_t nqueue;
	struct graph *graph;	/* of the nodes: an edge to each that is to be built
				 * before, labelled with its first kind; with
				 * PLAN_ALL to every dependency */
	struct late {
		size_t from, to;
	} *late;		/* what queued jobs that were not asked for have to
				 * wait for too */
	size_t nlate;
	struct table *numbers[3];	/* by side: source package to its node + 1 */
	size_t loaded;		/* nodes below this number are evaluated */
	char *followed;		/* by node: its dependencies are in the graph */
};

/* opens trees, templates and repositories as the settings say; bare as in
 * struct tmplenv; anew: main repositories' indexes are fetched again; NULL after
 * a message; planclose frees it */
struct plan *planopen(int bare, int anew);

/* frees it and remembers the evaluated templates */
void planclose(struct plan *p);

/* asks for a package, binary or source; forced: build it though present; -1
 * after a message when no build makes it */
int planask(struct plan *p, const char *name, int forced);

/* says before planmake that the queue has a job that makes a package, which may
 * be in the chroot of others */
void planqueued(struct plan *p, const char *pkgver, const char *arch);

/* evaluates what was asked for and all that the scope follows; -1 after a
 * message when the system failed */
int planmake(struct plan *p, enum planscope scope);

/* returns the node of a package's source for the target, PLAN_NONE if none */
size_t planfind(const struct plan *p, const char *name);

/* returns the node of a source package on a side of the world, PLAN_NONE if none
 * or if there is no such side or source */
size_t plannumber(const struct plan *p, int side, const char *source);

/* sets d to the i-th dependency of an evaluated node, the cross compiler's
 * among them: 0 behind the last; its pkgver is freed by plandepfree; a
 * dependency on the node itself is told as such (d->node == node) */
int plandep(const struct plan *p, size_t node, size_t i, struct pdep *d);

/* frees what plandep set */
void plandepfree(struct pdep *d);

/* returns the node of the source of a package on a side, if that is to be built,
 * or is queued at the tree's version, so that who needs it has to wait;
 * PLAN_NONE otherwise */
size_t planawaits(const struct plan *p, int side, const char *name);

/* returns the node of which planawaits tells, if what it makes meets a pattern that
 * a package of that side has; PLAN_NONE otherwise */
size_t planmeets(const struct plan *p, int side, const char *pattern);

/* planmake's own: finds and evaluates the nodes; -1 after a message */
int planfollow(struct plan *p, enum planscope scope);

/* returns why a dependency of a node cannot be met, whatever is built, NULL when it
 * can; the caller owns it */
char *planunmet(const struct plan *p, size_t node, const struct pdep *d);

/* notes why a node cannot be built, unless there is a reason already; takes why */
void planfault(struct pnode *v, char *why);

/* returns the word for a dependency's kind: host, check, make, run */
const char *plankind(int kind);

/* sets *list, which the caller frees, to the nodes that have to be built for the
 * packages asked for whose plans are sound, in build order; says on standard
 * error each cycle, each fault, and each package that cannot be had for one;
 * returns 0 when all plans are sound, 1 when one is not, 3 when for a cycle */
int planorder(const struct plan *p, size_t **list, size_t *n);

/* appends the reason why a node is built: "missing", "outdated 1.0_1" ... */
void planreason(const struct pnode *v, struct buf *b);

/* appends a node's name, with its architecture if that is not the target's */
void planlabel(const struct pnode *v, struct buf *b);

/* returns a walk through nodes in words, "a -> b -> a (make, run)"; the caller
 * owns it */
char *planwalk(const struct plan *p, const struct walk *w);

/* calls fn(text, arg) with a shortest cycle of each strongly connected component
 * of the graph, as planwalk writes it; sets bad[node] for the nodes of such
 * components unless bad is NULL; order gets the nodes in build order; returns
 * the number of components with a cycle */
size_t plancycles(const struct plan *p, size_t *order, char *bad,
    void (*fn)(const char *text, void *arg), void *arg);
