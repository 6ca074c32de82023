#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "base/arena.h"
#include "base/json.h"

enum { DEPTH = 32 };

struct reader {
	struct arena *a;
	const char *s, *end;
};

static struct json *readvalue(struct reader *r, int depth);

static void
skipspace(struct reader *r)
{
	while (r->s < r->end && strchr(" \t\r\n", *r->s) && *r->s)
		r->s++;
}

/* skips white space, and the character if it comes next; returns whether it did */
static int
skipchar(struct reader *r, char c)
{
	skipspace(r);
	if (r->s == r->end || *r->s != c)
		return 0;
	r->s++;
	return 1;
}

static struct json *
newvalue(struct reader *r, enum jsontype type, const char *text)
{
	struct json *v;

	v = arenaget(r->a, sizeof *v);
	*v = (struct json){ .type = type, .text = text };
	return v;
}

/* reads four hexadecimal digits, -1 when they are none */
static long
readhex(struct reader *r)
{
	long n;
	int i;
	char c;

	n = 0;
	for (i = 0; i < 4; i++) {
		c = r->s < r->end ? *r->s++ : '\0';
		if (c >= '0' && c <= '9')
			n = n * 16 + c - '0';
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			n = n * 16 + (c | 32) - 'a' + 10;
		else
			return -1;
	}
	return n;
}

/* writes the character behind \u as UTF-8 and returns its end; NULL when it is none, or
 * NUL */
static char *
readescape(struct reader *r, char *to)
{
	long n, low;

	n = readhex(r);
	if (n >= 0xd800 && n < 0xdc00) {
		low = r->end - r->s >= 6 && r->s[0] == '\\' && r->s[1] == 'u' ?
		    (r->s += 2, readhex(r)) : -1;
		if (low < 0xdc00 || low > 0xdfff)
			return NULL;
		n = 0x10000 + ((n - 0xd800) << 10) + low - 0xdc00;
	} else if (n <= 0 || (n >= 0xdc00 && n <= 0xdfff)) {
		return NULL;
	}
	if (n < 0x80) {
		*to++ = (char)n;
		return to;
	}
	if (n < 0x800) {
		*to++ = (char)(0xc0 | n >> 6);
	} else {
		if (n < 0x10000) {
			*to++ = (char)(0xe0 | n >> 12);
		} else {
			*to++ = (char)(0xf0 | n >> 18);
			*to++ = (char)(0x80 | (n >> 12 & 0x3f));
		}
		*to++ = (char)(0x80 | (n >> 6 & 0x3f));
	}
	*to++ = (char)(0x80 | (n & 0x3f));
	return to;
}

/* reads a string behind its first quote; NULL when it is none */
static char *
readstring(struct reader *r)
{
	static const char from[] = "\"\\/bfnrt", plain[] = "\"\\/\b\f\n\r\t";
	const char *end, *p;
	char *s, *to;

	for (end = r->s; end < r->end && *end != '"'; end++)
		end += *end == '\\' && end + 1 < r->end;
	if (end >= r->end)
		return NULL;
	/* no text becomes longer */
	s = to = arenaget(r->a, (size_t)(end - r->s) + 1);
	while (to && r->s < end) {
		if ((unsigned char)*r->s < ' ')
			return NULL;
		if (*r->s != '\\') {
			*to++ = *r->s++;
		} else if (r->s[1] == 'u') {
			r->s += 2;
			to = readescape(r, to);
		} else {
			p = strchr(from, r->s[1]);
			if (!p || !*p)
				return NULL;
			*to++ = plain[p - from];
			r->s += 2;
		}
	}
	if (!to || r->s != end)
		return NULL;
	*to = '\0';
	r->s++;
	return s;
}

/* reads the elements of an array or object behind its bracket */
static struct json *
readelements(struct reader *r, enum jsontype type, int depth)
{
	const char close = type == JSON_OBJECT ? '}' : ']';
	const struct json **tail;
	struct json *all, *v;
	const char *key;

	all = newvalue(r, type, "");
	tail = &all->first;
	if (skipchar(r, close))
		return all;
	do {
		key = NULL;
		if (type == JSON_OBJECT && (!skipchar(r, '"') ||
		    !(key = readstring(r)) || !skipchar(r, ':')))
			return NULL;
		v = readvalue(r, depth + 1);
		if (!v)
			return NULL;
		v->key = key;
		*tail = v;
		tail = &v->next;
	} while (skipchar(r, ','));
	return skipchar(r, close) ? all : NULL;
}

/* reads a number, true, false or null */
static struct json *
readword(struct reader *r)
{
	static const char *const words[] = { [JSON_NULL] = "null",
	    [JSON_FALSE] = "false", [JSON_TRUE] = "true" };
	const char *from;
	char *text;
	size_t i, n;

	from = r->s;
	while (r->s < r->end && *r->s &&
	    strchr("abcdefghijklmnopqrstuvwxyz0123456789+-.E", *r->s))
		r->s++;
	n = (size_t)(r->s - from);
	for (i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strlen(words[i]) == n && strncmp(words[i], from, n) == 0)
			return newvalue(r, (enum jsontype)i, "");
	}
	text = arenastr(r->a, from, n);
	if (!*text || strspn(text, "0123456789+-.eE") != n)
		return NULL;
	return newvalue(r, JSON_NUMBER, text);
}

static struct json *
readvalue(struct reader *r, int depth)
{
	char *s;

	if (depth > DEPTH)
		return NULL;
	if (skipchar(r, '{'))
		return readelements(r, JSON_OBJECT, depth);
	if (skipchar(r, '['))
		return readelements(r, JSON_ARRAY, depth);
	if (!skipchar(r, '"'))
		return readword(r);
	s = readstring(r);
	return s ? newvalue(r, JSON_STRING, s) : NULL;
}

const struct json *
jsonread(struct arena *a, const char *s, size_t n)
{
	struct reader r = { a, s, s + n };
	const struct json *v;

	v = readvalue(&r, 0);
	skipspace(&r);
	return r.s == r.end ? v : NULL;
}

const struct json *
jsonget(const struct json *o, const char *key)
{
	const struct json *v;

	if (!o || o->type != JSON_OBJECT)
		return NULL;
	for (v = o->first; v && strcmp(v->key, key) != 0; v = v->next)
		;
	return v;
}

const char *
jsonstring(const struct json *o, const char *key)
{
	const struct json *v;

	v = jsonget(o, key);
	return v && v->type == JSON_STRING ? v->text : "";
}

long long
jsonnumber(const struct json *o, const char *key)
{
	const struct json *v;
	const char *why;
	long long n;

	v = jsonget(o, key);
	if (!v || v->type != JSON_NUMBER)
		return 0;
	n = strtonum(v->text, -9223372036854775807LL, 9223372036854775807LL, &why);
	return why ? 0 : n;
}

int
jsontrue(const struct json *o, const char *key)
{
	const struct json *v;

	v = jsonget(o, key);
	return v && v->type == JSON_TRUE;
}
