#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/text.h"
#include "web/html.h"

enum { DAY = 24 * 60 * 60 };

void
htmltext(struct buf *b, const char *s)
{
	static const char special[] = "&<>\"'";
	struct buf clean = {0};
	size_t start;
	const char *p;

	start = b->len;
	textclean(b, s);
	s = b->s + start;
	if (!s[strcspn(s, special)])
		return;
	bufstr(&clean, s);
	b->len = start;
	for (p = clean.s; *p; p++) {
		switch (*p) {
		case '&':
			bufstr(b, "&amp;");
			break;
		case '<':
			bufstr(b, "&lt;");
			break;
		case '>':
			bufstr(b, "&gt;");
			break;
		case '"':
			bufstr(b, "&quot;");
			break;
		case '\'':
			bufstr(b, "&#39;");
			break;
		default:
			bufchar(b, *p);
		}
	}
	buffree(&clean);
}

/* whether a character means itself in a URL */
static int
isplain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

void
htmlurl(struct buf *b, const char *s)
{
	size_t n;

	for (; *s; s += n) {
		for (n = 0; isplain(s[n]); n++)
			;
		bufadd(b, s, n);
		if (n == 0) {
			buffmt(b, "%%%02X", (unsigned char)*s);
			n = 1;
		}
	}
}

enum format { STAMP, DATE, CLOCK };

static void
timetext(struct buf *b, enum format f, int64_t t)
{
	time_t at = (time_t)t;
	char text[32];
	struct tm tm;

	if (gmtime_r(&at, &tm) && strftime(text, sizeof text,
	    f == STAMP ? "%Y-%m-%dT%H:%M:%SZ" : f == DATE ? "%Y-%m-%d %H:%M" : "%H:%M",
	    &tm) > 0)
		bufstr(b, text);
}

void
htmlstamp(struct buf *b, int64_t t)
{
	timetext(b, STAMP, t);
}

static void
timeelement(struct buf *b, enum format f, int64_t t)
{
	bufstr(b, "<time datetime=\"");
	htmlstamp(b, t);
	bufstr(b, "\">");
	timetext(b, f, t);
	bufstr(b, "</time>");
}

void
htmltime(struct buf *b, int64_t t)
{
	timeelement(b, DATE, t);
}

void
htmlclock(struct buf *b, int64_t t, int64_t now)
{
	timeelement(b, t / DAY == now / DAY ? CLOCK : DATE, t);
}

void
htmllink(struct buf *b, const char *to, const char *text)
{
	buffmt(b, "<a href=\"%s\">", to);
	htmltext(b, text);
	bufstr(b, "</a>");
}
