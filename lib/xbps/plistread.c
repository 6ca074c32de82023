#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/x.h"
#include "xbps/plist.h"
#include "xbps/plistread.h"

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
plistread(struct arena *a, char *text, size_t n, struct plisterr *e)
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

/* by enum tagname, the frequent ones first */
static const struct {
	const char *s;
	size_t len;
} names[] = {
	{ "string", 6 }, { "key", 3 }, { "array", 5 }, { "dict", 4 },
	{ "integer", 7 }, { "true", 4 }, { "false", 5 }, { "data", 4 },
	{ "plist", 5 },
};

int
tagbad(struct tags *x, const char *why)
{
	if (!x->why)
		x->why = why;
	return -1;
}

/* at a NUL, or at what else does not belong here */
static int
unexpected(struct tags *x, const char *why)
{
	if (*x->p)
		return tagbad(x, why);
	return tagbad(x, x->p == x->end ? "ends too early" : "has a NUL in it");
}

static void
space(struct tags *x)
{
	while (*x->p == ' ' || *x->p == '\t' || *x->p == '\n' || *x->p == '\r')
		x->p++;
}

/* passes the rest of what began with <, up to and with the text given */
static int
pass(struct tags *x, const char *text)
{
	char *p;

	p = strstr(x->p, text);
	if (!p) {
		x->p += strlen(x->p);
		return unexpected(x, NULL);
	}
	x->p = p + strlen(text);
	return 0;
}

/* name="value" behind a tag's name */
static int
attribute(struct tags *x)
{
	x->p += strcspn(x->p, "=>");
	if (x->p[0] != '=' || x->p[1] != '"')
		return unexpected(x, "expected an attribute");
	x->p += 2;
	return pass(x, "\"");
}

static enum tagname
tagname(const char *s, size_t len)
{
	enum tagname n;

	for (n = 0; n < UNKNOWN && (names[n].len != len ||
	    memcmp(names[n].s, s, len) != 0); n++)
		;
	return n;
}

int
tagget(struct tags *x, struct tag *t)
{
	const char *name;

	for (;;) {
		space(x);
		if (*x->p != '<')
			return unexpected(x, "expected a tag");
		if (x->p[1] != '!' || strncmp(x->p, "<!--", 4) != 0)
			break;
		x->p += 4;
		if (pass(x, "-->") < 0)
			return -1;
	}
	x->p++;
	t->kind = *x->p == '/' ? END : START;
	if (t->kind == END)
		x->p++;
	name = x->p;
	while (*x->p >= 'a' && *x->p <= 'z')
		x->p++;
	t->name = tagname(name, (size_t)(x->p - name));
	t->attr = *x->p == ' ';
	if (t->attr && attribute(x) < 0)
		return -1;
	if (*x->p == '/' && t->kind == START) {
		x->p++;
		t->kind = EMPTY;
	}
	if (*x->p != '>')
		return unexpected(x, "expected >");
	x->p++;
	return 0;
}

/* decodes the entity at p to *c and returns its length, 0 if it is none */
static size_t
entity(const char *p, char *c)
{
	static const struct {
		const char *text;
		char c;
	} known[] = {
		{ "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' },
		{ "&quot;", '"' }, { "&apos;", '\'' },
	};
	size_t i, n;

	for (i = 0; i < sizeof known / sizeof known[0]; i++) {
		n = strlen(known[i].text);
		if (strncmp(p, known[i].text, n) == 0) {
			*c = known[i].c;
			return n;
		}
	}
	return 0;
}

/* takes the text up to the end tag of that name, and the tag */
int
tagtext(struct tags *x, enum tagname name, char **s, uint32_t *len)
{
	char *from, *p, *to;
	struct tag t;
	size_t n;

	*s = to = x->p;
	for (;;) {
		for (from = p = x->p; *p != '<' && *p != '&' && *p; p++)
			;
		x->p = p;
		n = (size_t)(p - from);
		if (to != from)
			memmove(to, from, n);
		to += n;
		if (*p != '&')
			break;
		n = entity(x->p, to);
		if (n == 0)
			return tagbad(x, "has an unknown entity");
		x->p += n;
		to++;
	}
	if (*x->p != '<')
		return unexpected(x, NULL);
	if ((uintmax_t)(to - *s) > UINT32_MAX)
		return tagbad(x, "has too long a string");
	*len = (uint32_t)(to - *s);
	if (tagget(x, &t) < 0)
		return -1;
	if (t.kind != END || t.attr || t.name != name)
		return tagbad(x, "a string ends with the wrong tag");
	*to = '\0';
	return 0;
}

int
tagfirst(struct tags *x)
{
	space(x);
	while (x->p[0] == '<' && (x->p[1] == '?' ||
	    strncmp(x->p, "<!DOCTYPE", 9) == 0)) {
		if (x->p[strcspn(x->p, "[>")] == '[')
			return tagbad(x, "declares entities");
		if (pass(x, ">") < 0)
			return -1;
		space(x);
	}
	return 0;
}

int
taglast(struct tags *x)
{
	space(x);
	return x->p == x->end ? 0 : unexpected(x, "goes on behind its end");
}
