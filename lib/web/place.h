/* Where the points of a layered picture go: in each layer an order with few
 * crossings, and heights that keep lines straight. */

#include <stddef.h>

/* a node, or where a line passes a layer between its ends */
struct point {
	size_t *left, *right;	/* neighbours in the layers beside */
	size_t nleft, nright;
	int layer;
	int passing;
	size_t at;		/* place in its layer */
	double y;		/* of its middle, downward */
};

struct picture {
	struct point *points;
	size_t n;
	struct column {
		size_t *points;
		size_t n;
	} *layers;
	int nlayers;
	double pitch;		/* least distance of two nodes */
	double gap;		/* of two lines */
};

/* adds a point to a layer and returns its number */
size_t placepoint(struct picture *w, int layer, int passing);

/* joins two points of layers side by side */
void placejoin(struct picture *w, size_t left, size_t right);

/* orders the layers and sets every y; returns the height of all */
double place(struct picture *w);

/* frees what w has */
void placefree(struct picture *w);
