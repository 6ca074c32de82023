#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "plist.h"
#include "plistparse.h"
#include "plisttag.h"
#include "x.h"

/*
 * The text is a header, <plist version="1.0">, one value, </plist>. Values are
 * <dict> with pairs of <key> and a value, <array>, <string>, <integer>, <data>,
 * <true/> and <false/>. XBPS takes no attributes but version (and size of data),
 * decimal numbers as it writes them, and the five entities of XML.
 *
 * Parsing is done in place: strings are decoded where they lie, and the < behind
 * them becomes their NUL. The values of all containers that are not yet ended lie
 * in one array; the end of a container moves its own into the arena.
 */
enum { DEPTH = 32, KEYMAX = 128 };

struct parse {
	struct arena *a;
	struct tags tags;
	struct plist *kids;
	size_t nkids;
	size_t open[DEPTH];	/* places in kids of the containers around p */
	size_t depth;
};

static int
isnumber(const char *s, uint32_t len)
{
	if (*s == '0')
		return len == 1;
	if (*s == '-' && s[1] != '0') {
		s++;
		len--;
	}
	return len > 0 && len <= 19 && strspn(s, "0123456789") == len;
}

/* takes the space out of base64 */
static int
packdata(struct plist *v, char *s)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	char *from, *to;

	for (from = to = s; *from; from++) {
		if (!strchr(" \t\r\n", *from))
			*to++ = *from;
	}
	*to = '\0';
	v->len = (uint32_t)(to - s);
	from = s + strspn(s, digits);
	return v->len % 4 == 0 && to - from <= 2 &&
	    strspn(from, "=") == (size_t)(to - from);
}

static int
getleaf(struct parse *x, const struct tag *t, struct plist *v)
{
	static const uint8_t types[] = {
		[STRING] = PLIST_STRING, [INTEGER] = PLIST_INTEGER,
		[TRUE] = PLIST_TRUE, [FALSE] = PLIST_FALSE, [DATA] = PLIST_DATA,
	};

	char *s;

	if (t->name == KEY || t->name >= PLIST)
		return tagbad(&x->tags, "has an unknown tag");
	v->type = types[t->name];
	v->u.s = "";
	if (t->name == TRUE || t->name == FALSE)
		return t->kind == EMPTY ? 0 : tagbad(&x->tags, "expected an empty tag");
	if (t->attr && t->name != DATA)
		return tagbad(&x->tags, "has an attribute");
	if (t->kind == EMPTY)
		return t->name == INTEGER ? tagbad(&x->tags, "has a bad number") : 0;
	if (tagtext(&x->tags, t->name, &s, &v->len) < 0)
		return -1;
	v->u.s = s;
	if (t->name == INTEGER && !isnumber(v->u.s, v->len))
		return tagbad(&x->tags, "has a bad number");
	if (t->name == DATA && !packdata(v, s))
		return tagbad(&x->tags, "has bad data");
	return 0;
}

/* ends the innermost container */
static int
shut(struct parse *x)
{
	struct plist *c, *kids;
	size_t n, place;

	place = x->open[--x->depth];
	c = &x->kids[place];
	kids = c + 1;
	n = x->nkids - place - 1;
	if (c->type == PLIST_DICT)
		n = plistsort(kids, n);
	if (n > UINT32_MAX)
		return tagbad(&x->tags, "has too many values");
	c->u.kids = NULL;
	c->len = (uint32_t)n;
	if (n > 0) {
		c->u.kids = arenaget(x->a, n * sizeof *kids);
		memcpy(c->u.kids, kids, n * sizeof *kids);
	}
	x->nkids = place + 1;
	return 0;
}

/* the container that the next value is in, NULL outside of all */
static struct plist *
inner(struct parse *x)
{
	return x->depth ? &x->kids[x->open[x->depth - 1]] : NULL;
}

/* takes the value's key, and its tag to t, unless t ends the dictionary */
static int
getkey(struct parse *x, struct tag *t, struct plist *v)
{
	uint32_t len;
	char *key;

	if (t->kind == END)
		return 0;
	if (t->kind != START || t->attr || t->name != KEY)
		return tagbad(&x->tags, "expected <key>");
	if (tagtext(&x->tags, KEY, &key, &len) < 0)
		return -1;
	if (len > KEYMAX)
		return tagbad(&x->tags, "has too long a key");
	v->key = key;
	return tagget(&x->tags, t);
}

/* takes a value, or a container's start, or its end */
static int
getvalue(struct parse *x)
{
	struct plist *c, v = { 0 };
	struct tag t;
	int dict;

	if (tagget(&x->tags, &t) < 0)
		return -1;
	c = inner(x);
	dict = c && c->type == PLIST_DICT;
	if (dict && getkey(x, &t, &v) < 0)
		return -1;
	if (t.kind == END) {
		if (!c || v.key || t.attr || t.name != (dict ? DICT : ARRAY))
			return tagbad(&x->tags, "has the wrong end tag");
		return shut(x);
	}
	x->kids = xgrow(x->kids, x->nkids, sizeof *x->kids);
	if (t.name == DICT || t.name == ARRAY) {
		v.type = t.name == DICT ? PLIST_DICT : PLIST_ARRAY;
		if (t.attr)
			return tagbad(&x->tags, "has an attribute");
		if (t.kind == START) {
			if (x->depth == DEPTH)
				return tagbad(&x->tags, "is nested too deeply");
			x->open[x->depth++] = x->nkids;
		}
	} else if (getleaf(x, &t, &v) < 0)
		return -1;
	x->kids[x->nkids++] = v;
	return 0;
}

static int
getall(struct parse *x)
{
	struct tag t;

	if (tagfirst(&x->tags) < 0 || tagget(&x->tags, &t) < 0)
		return -1;
	if (t.kind != START || t.name != PLIST)
		return tagbad(&x->tags, "expected <plist>");
	do {
		if (getvalue(x) < 0)
			return -1;
	} while (x->depth > 0);
	if (tagget(&x->tags, &t) < 0)
		return -1;
	if (t.kind != END || t.name != PLIST)
		return tagbad(&x->tags, "expected </plist>");
	return taglast(&x->tags);
}

struct plist *
plistparse(struct arena *a, char *text, size_t n, struct plisterr *e)
{
	struct parse x = { 0 };
	struct plist *root;
	char *p;

	x.a = a;
	x.tags.p = text;
	x.tags.end = text + n;
	root = NULL;
	if (getall(&x) == 0) {
		root = arenaget(a, sizeof *root);
		*root = x.kids[0];
	} else {
		e->why = x.tags.why;
		e->line = 1;
		for (p = text; p < x.tags.p; p++)
			e->line += *p == '\n';
	}
	free(x.kids);
	return root;
}
