#include <stdlib.h>

#include "base/heap.h"
#include "base/x.h"

static void
placeitem(struct heap *h, size_t i, void *item)
{
	h->items[i] = item;
	*h->at(item) = i;
}

static void
moveup(struct heap *h, size_t i)
{
	void *item;
	size_t parent;

	item = h->items[i];
	for (; i > 0; i = parent) {
		parent = (i - 1) / 2;
		if (h->cmp(h->items[parent], item) <= 0)
			break;
		placeitem(h, i, h->items[parent]);
	}
	placeitem(h, i, item);
}

static void
movedown(struct heap *h, size_t i)
{
	void *item;
	size_t child;

	item = h->items[i];
	for (; (child = 2 * i + 1) < h->n; i = child) {
		if (child + 1 < h->n &&
		    h->cmp(h->items[child + 1], h->items[child]) < 0)
			child++;
		if (h->cmp(item, h->items[child]) <= 0)
			break;
		placeitem(h, i, h->items[child]);
	}
	placeitem(h, i, item);
}

void
heapput(struct heap *h, void *item)
{
	h->items = xgrow(h->items, h->n, sizeof *h->items);
	h->items[h->n++] = item;
	moveup(h, h->n - 1);
}

void *
heaptop(const struct heap *h)
{
	return h->n ? h->items[0] : NULL;
}

void
heapdrop(struct heap *h, void *item)
{
	size_t i;

	i = *h->at(item);
	if (i != --h->n) {
		h->items[i] = h->items[h->n];
		moveup(h, i);
		movedown(h, *h->at(h->items[i]));
	}
}

void
heapsift(struct heap *h)
{
	size_t i;

	for (i = h->n / 2; i-- > 0;)
		movedown(h, i);
}

void
heapfree(struct heap *h)
{
	free(h->items);
	h->items = NULL;
	h->n = 0;
}
