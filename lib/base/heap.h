/* A binary heap of pointers: the least first. Each item is told where it lies,
 * so that it can be taken out of the middle. */

#include <stddef.h>

struct heap {
	void **items;
	size_t n;
	int (*cmp)(const void *a, const void *b);	/* < 0: a before b */
	size_t *(*at)(void *item);	/* the item's own note of its place */
};

/* adds an item */
void heapput(struct heap *h, void *item);

/* returns the least item, NULL when there is none */
void *heaptop(const struct heap *h);

/* takes an item out */
void heapdrop(struct heap *h, void *item);

/* puts all items in order again, after what cmp looks at has changed */
void heapsift(struct heap *h);

/* frees the heap's memory, not the items */
void heapfree(struct heap *h);
