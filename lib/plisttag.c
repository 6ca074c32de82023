#include <stdint.h>
#include <string.h>

#include "plisttag.h"

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
