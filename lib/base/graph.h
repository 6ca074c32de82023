/* A directed graph of numbered nodes with labelled edges: build order, cycles,
 * reachability, shortest paths. Each takes time linear in the graph, a shortest cycle
 * that for each node of its component. No function recurses. */

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

/* adds an edge between two nodes, also if there is one already */
void graphedge(struct graph *g, size_t from, size_t to, int label);

/* returns the number of nodes */
size_t graphlen(const struct graph *g);

/* returns the number of edges that leave a node */
size_t graphdegree(const struct graph *g, size_t node);

/* returns where the i-th edge of a node leads, and sets its label */
size_t graphnext(const struct graph *g, size_t node, size_t i, int *label);

/* returns a graph with every edge reversed; the caller owns it */
struct graph *graphreverse(const struct graph *g);

/* sets order to all nodes, each behind those that its edges lead to except in a cycle,
 * and otherwise in the order of numbers; sets component[node] to the number of its
 * strongly connected component, numbered from 0 in this order (R. E. Tarjan, 1972);
 * returns the number of components */
size_t graphorder(const struct graph *g, size_t *order, size_t *component);

/* sets w to a shortest cycle in a component, as graphorder has set component: a walk that
 * ends where it begins; of equally short ones the one with the lowest node; 0, with w
 * empty, when there is no cycle; graphwalkfree frees it */
int graphcycle(const struct graph *g, const size_t *component, size_t which,
    struct walk *w);

/* sets w to a shortest walk from one node to another; 0, with w empty, when there is
 * none; graphwalkfree frees it */
int graphpath(const struct graph *g, size_t from, size_t to, struct walk *w);

/* sets mark[node] to 1 for every node that can be reached from one whose mark is 1; the
 * others are 0 */
void graphreach(const struct graph *g, char *mark);

/* frees what a walk has */
void graphwalkfree(struct walk *w);
