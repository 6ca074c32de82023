/* Plans as spiff-deps prints them. Each function appends lines about n nodes, which are
 * in build order, to b; -1 after a message. */

#include <stddef.h>

struct buf;
struct plan;

/* "pkgver TAB arch TAB reason" for each node */
int formatplan(const struct plan *p, const size_t *nodes, size_t n,
    struct buf *b);

/* "pkgver TAB arch TAB kind TAB repository" for each dependency, direct and indirect;
 * the repository is - when the plan builds the dependency */
int formatuses(const struct plan *p, const size_t *nodes, size_t n,
    struct buf *b);

/* the path or URL of each package file that the builds need and a repository has */
int formatpaths(const struct plan *p, const size_t *nodes, size_t n,
    struct buf *b);

/* the edges as tsort(1) reads them: "needed TAB needing", and "node TAB node" for each
 * node; a node is a pkgver, with the architecture if that is not the target's */
int formatedges(const struct plan *p, const size_t *nodes, size_t n,
    struct buf *b);

/* the graph as dot(1) reads it */
int formatdot(const struct plan *p, const size_t *nodes, size_t n,
    struct buf *b);

/* rules with which make(1) builds the nodes: a target for each job, which is made when
 * the index has its packages. The settings are written into the rules with absolute
 * paths; a value that make or the shell would change is an error. */
int formatmake(const struct plan *p, const size_t *nodes, size_t n,
    struct buf *b);
