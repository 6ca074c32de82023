/* A plan's graph as text for other programs. A node is called by its pkgver,
 * with the architecture behind it when that is not the target's. */

#include <stddef.h>

struct buf;
struct plan;

/* appends the edges between the n nodes as tsort(1) reads them: a line "needed
 * TAB needing" each, and one with a node twice for every node */
int renderedges(const struct plan *p, const size_t *nodes, size_t n,
    struct buf *b);

/* appends the nodes and their edges as dot(1) draws them */
int renderdot(const struct plan *p, const size_t *nodes, size_t n,
    struct buf *b);

/* appends rules with which make(1) builds the nodes: a target per job, made when
 * the index has its packages; the settings are written into it with absolute
 * paths; -1 after a message when one of them cannot be */
int rendermake(const struct plan *p, const size_t *nodes, size_t n,
    struct buf *b);
