#include <stdlib.h>
#include <string.h>

#include "base/x.h"
#include "web/place.h"

enum { SWEEPS = 24 };

/* a point and where its neighbours would have it */
struct wish {
	size_t point;
	double want, weight;
};

size_t
placepoint(struct picture *w, int layer, int passing)
{
	struct column *l = &w->layers[layer];
	struct point *p;

	w->points = xgrow(w->points, w->n, sizeof *w->points);
	p = &w->points[w->n];
	memset(p, 0, sizeof *p);
	p->layer = layer;
	p->passing = passing;
	p->at = l->n;
	l->points = xgrow(l->points, l->n, sizeof *l->points);
	l->points[l->n++] = w->n;
	return w->n++;
}

void
placejoin(struct picture *w, size_t left, size_t right)
{
	struct point *l = &w->points[left], *r = &w->points[right];

	l->right = xgrow(l->right, l->nright, sizeof *l->right);
	l->right[l->nright++] = right;
	r->left = xgrow(r->left, r->nleft, sizeof *r->left);
	r->left[r->nleft++] = left;
}

void
placefree(struct picture *w)
{
	size_t i;
	int k;

	for (i = 0; i < w->n; i++) {
		free(w->points[i].left);
		free(w->points[i].right);
	}
	for (k = 0; k < w->nlayers; k++)
		free(w->layers[k].points);
	free(w->points);
	free(w->layers);
	memset(w, 0, sizeof *w);
}

static int
bywant(const void *a, const void *b)
{
	const struct wish *x = a, *y = b;

	if (x->want < y->want || x->want > y->want)
		return x->want < y->want ? -1 : 1;
	return (x->point > y->point) - (x->point < y->point);
}

/* orders a layer by the mean place of each point's neighbours on one side; those
 * that have none keep their place */
static void
reorder(struct picture *w, int layer, int toleft)
{
	struct column *l = &w->layers[layer];
	const struct point *p;
	struct wish *wishes;
	const size_t *near;
	size_t i, k, n;
	double sum;

	wishes = xcalloc(l->n, sizeof *wishes);
	for (i = 0; i < l->n; i++) {
		p = &w->points[l->points[i]];
		near = toleft ? p->left : p->right;
		n = toleft ? p->nleft : p->nright;
		sum = 0;
		for (k = 0; k < n; k++)
			sum += (double)w->points[near[k]].at /
			    (double)w->layers[layer + (toleft ? -1 : 1)].n;
		wishes[i].point = l->points[i];
		wishes[i].want = n ? sum / (double)n :
		    (double)p->at / (double)l->n;
	}
	qsort(wishes, l->n, sizeof *wishes, bywant);
	for (i = 0; i < l->n; i++) {
		l->points[i] = wishes[i].point;
		w->points[wishes[i].point].at = i;
	}
	free(wishes);
}

static double
distance(const struct picture *w, size_t a, size_t b)
{
	double d;

	d = w->points[a].passing ? w->gap : w->pitch;
	d += w->points[b].passing ? w->gap : w->pitch;
	return d / 2;
}

/* Moves a layer's points as near to their wishes as the distances between them
 * allow, in the least squares sense: with the distances taken off, the heights
 * must not fall, which is what pooling adjacent violators makes of them (M. Ayer
 * et al., 1955). */
static void
settle(struct picture *w, const struct column *l, const struct wish *wishes)
{
	struct wish *pools;
	size_t *size, i, k, n;
	double offset;

	pools = xcalloc(l->n, sizeof *pools);
	size = xcalloc(l->n, sizeof *size);
	offset = 0;
	n = 0;
	for (i = 0; i < l->n; i++) {
		if (i > 0)
			offset += distance(w, l->points[i - 1], l->points[i]);
		pools[n].want = wishes[i].want - offset;
		pools[n].weight = wishes[i].weight;
		size[n] = 1;
		for (; n > 0 && pools[n].want < pools[n - 1].want; n--) {
			pools[n - 1].want = (pools[n - 1].want *
			    pools[n - 1].weight + pools[n].want *
			    pools[n].weight) / (pools[n - 1].weight +
			    pools[n].weight);
			pools[n - 1].weight += pools[n].weight;
			size[n - 1] += size[n];
		}
		n++;
	}
	offset = 0;
	k = 0;
	for (i = 0; i < l->n; i++) {
		if (i > 0)
			offset += distance(w, l->points[i - 1], l->points[i]);
		w->points[l->points[i]].y = pools[k].want + offset;
		if (--size[k] == 0)
			k++;
	}
	free(pools);
	free(size);
}

static void
wish(const struct picture *w, size_t point, int left, int right,
    struct wish *to)
{
	const struct point *p = &w->points[point];
	double sum;
	size_t i, n;

	sum = 0;
	n = 0;
	for (i = 0; left && i < p->nleft; i++, n++)
		sum += w->points[p->left[i]].y;
	for (i = 0; right && i < p->nright; i++, n++)
		sum += w->points[p->right[i]].y;
	to->want = n ? sum / (double)n : p->y;
	/* those that nothing pulls give way, long lines become straight */
	to->weight = n ? p->passing ? 2 : 1 : 0.1;
}

static void
straighten(struct picture *w, int layer, int left, int right)
{
	struct column *l = &w->layers[layer];
	struct wish *wishes;
	size_t i;

	wishes = xcalloc(l->n, sizeof *wishes);
	for (i = 0; i < l->n; i++)
		wish(w, l->points[i], left, right, &wishes[i]);
	settle(w, l, wishes);
	free(wishes);
}

static void
stack(struct picture *w)
{
	struct column *l;
	size_t i;
	int k;

	for (k = 0; k < w->nlayers; k++) {
		l = &w->layers[k];
		for (i = 0; i < l->n; i++)
			w->points[l->points[i]].y = i == 0 ? 0 :
			    w->points[l->points[i - 1]].y +
			    distance(w, l->points[i - 1], l->points[i]);
	}
}

static double
shift(struct picture *w)
{
	double high, low;
	size_t i;

	low = high = w->points[0].y;
	for (i = 0; i < w->n; i++) {
		low = w->points[i].y < low ? w->points[i].y : low;
		high = w->points[i].y > high ? w->points[i].y : high;
	}
	for (i = 0; i < w->n; i++)
		w->points[i].y += w->pitch / 2 - low;
	return high - low + w->pitch;
}

double
place(struct picture *w)
{
	int k, sweep;

	for (sweep = 0; sweep < SWEEPS; sweep++) {
		for (k = 1; k < w->nlayers; k++)
			reorder(w, k, 1);
		for (k = w->nlayers - 2; k >= 0; k--)
			reorder(w, k, 0);
	}
	stack(w);
	for (sweep = 0; sweep < SWEEPS; sweep++) {
		for (k = 1; k < w->nlayers; k++)
			straighten(w, k, 1, sweep > SWEEPS / 2);
		for (k = w->nlayers - 2; k >= 0; k--)
			straighten(w, k, sweep > SWEEPS / 2, 1);
	}
	return shift(w);
}
