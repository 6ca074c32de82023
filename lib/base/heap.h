/* A binary heap of pointers, the least first. Each item notes its place, so that it can
 * be removed from the middle. */

#include <stddef.h>

struct heap {
	void **items;
	size_t n;
	int (*cmp)(const void *a, const void *b);	/* < 0: a before b */
	size_t *(*at)(void *item);	/* where the item notes its place */
};

/* adds an item */
void heapput(struct heap *h, void *item);

/* returns the least item, NULL when there is none */
void *heaptop(const struct heap *h);

/* removes an item */
void heapdrop(struct heap *h, void *item);

/* restores the order after the items have changed */
void heapsift(struct heap *h);

/* frees the heap's memory, not the items */
void heapfree(struct heap *h);
