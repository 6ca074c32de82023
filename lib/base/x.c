#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "base/progress.h"
#include "base/x.h"

enum { SYSFAIL = 111 };

/* prints by itself, since err needs memory */
void
xdie(const char *what)
{
	progresspause();
	fprintf(stderr, "%s: %s: %s\n", getprogname(), what, strerror(errno));
	exit(SYSFAIL);
}

static void *
checked(void *p)
{
	if (!p)
		xdie("memory");
	return p;
}

void *
xmalloc(size_t n)
{
	return checked(malloc(n ? n : 1));
}

void *
xcalloc(size_t n, size_t size)
{
	return checked(calloc(n ? n : 1, size ? size : 1));
}

void *
xreallocarray(void *p, size_t n, size_t size)
{
	if (size && n > SIZE_MAX / size) {
		errno = ENOMEM;
		xdie("memory");
	}
	n *= size;
	return checked(realloc(p, n ? n : 1));
}

void *
xgrow(void *p, size_t n, size_t size)
{
	if (n & (n - 1))
		return p;
	if (n > SIZE_MAX / 2)
		n = SIZE_MAX;
	return xreallocarray(p, n ? n * 2 : 1, size);
}

char *
xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

char *
xstrndup(const char *s, size_t n)
{
	char *p;

	n = strnlen(s, n);
	p = xmalloc(n + 1);
	memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

char *
xasprintf(const char *fmt, ...)
{
	char *p, text[256];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (n < 0)
		xdie("format");
	if ((size_t)n < sizeof text)
		return xstrndup(text, (size_t)n);
	p = xmalloc((size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}
