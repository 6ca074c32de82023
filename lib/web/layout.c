#include <stdlib.h>
#include <string.h>

#include "base/graph.h"
#include "base/x.h"
#include "web/layout.h"
#include "web/place.h"

/* whether an edge is drawn: cycles are cut where the order turns back */
static int
drawn(const size_t *rank, size_t from, size_t to)
{
	return rank[to] < rank[from];
}

/* numbers the layers by the longest way; rank[node] is the place in an order in
 * which needs come first; returns the number of layers */
static int
number(const struct graph *g, const size_t *order, const size_t *rank,
    int *layers)
{
	size_t i, k, to, v;
	int most;

	most = 0;
	for (i = 0; i < graphlen(g); i++) {
		v = order[i];
		layers[v] = 0;
		for (k = 0; k < graphdegree(g, v); k++) {
			to = graphnext(g, v, k, NULL);
			if (drawn(rank, v, to) && layers[v] <= layers[to])
				layers[v] = layers[to] + 1;
		}
		if (layers[v] >= most)
			most = layers[v] + 1;
	}
	return most;
}

/* whether the i-th edge of v says nothing new: some other node that v leads to
 * reaches the same one, or it is there twice */
static int
implied(const char *reach, const struct graph *g, const size_t *rank, size_t v,
    size_t i)
{
	size_t by, k, to;

	to = graphnext(g, v, i, NULL);
	for (k = 0; k < graphdegree(g, v); k++) {
		by = graphnext(g, v, k, NULL);
		if (by == to ? k < i : drawn(rank, v, by) &&
		    reach[by * graphlen(g) + to])
			return 1;
	}
	return 0;
}

/* what every node reaches, as a matrix */
static char *
reaches(const struct graph *g, const size_t *order, const size_t *rank)
{
	char *reach;
	size_t i, j, k, n, to, v;

	n = graphlen(g);
	reach = xcalloc(n * n, 1);
	for (i = 0; i < n; i++) {
		v = order[i];
		for (k = 0; k < graphdegree(g, v); k++) {
			to = graphnext(g, v, k, NULL);
			if (!drawn(rank, v, to))
				continue;
			reach[v * n + to] = 1;
			for (j = 0; j < n; j++)
				reach[v * n + j] |= reach[to * n + j];
		}
	}
	return reach;
}

static void
addline(struct picture *w, struct layout *l, size_t **ways, size_t from,
    size_t to)
{
	struct line *line;
	size_t at, next, *way;
	int layer;

	l->lines = xgrow(l->lines, l->nlines, sizeof *l->lines);
	line = &l->lines[l->nlines];
	line->from = from;
	line->to = to;
	line->n = (size_t)(w->points[from].layer - w->points[to].layer) + 1;
	line->spots = xcalloc(line->n, sizeof *line->spots);
	way = xcalloc(line->n, sizeof *way);
	at = way[0] = to;
	for (layer = w->points[to].layer + 1; layer < w->points[from].layer;
	    layer++) {
		next = placepoint(w, layer, 1);
		placejoin(w, at, next);
		at = way[layer - w->points[to].layer] = next;
	}
	placejoin(w, at, from);
	way[line->n - 1] = from;
	ways[l->nlines++] = way;
}

/* makes the points and the lines; returns the points that each line goes by */
static size_t **
build(const struct graph *g, struct picture *w, struct layout *l)
{
	size_t *component, **ways, *order, *rank, i, k, n, to;
	int *layers;
	char *reach;

	n = graphlen(g);
	order = xcalloc(n, sizeof *order);
	rank = xcalloc(n, sizeof *rank);
	component = xcalloc(n, sizeof *component);
	layers = xcalloc(n, sizeof *layers);
	graphorder(g, order, component);
	for (i = 0; i < n; i++)
		rank[order[i]] = i;
	w->nlayers = number(g, order, rank, layers);
	w->layers = xcalloc((size_t)w->nlayers, sizeof *w->layers);
	for (i = 0; i < n; i++)
		placepoint(w, layers[i], 0);
	reach = reaches(g, order, rank);
	ways = NULL;
	for (i = 0; i < n; i++) {
		for (k = 0; k < graphdegree(g, i); k++) {
			to = graphnext(g, i, k, NULL);
			if (!drawn(rank, i, to) ||
			    implied(reach, g, rank, i, k))
				continue;
			ways = xgrow(ways, l->nlines, sizeof *ways);
			addline(w, l, ways, i, to);
		}
	}
	free(reach);
	free(order);
	free(rank);
	free(component);
	free(layers);
	return ways;
}

static void
takeover(const struct picture *w, size_t **ways, struct layout *l)
{
	const struct point *p;
	struct line *line;
	size_t i, k;

	l->nodes = xcalloc(l->n, sizeof *l->nodes);
	for (i = 0; i < l->n; i++) {
		l->nodes[i].layer = w->points[i].layer;
		l->nodes[i].y = w->points[i].y;
	}
	for (i = 0; i < l->nlines; i++) {
		line = &l->lines[i];
		for (k = 0; k < line->n; k++) {
			p = &w->points[ways[i][k]];
			line->spots[k].layer = p->layer;
			line->spots[k].y = p->y;
		}
		free(ways[i]);
	}
	free(ways);
}

void
layout(const struct graph *g, double pitch, double gap, struct layout *l)
{
	struct picture w = { .pitch = pitch, .gap = gap };
	size_t **ways;

	memset(l, 0, sizeof *l);
	l->n = graphlen(g);
	if (l->n == 0)
		return;
	ways = build(g, &w, l);
	l->layers = w.nlayers;
	l->height = place(&w);
	takeover(&w, ways, l);
	placefree(&w);
}

void
layoutfree(struct layout *l)
{
	size_t i;

	for (i = 0; i < l->nlines; i++)
		free(l->lines[i].spots);
	free(l->lines);
	free(l->nodes);
	memset(l, 0, sizeof *l);
}
