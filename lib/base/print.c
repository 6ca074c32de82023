#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "base/buf.h"
#include "base/print.h"
#include "base/text.h"
#include "base/x.h"

/* whether the text is such that textclean would leave all of it as it is */
static int
plain(const char *s, size_t n)
{
	for (; n > 0; s++, n--) {
		if ((*s < ' ' || *s > '~') && *s != '\n' && *s != '\t')
			return 0;
	}
	return 1;
}

/* appends the text with each of its fields cleaned */
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

	if (!plain(s, n)) {
		cleanfields(&b, s, n);
		s = b.s;
		n = b.len;
	}
	r = 0;
	/* a buffer that was never filled has no bytes to point to */
	if ((n > 0 && fwrite(s, 1, n, stdout) != n) || fflush(stdout) != 0) {
		warn("standard output");
		r = -1;
	}
	buffree(&b);
	return r;
}

/* writes a message, and what the error e means unless it is negative, as one line */
static void message(int e, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

static void
message(int e, const char *fmt, va_list ap)
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
	buffmt(&b, "%s: ", getprogname());
	textclean(&b, text);
	if (e >= 0)
		buffmt(&b, ": %s", strerror(e));
	bufchar(&b, '\n');
	fwrite(b.s, 1, b.len, stderr);
	free(text);
	buffree(&b);
}

void
warn(const char *fmt, ...)
{
	va_list ap;
	int e = errno;

	va_start(ap, fmt);
	message(e, fmt, ap);
	va_end(ap);
	errno = e;
}

void
warnx(const char *fmt, ...)
{
	va_list ap;
	int e = errno;

	va_start(ap, fmt);
	message(-1, fmt, ap);
	va_end(ap);
	errno = e;
}

void
err(int status, const char *fmt, ...)
{
	va_list ap;
	int e = errno;

	va_start(ap, fmt);
	message(e, fmt, ap);
	va_end(ap);
	exit(status);
}

void
errx(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(-1, fmt, ap);
	va_end(ap);
	exit(status);
}
