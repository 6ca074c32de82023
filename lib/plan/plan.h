/* The plan: which source packages have to be built, for which machine and in which
 * order, so that the packages asked for exist. A node is a source package built for
 * one architecture. A dependency is satisfied when a repository has it at exactly
 * the template's version. The plan also follows the run-time dependencies of
 * satisfied ones, since xbps-src installs them into the chroot too: it builds those
 * that no repository has, and waits for those that are queued. */

#include <stddef.h>

struct buf;
struct chroot;
struct graph;
struct limits;
struct repo;
struct repopkg;
struct relinks;
struct sides;
struct table;
struct tmpl;
struct walk;

enum planscope {
	PLAN_ASKED,	/* only the packages asked for */
	PLAN_MISSING,	/* and what has to be built for them */
	PLAN_ALL	/* and every dependency, satisfied or not */
};

struct pnode {
	const char *name;	/* source package */
	const char *arch;	/* the target's or the host's */
	const struct tmpl *t;	/* NULL until planmake */
	char *pkgver;		/* NULL: the template cannot be evaluated */
	char *had;		/* another version that a repository has, or NULL */
	char *fault;		/* why it cannot be built, or NULL */
	char *behind;		/* a newer version that a repository has, or NULL */
	char *broken;		/* a soname that one of its packages in the build
				 * repository needs and no repository has, or NULL */
	int staged;		/* only the stage takes the soname away */
	char *relink;		/* if that is a reason: a package with another interface
				 * than that against which it was built; or NULL */
	int build;		/* it has to be built */
	int asked;		/* it was asked for by name */
	int forced;		/* build it though a repository has it */
	int queued;		/* a job in the queue builds this version */
	int there;		/* a repository has this version */
	int side;		/* what it is built for */
};

struct pdep {
	const char *name;	/* binary package */
	const char *pattern;	/* as the template has it */
	const char *source;	/* its source package, NULL: no template */
	const char *arch;
	int side;		/* where it is installed */
	int kind;		/* enum tmplkind, for plankind */
	char *pkgver;		/* the version wanted, or the one that a repository
				 * has; NULL when neither is known */
	size_t node;		/* its source's, PLAN_NONE: not in this plan */
	const struct repo *where;	/* has it; NULL: no repository */
	const struct repopkg *pkg;
};

#define PLAN_NONE ((size_t)-1)

struct plan {
	int strict;		/* set by who enqueues: a build whose packages the index
				 * would refuse is a fault */
	int anyway;		/* set by who wants also what is behind built */
	int refused;		/* a package asked for was refused, after a message */
	struct sides *sides;	/* tree, templates and repositories */
	struct chroot *chroot;
	struct limits *limits;
	struct relinks *relinks;	/* NULL: nobody asks for them */
	struct pnode *nodes;
	size_t n;
	struct asked {
		char *name;	/* binary or source package */
		size_t node;
		int path;	/* only as a path in srcpkgs/ */
	} *asked;		/* each name once */
	size_t nasked;
	struct table *asking;	/* the names asked for */
	struct queued {
		char *pkgver;
		size_t node;
	} *queue;		/* jobs */
	size_t nqueue;
	struct graph *graph;	/* an edge from a node to each that is built before it,
				 * labelled with the kind; with PLAN_ALL to every
				 * dependency */
	struct late {
		size_t from, to;
	} *late;		/* edges of queued jobs that were not asked for */
	size_t nlate;
	struct table *numbers[3];	/* by side: source package to its node + 1 */
	size_t loaded;		/* nodes below this number are evaluated */
	char *followed;		/* by node: its dependencies are in the graph */
};

/* opens trees, templates and repositories as the settings say; bare is as in struct
 * tmplenv; anew fetches the main repositories' indexes again; NULL after a message;
 * planclose frees it */
struct plan *planopen(int bare, int anew);

/* frees the plan and saves the evaluated templates in the cache */
void planclose(struct plan *p);

enum {
	PLAN_FORCED = 1,	/* build it though a repository has it */
	PLAN_PATH = 2		/* it is a path in srcpkgs/: of a link, the template is
				 * asked for, which need not make that package */
};

/* asks for a binary or source package; how has the flags above; -1 after a message when
 * no build makes it */
int planask(struct plan *p, const char *name, int how);

/* adds a job of the queue to the plan before planmake, as other builds may have to
 * wait for it */
void planqueued(struct plan *p, const char *pkgver, const char *arch);

/* evaluates the packages asked for and all that the scope follows, and makes the
 * graph; -1 after a message when the system failed */
int planmake(struct plan *p, enum planscope scope);

/* returns the node of a package's source for the target, PLAN_NONE if none */
size_t planfind(const struct plan *p, const char *name);

/* returns the node of a source package for a side, PLAN_NONE if the plan has none;
 * source may be NULL and side SIDE_NONE */
size_t plannumber(const struct plan *p, int side, const char *source);

/* sets d to the i-th dependency of an evaluated node, the cross compiler and sysroot
 * of a cross build among them; 0 behind the last; plandepfree frees it; a dependency
 * on the node's own packages has d->node == node */
int plandep(const struct plan *p, size_t node, size_t i, struct pdep *d);

/* frees what plandep set */
void plandepfree(struct pdep *d);

/* returns the node of a package's source if it has to be built, or is queued at the
 * tree's version, so that who needs the package waits; else PLAN_NONE */
size_t planawaits(const struct plan *p, int side, const char *name);

/* returns the node that planawaits has for a pattern's name if the version that it
 * makes meets the pattern; else PLAN_NONE */
size_t planmeets(const struct plan *p, int side, const char *pattern);

/* returns why a node does not make a package, though a link in srcpkgs/ says so; NULL if
 * it makes it, or cannot be built anyway; the caller owns it */
char *planunmade(const struct plan *p, const struct pnode *v, const char *name);

/* for planmake: finds and evaluates the nodes; -1 after a message */
int planfollow(struct plan *p, enum planscope scope);

/* returns why no build and no repository can meet a dependency of a node, NULL when
 * one can; the caller owns it */
char *planunmet(const struct plan *p, size_t node, const struct pdep *d);

/* Returns why a node that has a pkgver is not to be built for now, as limitshold has
 * it, NULL when it may be. */
const char *planheld(const struct plan *p, const struct pnode *v, int *never);

/* takes the reason why a node cannot be built; the first reason stays */
void planfault(struct pnode *v, char *why);

/* returns the architecture of the machine that builds a node */
const char *planhost(const struct pnode *v);

/* returns the word for a dependency's kind: host, check, make, run */
const char *plankind(int kind);

/* sets *list, which the caller frees, to the nodes that have to be built, in build
 * order, leaving out packages asked for whose plans have a fault; says each cycle
 * and fault on standard error; returns 0 when there is none, 3 for a cycle, else 1 */
int planorder(const struct plan *p, size_t **list, size_t *n);

/* appends the reason why a node is built: "missing", "outdated 1.0_1" ... */
void planreason(const struct pnode *v, struct buf *b);

/* appends what the build repository's packages of a node suffer from, which is
 * something: "broken SONAME", "staged SONAME", "relink DEP" */
void plancause(const struct pnode *v, struct buf *b);

/* appends a node's name, with its architecture if that is not the target's */
void planlabel(const struct pnode *v, struct buf *b);

/* returns a walk through nodes in words, "a -> b -> a (make, run)"; the caller
 * owns it */
char *planwalk(const struct plan *p, const struct walk *w);

/* calls fn(text, arg), unless fn is NULL, with a shortest cycle of each strongly
 * connected component, as planwalk writes it; sets bad[node] for the nodes of such
 * components unless bad is NULL; sets order to the nodes in build order; returns
 * the number of components with a cycle */
size_t plancycles(const struct plan *p, size_t *order, char *bad,
    void (*fn)(const char *text, void *arg), void *arg);
