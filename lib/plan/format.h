/* What the builds of a plan use: every dependency, direct and indirect, and the
 * repository that has it. */

#include <stddef.h>

struct buf;
struct plan;
struct repo;
struct repopkg;

struct use {
	const char *pkgver;	/* binary package */
	const char *arch;
	int kind;		/* for plankind */
	const struct repo *where;	/* NULL: the plan builds it */
	const struct repopkg *pkg;	/* NULL then too */
};

/* calls fn once for each, in the order of the plan's nodes given; run-time
 * dependencies of what a repository has are found in the repositories; what
 * such a package needs and none has is said on standard error, and -1 returned */
int formateachuse(const struct plan *p, const size_t *nodes, size_t n,
    void (*fn)(const struct use *u, void *arg), void *arg);

/* Plans as text: what spiff-deps prints. Each function appends to b what it has
 * to say of the n nodes, which are in build order; the graph's nodes are called
 * by their pkgver, with the architecture behind it when that is not the
 * target's. -1 is returned after a message. */

/* a line for each node: "pkgver TAB arch TAB reason" */
int formatplan(const struct plan *p, const size_t *nodes, size_t n,
    struct buf *b);

/* a line for each dependency of theirs, direct and indirect: "pkgver TAB arch
 * TAB kind TAB repository", - when the plan builds it */
int formatuses(const struct plan *p, const size_t *nodes, size_t n,
    struct buf *b);

/* a line for each package file that repositories have and the builds need: its
 * path or URL */
int formatpaths(const struct plan *p, const size_t *nodes, size_t n,
    struct buf *b);

/* the edges as tsort(1) reads them: a line "needed TAB needing" each, and one
 * with a node twice for every node */
int formatedges(const struct plan *p, const size_t *nodes, size_t n,
    struct buf *b);

/* nodes and edges as dot(1) draws them */
int formatdot(const struct plan *p, const size_t *nodes, size_t n,
    struct buf *b);

/* rules with which make(1) builds the nodes: a target per job, made when the
 * index has its packages; the settings are written into it with absolute paths,
 * and one that cannot be is an error */
int formatmake(const struct plan *p, const size_t *nodes, size_t n,
    struct buf *b);
