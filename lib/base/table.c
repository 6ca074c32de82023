#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "base/x.h"

struct slot {
	char *key;
	void *value;
	uint64_t hash;
};

struct table {
	struct slot *slots;
	size_t cap;	/* a power of two */
	size_t len;
};

/* FNV-1a, with the high bits folded in since the low ones choose the slot */
static uint64_t
hash(const char *s)
{
	uint64_t h = 0xcbf29ce484222325;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3;
	return h ^ h >> 32;
}

struct table *
mktable(void)
{
	struct table *t;

	t = xmalloc(sizeof *t);
	t->cap = 16;
	t->len = 0;
	t->slots = xcalloc(t->cap, sizeof *t->slots);
	return t;
}

void
tabledel(struct table *t)
{
	size_t i;

	if (!t)
		return;
	for (i = 0; i < t->cap; i++)
		free(t->slots[i].key);
	free(t->slots);
	free(t);
}

void
tabledelall(struct table *t)
{
	size_t i;

	for (i = 0; t && i < t->cap; i++)
		free(t->slots[i].value);
	tabledel(t);
}

static struct slot *
findslot(const struct table *t, const char *key, uint64_t h)
{
	struct slot *s;
	size_t i;

	for (i = h & (t->cap - 1);; i = (i + 1) & (t->cap - 1)) {
		s = &t->slots[i];
		if (!s->key || (s->hash == h && strcmp(s->key, key) == 0))
			return s;
	}
}

static void
grow(struct table *t)
{
	struct slot *old;
	size_t i, n;

	old = t->slots;
	n = t->cap;
	t->cap *= 2;
	t->slots = xcalloc(t->cap, sizeof *t->slots);
	for (i = 0; i < n; i++) {
		if (old[i].key)
			*findslot(t, old[i].key, old[i].hash) = old[i];
	}
	free(old);
}

void **
tableput(struct table *t, const char *key)
{
	struct slot *s;
	uint64_t h;

	h = hash(key);
	s = findslot(t, key, h);
	if (s->key)
		return &s->value;
	if ((t->len + 1) * 4 > t->cap * 3) {
		grow(t);
		s = findslot(t, key, h);
	}
	s->key = xstrdup(key);
	s->hash = h;
	t->len++;
	return &s->value;
}

void *
tableget(const struct table *t, const char *key)
{
	struct slot *s;

	s = findslot(t, key, hash(key));
	return s->key ? s->value : NULL;
}

const char *
tablekey(const struct table *t, const char *key)
{
	return findslot(t, key, hash(key))->key;
}

void *
tabledrop(struct table *t, const char *key)
{
	struct slot *s;
	size_t hole, i, home;
	void *value;

	s = findslot(t, key, hash(key));
	if (!s->key)
		return NULL;
	value = s->value;
	free(s->key);
	t->len--;
	hole = (size_t)(s - t->slots);
	for (i = (hole + 1) & (t->cap - 1); t->slots[i].key;
	    i = (i + 1) & (t->cap - 1)) {
		home = t->slots[i].hash & (t->cap - 1);
		/* an entry can fill the hole unless its home lies behind the hole */
		if (((i - home) & (t->cap - 1)) >= ((i - hole) & (t->cap - 1))) {
			t->slots[hole] = t->slots[i];
			hole = i;
		}
	}
	memset(&t->slots[hole], 0, sizeof t->slots[hole]);
	return value;
}

size_t
tablelen(const struct table *t)
{
	return t->len;
}

const char *
tablenext(const struct table *t, size_t *i, void **value)
{
	struct slot *s;

	while (*i < t->cap) {
		s = &t->slots[(*i)++];
		if (s->key) {
			*value = s->value;
			return s->key;
		}
	}
	return NULL;
}
