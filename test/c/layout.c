/* Lays out the graph that standard input has, a line "FROM TO" for each edge, the
 * numbers below the operand:
 *
 *	layout NODES
 *
 * Prints "node N LAYER Y", "line FROM TO SPOTS" and what is wrong with it. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/graph.h"
#include "web/layout.h"

enum { PITCH = 30, GAP = 10 };

/* nodes of a layer keep their distance, lines lead from layer to layer */
static void
verify(const struct layout *l)
{
	const struct line *n;
	double d;
	size_t i, k;

	for (i = 0; i < l->n; i++) {
		for (k = 0; k < i; k++) {
			d = l->nodes[i].y - l->nodes[k].y;
			if (l->nodes[i].layer == l->nodes[k].layer &&
			    d < PITCH - 0.01 && d > 0.01 - PITCH)
				printf("too near: %zu %zu\n", k, i);
		}
		if (l->nodes[i].y < 0 || l->nodes[i].y > l->height ||
		    l->nodes[i].layer < 0 || l->nodes[i].layer >= l->layers)
			printf("outside: %zu\n", i);
	}
	for (i = 0; i < l->nlines; i++) {
		n = &l->lines[i];
		for (k = 0; k < n->n; k++) {
			if (n->spots[k].layer !=
			    l->nodes[n->to].layer + (int)k)
				printf("astray: %zu %zu\n", n->from, n->to);
		}
		if (n->spots[n->n - 1].layer != l->nodes[n->from].layer)
			printf("short: %zu %zu\n", n->from, n->to);
	}
}

int
main(int argc, char **argv)
{
	struct layout l;
	struct graph *g;
	size_t from, i, n, to;

	if (argc != 2)
		errx(2, "usage: layout nodes <edges");
	g = mkgraph();
	n = strtoul(argv[1], NULL, 10);
	for (i = 0; i < n; i++)
		graphnode(g);
	while (scanf("%zu %zu", &from, &to) == 2)
		graphedge(g, from, to, 0);
	layout(g, PITCH, GAP, &l);
	for (i = 0; i < l.n; i++)
		printf("node %zu %d %.0f\n", i, l.nodes[i].layer, l.nodes[i].y);
	for (i = 0; i < l.nlines; i++)
		printf("line %zu %zu %zu\n", l.lines[i].from, l.lines[i].to,
		    l.lines[i].n);
	verify(&l);
	layoutfree(&l);
	graphdel(g);
	return fflush(stdout) ? 1 : 0;
}
