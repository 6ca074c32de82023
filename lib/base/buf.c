#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/x.h"

char *
bufroom(struct buf *b, size_t n)
{
	size_t want;

	want = n > SIZE_MAX / 2 - b->len - 1 ? SIZE_MAX : b->len + n + 1;
	if (want > b->cap) {
		if (want < b->cap * 2)
			want = b->cap * 2;
		if (want < 64)
			want = 64;
		b->s = xreallocarray(b->s, want, 1);
		b->cap = want;
		/* if nothing comes into the room, it is a string all the same */
		b->s[b->len] = '\0';
	}
	return b->s + b->len;
}

void
bufadd(struct buf *b, const void *p, size_t n)
{
	char *end;

	end = bufroom(b, n);
	if (n)
		memcpy(end, p, n);
	b->len += n;
	b->s[b->len] = '\0';
}

void
bufstr(struct buf *b, const char *s)
{
	bufadd(b, s, strlen(s));
}

void
bufchar(struct buf *b, char c)
{
	bufadd(b, &c, 1);
}

void
buffmt(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	size_t room;
	int n;

	/* a second time if the room was not enough */
	bufroom(b, 0);
	do {
		room = b->cap - b->len;
		va_start(ap, fmt);
		n = vsnprintf(b->s + b->len, room, fmt, ap);
		va_end(ap);
		if (n < 0)
			xdie("format");
		bufroom(b, (size_t)n);
	} while ((size_t)n >= room);
	b->len += (size_t)n;
}

char *
buftake(struct buf *b)
{
	char *s;

	bufadd(b, "", 0);
	s = b->s;
	b->s = NULL;
	b->len = b->cap = 0;
	return s;
}

void
buffree(struct buf *b)
{
	free(b->s);
	b->s = NULL;
	b->len = b->cap = 0;
}
