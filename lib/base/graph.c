#include <stdlib.h>
#include <string.h>

#include "base/graph.h"
#include "base/x.h"

static const size_t none = (size_t)-1;

struct edge {
	size_t to;
	int label;
};

struct node {
	struct edge *edges;
	size_t n;
};

struct graph {
	struct node *nodes;
	size_t n;
};

struct graph *
mkgraph(void)
{
	return xcalloc(1, sizeof(struct graph));
}

void
graphdel(struct graph *g)
{
	size_t i;

	if (!g)
		return;
	for (i = 0; i < g->n; i++)
		free(g->nodes[i].edges);
	free(g->nodes);
	free(g);
}

size_t
graphnode(struct graph *g)
{
	g->nodes = xgrow(g->nodes, g->n, sizeof *g->nodes);
	memset(&g->nodes[g->n], 0, sizeof g->nodes[g->n]);
	return g->n++;
}

void
graphedge(struct graph *g, size_t from, size_t to, int label)
{
	struct node *v = &g->nodes[from];

	v->edges = xgrow(v->edges, v->n, sizeof *v->edges);
	v->edges[v->n++] = (struct edge){ .to = to, .label = label };
}

size_t
graphlen(const struct graph *g)
{
	return g->n;
}

size_t
graphdegree(const struct graph *g, size_t node)
{
	return g->nodes[node].n;
}

size_t
graphnext(const struct graph *g, size_t node, size_t i, int *label)
{
	const struct edge *e = &g->nodes[node].edges[i];

	if (label)
		*label = e->label;
	return e->to;
}

struct graph *
graphreverse(const struct graph *g)
{
	struct graph *r;
	size_t i, k;

	r = mkgraph();
	for (i = 0; i < g->n; i++)
		graphnode(r);
	for (i = 0; i < g->n; i++) {
		for (k = 0; k < g->nodes[i].n; k++)
			graphedge(r, g->nodes[i].edges[k].to, i,
			    g->nodes[i].edges[k].label);
	}
	return r;
}

/* Tarjan's algorithm with an array for the stack of calls: a frame is a node and the
 * number of its edges that were followed. */
struct search {
	const struct graph *g;
	size_t *index;		/* order of discovery, or none */
	size_t *low;		/* the lowest index known to be reachable */
	size_t *calls, *edge;	/* the stack */
	size_t depth;
	size_t *open;		/* nodes whose component is not complete */
	size_t nopen, nfound;
	size_t *order, *component;
	size_t norder, ncomponents;
};

static void
enter(struct search *s, size_t v)
{
	s->index[v] = s->low[v] = s->nfound++;
	s->open[s->nopen++] = v;
	s->edge[v] = 0;
	s->calls[s->depth++] = v;
}

static void
leave(struct search *s, size_t v)
{
	size_t w;

	s->depth--;
	if (s->depth > 0) {
		w = s->calls[s->depth - 1];
		if (s->low[v] < s->low[w])
			s->low[w] = s->low[v];
	}
	s->order[s->norder++] = v;
	if (s->low[v] != s->index[v])
		return;
	do {
		w = s->open[--s->nopen];
		s->component[w] = s->ncomponents;
	} while (w != v);
	s->ncomponents++;
}

static void
visitfrom(struct search *s, size_t root)
{
	const struct node *v;
	size_t at, to;

	enter(s, root);
	while (s->depth > 0) {
		at = s->calls[s->depth - 1];
		v = &s->g->nodes[at];
		if (s->edge[at] == v->n) {
			leave(s, at);
			continue;
		}
		to = v->edges[s->edge[at]++].to;
		if (s->index[to] == none)
			enter(s, to);
		else if (s->component[to] == none && s->index[to] < s->low[at])
			s->low[at] = s->index[to];
	}
}

size_t
graphorder(const struct graph *g, size_t *order, size_t *component)
{
	struct search s = { .g = g, .order = order, .component = component };
	size_t *block, i, n;

	n = g->n;
	block = xcalloc(n, 5 * sizeof *block);
	s.index = block;
	s.low = block + n;
	s.calls = block + 2 * n;
	s.edge = block + 3 * n;
	s.open = block + 4 * n;
	for (i = 0; i < n; i++)
		s.index[i] = component[i] = none;
	for (i = 0; i < n; i++) {
		if (s.index[i] == none)
			visitfrom(&s, i);
	}
	free(block);
	return s.ncomponents;
}

/* Breadth-first searches: from[v] is the node before v on a shortest walk, seen[v] the
 * number of the search that found it, so that no marks need be cleared in between. */
struct breadth {
	const struct graph *g;
	size_t *queue, *from, *seen;
	int *label;
	size_t serial;
};

static void
breadthinit(struct breadth *b, const struct graph *g)
{
	b->g = g;
	b->queue = xcalloc(g->n, sizeof *b->queue);
	b->from = xcalloc(g->n, sizeof *b->from);
	b->seen = xcalloc(g->n, sizeof *b->seen);
	b->label = xcalloc(g->n, sizeof *b->label);
	b->serial = 0;
}

static void
breadthfree(struct breadth *b)
{
	free(b->queue);
	free(b->from);
	free(b->seen);
	free(b->label);
}

/* searches from a node, within its component unless component is NULL, until an edge
 * leads to goal; returns the length of the walk, 0 when there is none below limit */
static size_t
breadthfind(struct breadth *b, size_t start, size_t goal,
    const size_t *component, size_t limit)
{
	const struct edge *e;
	size_t at, head, i, last, length, tail;

	b->serial++;
	head = tail = length = 0;
	last = 1;
	b->queue[tail++] = start;
	while (head < tail) {
		if (head == 0 || head == last) {
			last = tail;
			if (++length >= limit)
				return 0;
		}
		at = b->queue[head++];
		for (i = 0; i < b->g->nodes[at].n; i++) {
			e = &b->g->nodes[at].edges[i];
			if (component && component[e->to] != component[start])
				continue;
			if (b->seen[e->to] == b->serial)
				continue;
			b->seen[e->to] = b->serial;
			b->from[e->to] = at;
			b->label[e->to] = e->label;
			if (e->to == goal)
				return length;
			if (e->to != start)
				b->queue[tail++] = e->to;
		}
	}
	return 0;
}

static void
breadthwalk(const struct breadth *b, size_t goal, size_t length,
    struct walk *w)
{
	size_t at, i;

	w->n = length + 1;
	w->nodes = xcalloc(w->n, sizeof *w->nodes);
	w->labels = xcalloc(w->n, sizeof *w->labels);
	at = goal;
	for (i = w->n; i-- > 0; at = b->from[at]) {
		w->nodes[i] = at;
		w->labels[i] = i > 0 ? b->label[at] : 0;
	}
}

int
graphcycle(const struct graph *g, const size_t *component, size_t which,
    struct walk *w)
{
	struct breadth b;
	size_t best, length, v;

	memset(w, 0, sizeof *w);
	breadthinit(&b, g);
	best = none;
	for (v = 0; v < g->n; v++) {
		if (component[v] != which)
			continue;
		length = breadthfind(&b, v, v, component, best);
		if (length == 0)
			continue;
		best = length;
		graphwalkfree(w);
		breadthwalk(&b, v, length, w);
	}
	breadthfree(&b);
	return w->n > 0;
}

int
graphpath(const struct graph *g, size_t from, size_t to, struct walk *w)
{
	struct breadth b;
	size_t length;

	memset(w, 0, sizeof *w);
	breadthinit(&b, g);
	length = from == to ? 0 : breadthfind(&b, from, to, NULL, none);
	if (length > 0 || from == to)
		breadthwalk(&b, to, length, w);
	breadthfree(&b);
	return w->n > 0;
}

void
graphreach(const struct graph *g, char *mark)
{
	size_t *queue, i, n, v;

	queue = xcalloc(g->n, sizeof *queue);
	n = 0;
	for (v = 0; v < g->n; v++) {
		if (mark[v])
			queue[n++] = v;
	}
	while (n > 0) {
		v = queue[--n];
		for (i = 0; i < g->nodes[v].n; i++) {
			size_t to = g->nodes[v].edges[i].to;

			if (!mark[to]) {
				mark[to] = 1;
				queue[n++] = to;
			}
		}
	}
	free(queue);
}

void
graphwalkfree(struct walk *w)
{
	free(w->nodes);
	free(w->labels);
	memset(w, 0, sizeof *w);
}
