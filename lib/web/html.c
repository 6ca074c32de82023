#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/text.h"
#include "web/html.h"

enum { DAY = 24 * 60 * 60 };

void
htmltext(struct buf *b, const char *s)
{
	struct buf clean = {0};
	const char *p;

	textclean(&clean, s);
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

void
htmlurl(struct buf *b, const char *s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

	for (; *s; s++) {
		if (strchr(plain, *s))
			bufchar(b, *s);
		else
			buffmt(b, "%%%02X", (unsigned char)*s);
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
