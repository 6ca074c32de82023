/* A picture of a graph in layers, from left to right: every node right of those
 * that its edges lead to, so that what is built first is on the left (K. Sugiyama,
 * S. Tagawa, M. Toda, 1981). Edges that others imply are left out. */

#include <stddef.h>

struct graph;

struct spot {
	int layer;		/* 0 is on the left */
	double y;		/* of its middle, downward, in units of the caller */
};

struct line {
	size_t from, to;	/* nodes, from on the right */
	struct spot *spots;	/* one for each layer from that of to to that of from */
	size_t n;
};

struct layout {
	struct spot *nodes;
	size_t n;
	struct line *lines;
	size_t nlines;
	int layers;
	double height;
};

/* lays g out; pitch is the least distance of two nodes in a layer, gap that of a
 * line from what is beside it; layoutfree frees what is in l */
void layout(const struct graph *g, double pitch, double gap,
    struct layout *l);

/* frees it */
void layoutfree(struct layout *l);
