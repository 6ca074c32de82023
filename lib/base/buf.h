/* A growing buffer of bytes, followed by a NUL that len does not count. */

#include <stddef.h>

struct buf {
	char *s;	/* NULL until something is appended */
	size_t len;
	size_t cap;
};

/* appends n bytes */
void bufadd(struct buf *b, const void *p, size_t n);

/* appends a string */
void bufstr(struct buf *b, const char *s);

/* appends one byte */
void bufchar(struct buf *b, char c);

/* appends formatted text */
void buffmt(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* makes room for n more bytes and returns where they go; the caller adds the number of
 * bytes that it writes there to len */
char *bufroom(struct buf *b, size_t n);

/* returns the contents as a string that the caller owns; leaves b empty */
char *buftake(struct buf *b);

/* frees the contents; leaves b empty */
void buffree(struct buf *b);
