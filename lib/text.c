#include <string.h>

#include "buf.h"
#include "text.h"

/* decodes the character at s: returns its bytes, 0 when it is no UTF-8 */
static size_t
decode(const char *s, unsigned long *c)
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

/* what would move the cursor, break the line or turn the direction of writing, or
 * is no character, which XML forbids */
static int
unfit(unsigned long c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c ||
	    c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
	    (c >= 0x2066 && c <= 0x2069) || c == 0xfeff ||
	    (c & 0xfffe) == 0xfffe;
}

/* returns the end of the escape sequence at s (ECMA-48: CSI, strings, others) */
static const char *
escape(const char *s)
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

void
textclean(struct buf *b, const char *s)
{
	unsigned long c;
	size_t line, n;

	line = b->len;
	while (*s) {
		if (*s == '\033') {
			s = escape(s);
			continue;
		}
		n = decode(s, &c);
		if (*s == '\r') {
			/* nothing behind it: the end of the line */
			s += strspn(s, "\r\n");
			if (*s)
				b->len = line;
			continue;
		}
		if (*s == '\t')
			bufchar(b, ' ');
		else if (n == 0 || unfit(c))
			bufchar(b, '?');
		else
			bufadd(b, s, n);
		s += n ? n : 1;
	}
	bufadd(b, "", 0);
}

size_t
textcols(const char *s)
{
	size_t n;

	for (n = 0; *s; s++)
		n += (*s & 0xc0) != 0x80;
	return n;
}

void
textcut(struct buf *b, const char *s, size_t cols)
{
	size_t n, start;
	char *p;

	start = b->len;
	textclean(b, s);
	p = b->s + start;
	if (textcols(p) <= cols)
		return;
	for (n = 0; cols > 0; p++) {
		n += (*p & 0xc0) != 0x80;
		if (n == cols)
			break;
	}
	b->len = (size_t)(p - b->s);
	if (cols > 0)
		bufstr(b, "\xe2\x80\xa6");
	else
		bufadd(b, "", 0);
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
