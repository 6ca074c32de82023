#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/x.h"

#define ELLIPSIS "\xe2\x80\xa6"

enum {
	MESSAGE = 300,		/* columns */
	NAMELEN = 64		/* of names that are compared, bytes */
};

size_t
textdecode(const char *s, unsigned long *c)
{
	static const struct { unsigned char mask, lead; unsigned long least; }
	kinds[] = {
		{ 0x80, 0x00, 0 },
		{ 0xe0, 0xc0, 0x80 },
		{ 0xf0, 0xe0, 0x800 },
		{ 0xf8, 0xf0, 0x10000 },
	};
	const unsigned char *u = (const unsigned char *)s;
	size_t i, n;

	for (n = 0; n < 4 && (u[0] & kinds[n].mask) != kinds[n].lead; n++)
		;
	if (n == 4)
		return 0;
	*c = u[0] & ~(unsigned long)kinds[n].mask;
	for (i = 1; i <= n; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (u[i] & 0x3f);
	}
	if (*c < kinds[n].least || *c > 0x10ffff ||
	    (*c >= 0xd800 && *c <= 0xdfff))
		return 0;
	return n + 1;
}

/* whether a character moves the cursor, breaks the line or turns the direction of
 * writing, or is none by XML */
static int
isunfit(unsigned long c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c ||
	    c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
	    (c >= 0x2066 && c <= 0x2069) || c == 0xfeff ||
	    (c & 0xfffe) == 0xfffe;
}

/* returns the end of the escape sequence at s (ECMA-48: CSI, strings, others) */
static const char *
escapeend(const char *s)
{
	s++;
	if (*s == '[') {
		s++;
		s += strspn(s, "0123456789:;<=>?");
		s += strspn(s, " !\"#$%&'()*+,-./");
		return *s ? s + 1 : s;
	}
	if (*s && strchr("]PX^_", *s)) {
		while (*s && *s != '\a' && !(s[0] == '\033' && s[1] == '\\'))
			s++;
		if (*s == '\033')
			s++;
		return *s ? s + 1 : s;
	}
	s += strspn(s, " !\"#$%&'()*+,-./");
	return *s ? s + 1 : s;
}

/* returns how many letters, digits and signs of ASCII s begins with */
static size_t
plainlen(const char *s)
{
	size_t n;

	for (n = 0; s[n] >= ' ' && s[n] <= '~'; n++)
		;
	return n;
}

void
textclean(struct buf *b, const char *s)
{
	unsigned long c;
	size_t line, n;

	line = b->len;
	while (*s) {
		n = plainlen(s);
		if (n > 0) {
			bufadd(b, s, n);
			s += n;
			continue;
		}
		if (*s == '\033') {
			s = escapeend(s);
			continue;
		}
		n = textdecode(s, &c);
		if (*s == '\r') {
			/* at the end of the line it overwrites nothing */
			s += strspn(s, "\r\n");
			if (*s)
				b->len = line;
			continue;
		}
		if (*s == '\t')
			bufchar(b, ' ');
		else if (n == 0 || isunfit(c))
			bufchar(b, '?');
		else
			bufadd(b, s, n);
		s += n ? n : 1;
	}
	bufadd(b, "", 0);
}

/* whether a character takes two columns, as those of East Asian scripts and pictures do
 * (Unicode's annex 11, by blocks) */
static int
iswide(unsigned long c)
{
	static const struct { unsigned long first, last; } blocks[] = {
		{ 0x1100, 0x115f }, { 0x2e80, 0x303e }, { 0x3041, 0xa4cf },
		{ 0xa960, 0xa97f }, { 0xac00, 0xd7a3 }, { 0xf900, 0xfaff },
		{ 0xfe30, 0xfe6f }, { 0xff00, 0xff60 }, { 0xffe0, 0xffe6 },
		{ 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff },
		{ 0x1f900, 0x1faff }, { 0x20000, 0x3fffd },
	};
	size_t i;

	for (i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
		if (c >= blocks[i].first && c <= blocks[i].last)
			return 1;
	}
	return 0;
}

/* returns the bytes of the character at s, and adds its columns to n */
static size_t
charwidth(const char *s, size_t *n)
{
	unsigned long c;
	size_t len;

	if (*s >= ' ' && *s <= '~') {
		++*n;
		return 1;
	}
	len = textdecode(s, &c);
	*n += len > 0 && iswide(c) ? 2 : 1;
	return len > 0 ? len : 1;
}

size_t
textcols(const char *s)
{
	size_t n;

	for (n = 0; *s;)
		s += charwidth(s, &n);
	return n;
}

const char *
textlast(struct buf *said, const char *name)
{
	const char *line;

	bufadd(said, "", 0);
	while (said->len > 0 && said->s[said->len - 1] == '\n')
		said->s[--said->len] = '\0';
	line = strrchr(said->s, '\n');
	line = line ? line + 1 : said->s;
	return strncmp(line, name, strlen(name)) == 0 ? line + strlen(name) : line;
}

char *
textline(const char *s, size_t n)
{
	struct buf b = {0};
	char *first;

	first = xstrndup(s, n);
	textcut(&b, first, MESSAGE);
	bufadd(&b, "", 0);
	free(first);
	return buftake(&b);
}

void
textcut(struct buf *b, const char *s, size_t cols)
{
	size_t len, n, start;
	char *p;

	start = b->len;
	textclean(b, s);
	p = b->s + start;
	/* no character has more columns than bytes */
	if (b->len - start <= cols || textcols(p) <= cols)
		return;
	for (n = 0; cols > 0; p += len) {
		len = charwidth(p, &n);
		if (n >= cols)
			break;
	}
	b->len = (size_t)(p - b->s);
	if (cols > 0)
		bufstr(b, ELLIPSIS);
	else
		bufadd(b, "", 0);
}

void
textfold(struct buf *b, const char *s, size_t cols)
{
	struct buf word = {0};
	size_t at, gap, len, n;

	at = 0;
	for (; *(s += gap = strspn(s, " ")); s += len) {
		len = strcspn(s, " ");
		word.len = 0;
		bufadd(&word, s, len);
		n = textcols(word.s);
		if (at > 0 && cols > 0 && at + gap + n > cols) {
			bufchar(b, '\n');
			at = gap = 0;
		}
		at += gap + n;
		for (; gap > 0; gap--)
			bufchar(b, ' ');
		bufadd(b, word.s, word.len);
	}
	bufchar(b, '\n');
	buffree(&word);
}

void
textascii(struct buf *b, const char *s)
{
	size_t len, n;

	for (; *s; s += len) {
		n = 0;
		len = charwidth(s, &n);
		if (len == 1)
			bufchar(b, *s);
		else if (strncmp(s, ELLIPSIS, len) == 0)
			bufchar(b, '>');
		else
			bufstr(b, n == 1 ? "?" : "??");
	}
}

void
textsize(struct buf *b, int64_t bytes)
{
	static const char units[] = "KMGTPE";
	double n;
	int i;

	n = (double)(bytes > 0 ? bytes : 0);
	for (i = -1; n >= 1024 && units[i + 1]; i++)
		n /= 1024;
	if (i < 0)
		buffmt(b, "%.0f B", n);
	else
		buffmt(b, n < 10 && i > 1 ? "%.1f %ciB" : "%.0f %ciB", n,
		    units[i]);
}

void
textspan(struct buf *b, int64_t secs)
{
	long long s;

	s = secs > 0 ? secs : 0;
	if (s < 60)
		buffmt(b, "%llds", s);
	else if (s < 60 * 60)
		buffmt(b, "%lldm%02llds", s / 60, s % 60);
	else if (s < 24 * 60 * 60)
		buffmt(b, "%lldh%02lldm", s / 3600, s / 60 % 60);
	else if (s < 100 * 24 * 60 * 60)
		buffmt(b, "%lldd%02lldh", s / 86400, s / 3600 % 24);
	else
		buffmt(b, "%lldd", s / 86400);
}

static uint64_t
mix(uint64_t h, uint64_t x)
{
	h = (h ^ x) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

uint64_t
texthash(const void *p, size_t n)
{
	const unsigned char *s = p;
	uint64_t h, x;

	h = n;
	for (; n >= sizeof x; n -= sizeof x, s += sizeof x) {
		memcpy(&x, s, sizeof x);
		h = mix(h, x);
	}
	x = 0;
	memcpy(&x, s, n);
	return mix(mix(h, x), n);
}

char *
textnext(char **rest)
{
	char *s = *rest;

	if (!s || !*s)
		return NULL;
	*rest += strcspn(s, "\n");
	if (**rest)
		*(*rest)++ = '\0';
	return s;
}

int
texthasword(const char *words, const char *word)
{
	size_t n;

	for (; *words; words += n) {
		words += strspn(words, " ");
		n = strcspn(words, " ");
		if (n > 0 && n == strlen(word) && memcmp(words, word, n) == 0)
			return 1;
	}
	return 0;
}

int
textcompare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int64_t
textseconds(const char *s)
{
	static const char units[] = "smhd";
	static const int seconds[] = { 1, 60, 3600, 86400 };
	const char *unit;
	size_t digits;
	int64_t n;

	digits = strspn(s, "0123456789");
	unit = s[digits] ? strchr(units, s[digits]) : units;
	if (digits == 0 || digits > 9 || !unit || (s[digits] && s[digits + 1]))
		return -1;
	n = strtoll(s, NULL, 10) * seconds[unit - units];
	return n > INT64_C(3660) * 86400 ? -1 : n;
}

/* returns the cost of writing one letter in place of another */
static unsigned
changecost(char a, char b)
{
	if (a == b)
		return 0;
	return tolower((unsigned char)a) == tolower((unsigned char)b) ? 1 : 2;
}

unsigned
textdistance(const char *a, const char *b)
{
	unsigned row[NAMELEN + 1], before, best, here;
	size_t i, j, na, nb;

	na = strlen(a);
	nb = strlen(b);
	if (na > NAMELEN || nb > NAMELEN)
		return TEXTFAR;
	for (j = 0; j <= nb; j++)
		row[j] = 2 * (unsigned)j;
	for (i = 1; i <= na; i++) {
		before = row[0];
		row[0] = 2 * (unsigned)i;
		for (j = 1; j <= nb; j++) {
			best = before + changecost(a[i - 1], b[j - 1]);
			here = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 2;
			before = row[j];
			row[j] = best < here ? best : here;
		}
	}
	/* two letters of five */
	return row[nb] * 5 <= 4 * (na < nb ? na : nb) && row[nb] <= 6 ?
	    row[nb] : TEXTFAR;
}

size_t
textends(const char *s, const char *suffix)
{
	size_t m, n;

	n = strlen(s);
	m = strlen(suffix);
	return n > m && strcmp(s + n - m, suffix) == 0 ? n - m : 0;
}
