#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/x.h"

/* bytes of a block; one for each piece shows the sanitizers where that ends */
#ifndef ARENABLOCK
#define ARENABLOCK (256 * 1024)
#endif

enum { BLOCK = ARENABLOCK, ALIGN = alignof(max_align_t) };

struct block {
	struct block *next;
	max_align_t mem[];
};

struct arena {
	struct block *blocks;
	char *free;
	size_t left;
};

struct arena *
mkarena(void)
{
	return xcalloc(1, sizeof(struct arena));
}

void
arenadel(struct arena *a)
{
	struct block *b;

	if (!a)
		return;
	while ((b = a->blocks)) {
		a->blocks = b->next;
		free(b);
	}
	free(a);
}

static void *
mkblock(struct arena *a, size_t n)
{
	struct block *b;

	if (n > SIZE_MAX - sizeof *b)
		n = SIZE_MAX - sizeof *b;
	b = xmalloc(sizeof *b + n);
	b->next = a->blocks;
	a->blocks = b;
	return b->mem;
}

/* n bytes that begin at a multiple of align */
static void *
carve(struct arena *a, size_t n, size_t align)
{
	size_t pad;
	char *p;

	/* what is large gets its own block, the current one goes on */
	if (n > BLOCK / 8)
		return mkblock(a, n);
	pad = -(uintptr_t)a->free & (align - 1);
	if (!a->free || pad + n > a->left) {
		a->free = mkblock(a, BLOCK);
		a->left = BLOCK;
		pad = 0;
	}
	p = a->free + pad;
	a->free = p + n;
	a->left -= pad + n;
	return p;
}

void *
arenaget(struct arena *a, size_t n)
{
	return carve(a, n, ALIGN);
}

char *
arenastr(struct arena *a, const char *s, size_t n)
{
	char *p;

	p = carve(a, n + 1, 1);
	if (n)
		memcpy(p, s, n);
	p[n] = '\0';
	return p;
}
