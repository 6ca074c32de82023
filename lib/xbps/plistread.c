#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/x.h"
#include "xbps/plist.h"
#include "xbps/plistread.h"

/* The text is a header, <plist version="1.0">, one value, </plist>. Values are <dict>
 * with pairs of <key> and a value, <array>, <string>, <integer>, <data>, <true/> and
 * <false/>. XBPS accepts no attributes but version (and size of data), decimal numbers
 * as it writes them, and the five entities of XML.
 *
 * * Strings are decoded in place, and the < behind them becomes their NUL. The values
 * of all open containers lie in one array; at a container's end its values move into
 * the arena. */
enum { DEPTH = 32, KEYMAX = 128 };

enum tagname { STRING, KEY, ARRAY, DICT, INTEGER, TRUE, FALSE, DATA, PLIST, UNKNOWN };

struct tag {
	enum tagname name;
	enum { START, END, EMPTY } kind;
	int attr;		/* it has an attribute */
};

/* a text that is read tag by tag */
struct tags {
	char *p;		/* the rest */
	char *end;		/* the NUL at its end */
	const char *why;	/* the first error, or NULL */
};

/* by enum tagname, the frequent ones first */
static const struct {
	const char *s;
	size_t len;
} names[] = {
	{ "string", 6 }, { "key", 3 }, { "array", 5 }, { "dict", 4 },
	{ "integer", 7 }, { "true", 4 }, { "false", 5 }, { "data", 4 },
	{ "plist", 5 },
};

/* sets why, unless it is set; returns -1 */
static int
bad(struct tags *x, const char *why)
{
	if (!x->why)
		x->why = why;
	return -1;
}

/* sets why for the character at x->p; returns -1 */
static int
unexpected(struct tags *x, const char *why)
{
	if (*x->p)
		return bad(x, why);
	return bad(x, x->p == x->end ? "ends too early" : "has a NUL in it");
}

static void
skipspace(struct tags *x)
{
	while (*x->p == ' ' || *x->p == '\t' || *x->p == '\n' || *x->p == '\r')
		x->p++;
}

/* skips everything up to the end of a text */
static int
skippast(struct tags *x, const char *text)
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

/* skips name="value" */
static int
skipattribute(struct tags *x)
{
	x->p += strcspn(x->p, "=>");
	if (x->p[0] != '=' || x->p[1] != '"')
		return unexpected(x, "expected an attribute");
	x->p += 2;
	return skippast(x, "\"");
}

static enum tagname
tagnamed(const char *s, size_t len)
{
	enum tagname n;

	for (n = 0; n < UNKNOWN && (names[n].len != len ||
	    memcmp(names[n].s, s, len) != 0); n++)
		;
	return n;
}

static int
nexttag(struct tags *x, struct tag *t)
{
	const char *name;

	for (;;) {
		skipspace(x);
		if (*x->p != '<')
			return unexpected(x, "expected a tag");
		if (x->p[1] != '!' || strncmp(x->p, "<!--", 4) != 0)
			break;
		x->p += 4;
		if (skippast(x, "-->") < 0)
			return -1;
	}
	x->p++;
	t->kind = *x->p == '/' ? END : START;
	if (t->kind == END)
		x->p++;
	name = x->p;
	while (*x->p >= 'a' && *x->p <= 'z')
		x->p++;
	t->name = tagnamed(name, (size_t)(x->p - name));
	t->attr = *x->p == ' ';
	if (t->attr && skipattribute(x) < 0)
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
decodeentity(const char *p, char *c)
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

/* reads the text up to the end tag of that name, and the tag */
static int
readtext(struct tags *x, enum tagname name, char **s, uint32_t *len)
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
		n = decodeentity(x->p, to);
		if (n == 0)
			return bad(x, "has an unknown entity");
		x->p += n;
		to++;
	}
	if (*x->p != '<')
		return unexpected(x, NULL);
	if ((uintmax_t)(to - *s) > UINT32_MAX)
		return bad(x, "has too long a string");
	*len = (uint32_t)(to - *s);
	if (nexttag(x, &t) < 0)
		return -1;
	if (t.kind != END || t.attr || t.name != name)
		return bad(x, "a string ends with the wrong tag");
	*to = '\0';
	return 0;
}

static int
skipheader(struct tags *x)
{
	skipspace(x);
	while (x->p[0] == '<' && (x->p[1] == '?' ||
	    strncmp(x->p, "<!DOCTYPE", 9) == 0)) {
		if (x->p[strcspn(x->p, "[>")] == '[')
			return bad(x, "declares entities");
		if (skippast(x, ">") < 0)
			return -1;
		skipspace(x);
	}
	return 0;
}

static int
checkend(struct tags *x)
{
	skipspace(x);
	return x->p == x->end ? 0 : unexpected(x, "goes on behind its end");
}

struct parse {
	struct arena *a;
	struct tags tags;
	struct plist *kids;
	size_t nkids;
	size_t open[DEPTH];	/* where in kids the open containers are */
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

/* removes the space from base64; returns whether it is sound */
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
readleaf(struct parse *x, const struct tag *t, struct plist *v)
{
	static const uint8_t types[] = {
		[STRING] = PLIST_STRING, [INTEGER] = PLIST_INTEGER,
		[TRUE] = PLIST_TRUE, [FALSE] = PLIST_FALSE, [DATA] = PLIST_DATA,
	};

	char *s;

	if (t->name == KEY || t->name >= PLIST)
		return bad(&x->tags, "has an unknown tag");
	v->type = types[t->name];
	v->u.s = "";
	if (t->name == TRUE || t->name == FALSE)
		return t->kind == EMPTY ? 0 : bad(&x->tags, "expected an empty tag");
	if (t->attr && t->name != DATA)
		return bad(&x->tags, "has an attribute");
	if (t->kind == EMPTY)
		return t->name == INTEGER ? bad(&x->tags, "has a bad number") : 0;
	if (readtext(&x->tags, t->name, &s, &v->len) < 0)
		return -1;
	v->u.s = s;
	if (t->name == INTEGER && !isnumber(v->u.s, v->len))
		return bad(&x->tags, "has a bad number");
	if (t->name == DATA && !packdata(v, s))
		return bad(&x->tags, "has bad data");
	return 0;
}

static int
endcontainer(struct parse *x)
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
		return bad(&x->tags, "has too many values");
	c->u.kids = NULL;
	c->len = (uint32_t)n;
	if (n > 0) {
		c->u.kids = arenaget(x->a, n * sizeof *kids);
		memcpy(c->u.kids, kids, n * sizeof *kids);
	}
	x->nkids = place + 1;
	return 0;
}

/* returns the innermost open container, NULL if there is none */
static struct plist *
innermost(struct parse *x)
{
	return x->depth ? &x->kids[x->open[x->depth - 1]] : NULL;
}

/* reads a value's key, and its tag to t, unless t ends the dictionary */
static int
readkey(struct parse *x, struct tag *t, struct plist *v)
{
	uint32_t len;
	char *key;

	if (t->kind == END)
		return 0;
	if (t->kind != START || t->attr || t->name != KEY)
		return bad(&x->tags, "expected <key>");
	if (readtext(&x->tags, KEY, &key, &len) < 0)
		return -1;
	if (len > KEYMAX)
		return bad(&x->tags, "has too long a key");
	v->key = key;
	return nexttag(&x->tags, t);
}

/* reads a value, a container's start, or its end */
static int
readvalue(struct parse *x)
{
	struct plist *c, v = { 0 };
	struct tag t;
	int dict;

	if (nexttag(&x->tags, &t) < 0)
		return -1;
	c = innermost(x);
	dict = c && c->type == PLIST_DICT;
	if (dict && readkey(x, &t, &v) < 0)
		return -1;
	if (t.kind == END) {
		if (!c || v.key || t.attr || t.name != (dict ? DICT : ARRAY))
			return bad(&x->tags, "has the wrong end tag");
		return endcontainer(x);
	}
	x->kids = xgrow(x->kids, x->nkids, sizeof *x->kids);
	if (t.name == DICT || t.name == ARRAY) {
		v.type = t.name == DICT ? PLIST_DICT : PLIST_ARRAY;
		if (t.attr)
			return bad(&x->tags, "has an attribute");
		if (t.kind == START) {
			if (x->depth == DEPTH)
				return bad(&x->tags, "is nested too deeply");
			x->open[x->depth++] = x->nkids;
		}
	} else if (readleaf(x, &t, &v) < 0)
		return -1;
	x->kids[x->nkids++] = v;
	return 0;
}

static int
readall(struct parse *x)
{
	struct tag t;

	if (skipheader(&x->tags) < 0 || nexttag(&x->tags, &t) < 0)
		return -1;
	if (t.kind != START || t.name != PLIST)
		return bad(&x->tags, "expected <plist>");
	do {
		if (readvalue(x) < 0)
			return -1;
	} while (x->depth > 0);
	if (nexttag(&x->tags, &t) < 0)
		return -1;
	if (t.kind != END || t.name != PLIST)
		return bad(&x->tags, "expected </plist>");
	return checkend(&x->tags);
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
	if (readall(&x) == 0) {
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
