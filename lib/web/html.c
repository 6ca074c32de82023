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

static const struct tm *
utc(int64_t t, struct tm *tm)
{
	time_t at;

	at = (time_t)t;
	return gmtime_r(&at, tm);
}

void
htmlstamp(struct buf *b, int64_t t)
{
	char text[32];
	struct tm tm;

	if (utc(t, &tm) &&
	    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm) > 0)
		bufstr(b, text);
}

static void
element(struct buf *b, int64_t t, int date)
{
	char text[32];
	struct tm tm;

	bufstr(b, "<time datetime=\"");
	htmlstamp(b, t);
	bufstr(b, "\">");
	if (utc(t, &tm) &&
	    strftime(text, sizeof text, "%Y-%m-%d %H:%M", &tm) > 0)
		bufstr(b, date ? text : strchr(text, ' ') + 1);
	bufstr(b, "</time>");
}

void
htmltime(struct buf *b, int64_t t)
{
	element(b, t, 1);
}

void
htmlclock(struct buf *b, int64_t t, int64_t now)
{
	element(b, t, t / DAY != now / DAY);
}

void
htmllink(struct buf *b, const char *to, const char *text)
{
	buffmt(b, "<a href=\"%s\">", to);
	htmltext(b, text);
	bufstr(b, "</a>");
}
