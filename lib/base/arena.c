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
addblock(struct arena *a, size_t n)
{
	struct block *b;

	if (n > SIZE_MAX - sizeof *b)
		n = SIZE_MAX - sizeof *b;
	b = xmalloc(sizeof *b + n);
	b->next = a->blocks;
	a->blocks = b;
	return b->mem;
}

/* returns n bytes at a multiple of align */
static void *
allocate(struct arena *a, size_t n, size_t align)
{
	size_t pad;
	char *p;

	/* a block of its own leaves the rest of the current one for others */
	if (n > BLOCK / 8)
		return addblock(a, n);
	pad = -(uintptr_t)a->free & (align - 1);
	if (!a->free || pad + n > a->left) {
		a->free = addblock(a, BLOCK);
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
	return allocate(a, n, ALIGN);
}

char *
arenastr(struct arena *a, const char *s, size_t n)
{
	char *p;

	p = allocate(a, n + 1, 1);
	if (n)
		memcpy(p, s, n);
	p[n] = '\0';
	return p;
}
