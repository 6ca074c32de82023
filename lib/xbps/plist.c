#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/x.h"
#include "xbps/plist.h"

/* the tags around a value, with their lengths */
struct words {
	const char *open, *shut, *empty;
	uint8_t nopen, nshut, nempty;
};

#define WORDS(s) { "<" s ">", "</" s ">\n", "<" s "/>\n", \
	sizeof "<" s ">" - 1, sizeof "</" s ">" , sizeof "<" s "/>" }

static const struct words words[] = {
	[PLIST_DICT] = WORDS("dict"), [PLIST_ARRAY] = WORDS("array"),
	[PLIST_STRING] = WORDS("string"), [PLIST_INTEGER] = WORDS("integer"),
	[PLIST_DATA] = WORDS("data"), [PLIST_TRUE] = WORDS("true"),
	[PLIST_FALSE] = WORDS("false"),
};

static const struct words keywords = WORDS("key");

static void
addtabs(struct buf *b, unsigned n)
{
	memset(bufroom(b, n), '\t', n);
	b->len += n;
}

/* appends a leaf; makes room only once, for text that is all entities, since there are
 * hundreds of thousands of leaves */
static void
addleaf(struct buf *b, const struct words *w, const char *s, size_t n, unsigned depth)
{
	const char *e, *end;
	char *p;

	p = bufroom(b, depth + w->nopen + 5 * n + w->nshut);
	memset(p, '\t', depth);
	p += depth;
	memcpy(p, w->open, w->nopen);
	p += w->nopen;
	for (end = s + n; s < end; s++) {
		if (*s != '<' && *s != '>' && *s != '&') {
			*p++ = *s;
			continue;
		}
		for (e = *s == '<' ? "&lt;" : *s == '>' ? "&gt;" : "&amp;"; *e; e++)
			*p++ = *e;
	}
	memcpy(p, w->shut, w->nshut);
	b->len = (size_t)(p + w->nshut - b->s);
}

static void
addvalue(struct buf *b, const struct plist *p, unsigned depth)
{
	const struct words *w;
	const struct plist *kid;
	uint32_t i;

	w = &words[p->type];
	if (p->len == 0) {
		addtabs(b, depth);
		bufadd(b, w->empty, w->nempty);
		return;
	}
	if (p->type != PLIST_DICT && p->type != PLIST_ARRAY) {
		addleaf(b, w, p->u.s, p->len, depth);
		return;
	}
	addtabs(b, depth);
	bufadd(b, w->open, w->nopen);
	bufchar(b, '\n');
	for (i = 0; i < p->len; i++) {
		kid = &p->u.kids[i];
		if (p->type == PLIST_DICT)
			addleaf(b, &keywords, kid->key, strlen(kid->key), depth + 1);
		addvalue(b, kid, depth + 1);
	}
	addtabs(b, depth);
	bufadd(b, w->shut, w->nshut);
}

void
plistwrite(struct buf *b, const struct plist *p)
{
	bufstr(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<!DOCTYPE plist PUBLIC \"-//Apple Computer//DTD PLIST 1.0//EN\" "
	    "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
	    "<plist version=\"1.0\">\n");
	addvalue(b, p, 0);
	bufstr(b, "</plist>\n");
}

static int
bykey(const void *a, const void *b)
{
	const struct plist *x = a, *y = b;
	int r;

	r = strcmp(x->key, y->key);
	/* of equal keys the first in the text comes first */
	return r != 0 ? r : x->key < y->key ? -1 : x->key > y->key;
}

size_t
plistsort(struct plist *kids, size_t n)
{
	size_t i, k;

	for (i = 1; i < n; i++) {
		if (strcmp(kids[i - 1].key, kids[i].key) >= 0)
			break;
	}
	if (i >= n)
		return n;
	qsort(kids, n, sizeof *kids, bykey);
	for (i = 1, k = 0; i < n; i++) {
		if (strcmp(kids[k].key, kids[i].key) != 0)
			k++;
		kids[k] = kids[i];
	}
	return k + 1;
}

struct plist *
mkplist(struct arena *a)
{
	struct plist *p;

	p = arenaget(a, sizeof *p);
	memset(p, 0, sizeof *p);
	p->type = PLIST_DICT;
	return p;
}

/* returns the index of a key in a dictionary, or the one where it would be */
static uint32_t
findkey(const struct plist *dict, const char *key, int *found)
{
	uint32_t hi, lo, mid;
	int r;

	*found = 0;
	for (lo = 0, hi = dict->len; lo < hi;) {
		mid = lo + (hi - lo) / 2;
		r = strcmp(dict->u.kids[mid].key, key);
		if (r == 0) {
			*found = 1;
			return mid;
		}
		if (r < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct plist *
plistget(const struct plist *p, const char *key)
{
	uint32_t i;
	int found;

	if (!p || p->type != PLIST_DICT)
		return NULL;
	i = findkey(p, key, &found);
	return found ? &p->u.kids[i] : NULL;
}

const char *
pliststr(const struct plist *p, const char *key)
{
	p = plistget(p, key);
	return p && p->type == PLIST_STRING ? p->u.s : NULL;
}

const struct plist *
pliststrs(const struct plist *p, const char *key)
{
	uint32_t i;

	p = plistget(p, key);
	if (!p || p->type != PLIST_ARRAY)
		return NULL;
	for (i = 0; i < p->len; i++) {
		if (p->u.kids[i].type != PLIST_STRING)
			return NULL;
	}
	return p;
}

int
plistnum(const struct plist *p, const char *key, uint64_t *n)
{
	p = plistget(p, key);
	if (!p || p->type != PLIST_INTEGER || *p->u.s == '-')
		return -1;
	*n = strtoull(p->u.s, NULL, 10);
	return 0;
}

/* makes room for one more kid; kids that this function has not allocated have none */
static void
growkids(struct arena *a, struct plist *p)
{
	struct plist *kids;
	size_t n;

	if (p->room && (p->len & (p->len - 1)) != 0)
		return;
	for (n = 1; n <= p->len; n *= 2)
		;
	kids = arenaget(a, n * sizeof *kids);
	if (p->len > 0)
		memcpy(kids, p->u.kids, p->len * sizeof *kids);
	p->u.kids = kids;
	p->room = 1;
}

void
plistset(struct arena *a, struct plist *dict, const char *key,
    const struct plist *value)
{
	struct plist *kid;
	uint32_t i;
	int found;

	i = findkey(dict, key, &found);
	if (!found) {
		growkids(a, dict);
		kid = &dict->u.kids[i];
		memmove(kid + 1, kid, (dict->len - i) * sizeof *kid);
		dict->len++;
	}
	kid = &dict->u.kids[i];
	*kid = *value;
	kid->key = key;
	/* the copy must not grow into the same room as value */
	kid->room = 0;
}

void
plistsetstr(struct arena *a, struct plist *dict, const char *key, const char *s)
{
	struct plist v = { 0 };

	v.type = PLIST_STRING;
	v.len = (uint32_t)strlen(s);
	v.u.s = arenastr(a, s, v.len);
	plistset(a, dict, key, &v);
}

void
plistsetnum(struct arena *a, struct plist *dict, const char *key, uint64_t n)
{
	struct plist v = { 0 };
	char s[21];

	v.type = PLIST_INTEGER;
	v.len = (uint32_t)snprintf(s, sizeof s, "%" PRIu64, n);
	v.u.s = arenastr(a, s, v.len);
	plistset(a, dict, key, &v);
}

void
plistdrop(struct plist *dict, const char *key)
{
	struct plist *kid;
	uint32_t i;
	int found;

	i = findkey(dict, key, &found);
	if (!found)
		return;
	kid = &dict->u.kids[i];
	dict->len--;
	memmove(kid, kid + 1, (dict->len - i) * sizeof *kid);
}
