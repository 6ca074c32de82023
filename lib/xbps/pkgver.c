#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#include "base/x.h"
#include "xbps/pkgver.h"

/* XBPS copies names into 64 bytes, files' names have up to 255 */
enum { NAMEMAX = 63, FILEMAX = 255 };

#define DIGITS "0123456789"
#define PATTERN "><*?[]"

/* The order is that of pkgsrc's dewey numbers. A version is a row of numbers: a run of
 * digits is its value; alpha, beta, pre, rc, pl and the dot have the values below; a
 * letter is a dot and its place in the alphabet; all other characters are skipped. The
 * shorter row goes on with zeros. Of equal rows the number behind the last _, the
 * revision, decides. XBPS computes in int, which overflows; unsigned arithmetic, which
 * wraps by definition, gives the same order. */
static const struct {
	const char *word;
	int value;
} words[] = {
	{ "alpha", -3 },
	{ "beta", -2 },
	{ "pre", -1 },
	{ "rc", -1 },
	{ "pl", 0 },
	{ ".", 0 },
};

struct row {
	const char *s, *end;
	unsigned letter;	/* the second number that a letter makes, or 0 */
	unsigned revision;
};

static int
isdig(char c)
{
	return c >= '0' && c <= '9';
}

static int
isletter(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26;
}

static int
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

/* returns how many letters, digits and those signs s begins with; names of all jobs and
 * of what they need come by here, and strspn is slow with so many */
static size_t
alnumlen(const char *s, const char *signs)
{
	const char *p;
	size_t n;

	for (n = 0; s[n]; n++) {
		if (isdig(s[n]) || isletter(s[n]))
			continue;
		for (p = signs; *p && *p != s[n]; p++)
			;
		if (!*p)
			break;
	}
	return n;
}

static unsigned
readnumber(struct row *r)
{
	unsigned n;

	for (n = 0; r->s < r->end && isdig(*r->s); r->s++)
		n = n * 10 + (unsigned)(*r->s - '0');
	return n;
}

static int
readword(struct row *r, unsigned *n)
{
	size_t i, len;

	for (i = 0; i < sizeof words / sizeof words[0]; i++) {
		len = strlen(words[i].word);
		if ((size_t)(r->end - r->s) >= len &&
		    strncasecmp(r->s, words[i].word, len) == 0) {
			r->s += len;
			*n = (unsigned)words[i].value;
			return 1;
		}
	}
	return 0;
}

/* sets the next number of the row; 0 at its end */
static int
nextnumber(struct row *r, unsigned *n)
{
	if (r->letter) {
		*n = r->letter;
		r->letter = 0;
		return 1;
	}
	while (r->s < r->end) {
		if (isdig(*r->s)) {
			*n = readnumber(r);
			return 1;
		}
		if (readword(r, n))
			return 1;
		if (*r->s == '_') {
			r->s++;
			r->revision = readnumber(r);
			continue;
		}
		if (isletter(*r->s)) {
			r->letter = (unsigned)(lower(*r->s++) - 'a') + 1;
			*n = 0;
			return 1;
		}
		r->s++;
	}
	return 0;
}

/* returns the sign of a - b in int arithmetic that wraps */
static int
differencesign(unsigned a, unsigned b)
{
	a -= b;
	return a == 0 ? 0 : a > ~0u / 2 ? -1 : 1;
}

static int
comparerows(const char *a, size_t alen, const char *b, size_t blen)
{
	struct row x = { a, a + alen, 0, 0 }, y = { b, b + blen, 0, 0 };
	unsigned m, n;
	int more, r;

	do {
		m = n = 0;
		more = nextnumber(&x, &m);
		more |= nextnumber(&y, &n);
		r = differencesign(m, n);
		if (r != 0)
			return r;
	} while (more);
	return differencesign(x.revision, y.revision);
}

int
pkgvercmp(const char *a, const char *b)
{
	return comparerows(a, strlen(a), b, strlen(b));
}

/* whether a version has the relation to another that s has: <, <=, > or >= and the other
 * one, up to end */
static int
isrelated(const char *version, const char *s, const char *end)
{
	char op;
	int orequal, r;

	op = *s++;
	orequal = s < end && *s == '=';
	s += orequal;
	r = comparerows(version, strlen(version), s, (size_t)(end - s));
	return (orequal && r == 0) || (op == '<' ? r < 0 : r > 0);
}

int
pkgvermatch(const char *pkgver, const char *pattern)
{
	const char *end, *op, *upper, *dash;

	if (strcmp(pkgver, pattern) == 0)
		return 1;
	op = strpbrk(pattern, "<>");
	if (!op)
		return strpbrk(pattern, "*?[]") &&
		    fnmatch(pattern, pkgver, FNM_PERIOD) == 0;
	dash = strrchr(pkgver, '-');
	if (!dash || dash - pkgver != op - pattern ||
	    strncmp(pkgver, pattern, (size_t)(op - pattern)) != 0)
		return 0;
	end = op + strlen(op);
	upper = *op == '>' ? strchr(op, '<') : NULL;
	if (upper && !isrelated(dash + 1, upper, end))
		return 0;
	return isrelated(dash + 1, op, upper ? upper : end);
}

const char *
pkgverversion(const char *pkgver)
{
	const char *version;
	size_t n;

	version = strrchr(pkgver, '-');
	if (!version || version == pkgver)
		return NULL;
	n = strcspn(++version, "_");
	if (!version[n] || strcspn(version, DIGITS) >= n)
		return NULL;
	/* perl-Digest-1.17_01_1 has the version 1.17_01, the revision 1 */
	n++;
	if (!version[n] || version[n + strspn(version + n, DIGITS "_")])
		return NULL;
	return version;
}

const char *
pkgverrevision(const char *pkgver)
{
	const char *version;

	version = pkgverversion(pkgver);
	return version ? strrchr(version, '_') + 1 : NULL;
}

size_t
pkgvername(const char *pkgver)
{
	const char *version;

	version = pkgverversion(pkgver);
	return version ? (size_t)(version - 1 - pkgver) : 0;
}

size_t
pkgverdepname(const char *pattern)
{
	size_t n;

	n = strcspn(pattern, PATTERN);
	if (!pattern[n])
		return 0;
	return n > 0 && pattern[n - 1] == '-' ? n - 1 : n;
}

char *
pkgverdep(const char *dep)
{
	size_t n;

	n = pkgverdepname(dep);
	if (!n)
		n = pkgvername(dep);
	return n ? xstrndup(dep, n) : xstrdup(dep);
}

static int
nameok(const char *s, size_t n)
{
	return n > 0 && n <= NAMEMAX && *s != '-' && *s != '.' &&
	    alnumlen(s, "+-._") >= n;
}

int
pkgvernameok(const char *name)
{
	return nameok(name, strlen(name));
}

int
pkgverok(const char *pkgver)
{
	const char *version;

	version = pkgverversion(pkgver);
	if (!version)
		return 0;
	return strrchr(version, '_')[1] && strlen(pkgver) <= FILEMAX &&
	    nameok(pkgver, (size_t)(version - 1 - pkgver)) &&
	    !version[alnumlen(version, "+._~^:")];
}

int
pkgverarchok(const char *arch)
{
	return *arch && strlen(arch) <= NAMEMAX && *arch != '-' &&
	    !arch[alnumlen(arch, "-_")];
}

size_t
pkgverfile(const char *file, const char **arch, size_t *archlen)
{
	char part[FILEMAX + 1];
	const char *dot;
	size_t n;

	n = strlen(file);
	if (n >= sizeof part)
		return 0;
	memcpy(part, file, n + 1);
	if (n > 5 && strcmp(part + n - 5, ".xbps") == 0)
		part[n -= 5] = '\0';
	dot = strrchr(part, '.');
	if (!dot || !pkgverarchok(dot + 1))
		return 0;
	*arch = file + (dot + 1 - part);
	*archlen = strlen(dot + 1);
	n = (size_t)(dot - part);
	part[n] = '\0';
	return pkgverok(part) ? n : 0;
}
