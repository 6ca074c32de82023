/* Reads a graph, a line "FROM TO LABEL" an edge and "NODE" a node, the nodes
 * called by single letters, and prints what base/graph says of it: the order, a
 * shortest cycle of each component that has one, what can be reached from the
 * first node, and a shortest way from the first node to the last. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/graph.h"
#include "base/x.h"

static char names[256];
static struct graph *g;

static size_t
node(char name)
{
	char *s;

	s = strchr(names, name);
	if (s)
		return (size_t)(s - names);
	names[graphlen(g)] = name;
	return graphnode(g);
}

static void
printwalk(const char *what, const struct walk *w)
{
	size_t i;

	printf("%s", what);
	for (i = 0; i < w->n; i++) {
		if (i)
			printf(" -%d-", w->labels[i]);
		printf(" %c", names[w->nodes[i]]);
	}
	putchar('\n');
}

int
main(void)
{
	struct walk w;
	size_t *component, *order, i, n;
	char from, *mark, line[64], to;
	int fields, label;

	g = mkgraph();
	while (fgets(line, sizeof line, stdin)) {
		fields = sscanf(line, "%c %c %d", &from, &to, &label);
		if (fields == 3) {
			n = node(from);
			graphedge(g, n, node(to), label);
		} else {
			node(from);
		}
	}
	n = graphlen(g);
	order = xcalloc(n, sizeof *order);
	component = xcalloc(n, sizeof *component);
	n = graphorder(g, order, component);
	printf("order");
	for (i = 0; i < graphlen(g); i++)
		printf(" %c", names[order[i]]);
	putchar('\n');
	for (i = 0; i < n; i++) {
		if (graphcycle(g, component, i, &w))
			printwalk("cycle", &w);
		graphwalkfree(&w);
	}
	mark = xcalloc(graphlen(g), 1);
	mark[0] = 1;
	graphreach(g, mark);
	printf("reach");
	for (i = 0; i < graphlen(g); i++) {
		if (mark[i])
			printf(" %c", names[i]);
	}
	putchar('\n');
	if (graphpath(g, 0, graphlen(g) - 1, &w))
		printwalk("path", &w);
	graphwalkfree(&w);
	free(mark);
	free(order);
	free(component);
	graphdel(g);
	return 0;
}
