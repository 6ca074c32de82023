/* A directed graph of numbered nodes with labelled edges: the order to build
 * in, cycles, reachability, shortest paths. All of it takes time linear in the
 * graph but for the shortest cycles, which take it once per node of a cycle's
 * component. Nothing recurses, so that depth costs no stack. */

#include <stddef.h>

struct graph;

/* a walk along edges: nodes[0] ... nodes[n - 1], and the label of the edge that
 * leads to each from the one before it (labels[0] means nothing) */
struct walk {
	size_t n;
	size_t *nodes;
	int *labels;
};

/* returns a graph without nodes; graphdel frees it */
struct graph *mkgraph(void);

/* frees it */
void graphdel(struct graph *g);

/* adds a node and returns its number: 0, 1, 2 ... */
size_t graphnode(struct graph *g);

/* adds an edge between nodes of the graph; the same one twice is one more */
void graphedge(struct graph *g, size_t from, size_t to, int label);

/* returns the number of nodes */
size_t graphlen(const struct graph *g);

/* returns the number of edges that leave a node */
size_t graphdegree(const struct graph *g, size_t node);

/* returns where the i-th edge of a node leads, and sets its label */
size_t graphnext(const struct graph *g, size_t node, size_t i, int *label);

/* returns a graph with every edge turned round; the caller owns it */
struct graph *graphreverse(const struct graph *g);

/* fills order with all nodes so that each comes behind those its edges lead to
 * (cycles aside), in the order of numbers where that leaves a choice; sets
 * component[node] to the number of its strongly connected component, numbered
 * from 0 in this order (R. E. Tarjan, 1972); returns their number */
size_t graphorder(const struct graph *g, size_t *order, size_t *component);

/* finds a shortest cycle through nodes of the component, component as graphorder
 * set it: a walk that ends where it began, freed by graphwalkfree; 0, and w empty,
 * when the component has no cycle; of equals the one with the lowest node */
int graphcycle(const struct graph *g, const size_t *component, size_t which,
    struct walk *w);

/* finds a shortest walk from one node to another, freed by graphwalkfree; 0, and
 * w empty, when there is none */
int graphpath(const struct graph *g, size_t from, size_t to, struct walk *w);

/* sets mark[node], an array of zeros and ones, to 1 for every node that can be
 * reached from those already marked */
void graphreach(const struct graph *g, char *mark);

/* frees what a walk has */
void graphwalkfree(struct walk *w);
