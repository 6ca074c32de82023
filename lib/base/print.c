#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "base/buf.h"
#include "base/print.h"
#include "base/progress.h"
#include "base/text.h"
#include "base/x.h"

/* whether textclean would change nothing */
static int
isclean(const char *s, size_t n)
{
	for (; n > 0; s++, n--) {
		if ((*s < ' ' || *s > '~') && *s != '\n' && *s != '\t')
			return 0;
	}
	return 1;
}

/* appends the text, each field cleaned */
static void
cleanfields(struct buf *b, const char *s, size_t n)
{
	const char *end;
	char *field;
	size_t len;

	for (end = s + n; s < end; s += len) {
		for (len = 0; s + len < end && s[len] != '\n' && s[len] != '\t';
		    len++)
			;
		field = xstrndup(s, len);
		textclean(b, field);
		free(field);
		if (s + len < end)
			bufchar(b, s[len++]);
	}
}

int
print(const char *s, size_t n)
{
	struct buf b = {0};
	int r;

	if (!isclean(s, n)) {
		cleanfields(&b, s, n);
		s = b.s;
		n = b.len;
	}
	progresspause();
	/* s may be NULL if n is 0 */
	r = (n > 0 && fwrite(s, 1, n, stdout) != n) || fflush(stdout) != 0 ? -1 : 0;
	if (r < 0)
		warn("standard output");
	progressresume();
	buffree(&b);
	return r;
}

/* Changes carriage returns to ?, but not at the end, as textclean leaves out what is
 * before one, such as the name that the message is about. */
static void
keepreturns(char *s)
{
	for (; (s = strchr(s, '\r')) && s[strspn(s, "\r\n")]; s++)
		*s = '?';
}

/* prints a message as one line, with the error e unless that is negative */
static void printmessage(int e, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

static void
printmessage(int e, const char *fmt, va_list ap)
{
	struct buf b = {0};
	va_list again;
	char *text;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	text = xcalloc(n < 0 ? 1 : (size_t)n + 1, 1);
	if (n > 0)
		vsnprintf(text, (size_t)n + 1, fmt, ap);
	keepreturns(text);
	buffmt(&b, "%s: ", getprogname());
	textclean(&b, text);
	if (e >= 0)
		buffmt(&b, ": %s", strerror(e));
	bufchar(&b, '\n');
	progresspause();
	fwrite(b.s, 1, b.len, stderr);
	progressresume();
	free(text);
	buffree(&b);
}

void
warn(const char *fmt, ...)
{
	va_list ap;
	int e = errno;

	va_start(ap, fmt);
	printmessage(e, fmt, ap);
	va_end(ap);
	errno = e;
}

void
warnx(const char *fmt, ...)
{
	va_list ap;
	int e = errno;

	va_start(ap, fmt);
	printmessage(-1, fmt, ap);
	va_end(ap);
	errno = e;
}

void
err(int status, const char *fmt, ...)
{
	va_list ap;
	int e = errno;

	va_start(ap, fmt);
	printmessage(e, fmt, ap);
	va_end(ap);
	exit(status);
}

void
errx(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	printmessage(-1, fmt, ap);
	va_end(ap);
	exit(status);
}
