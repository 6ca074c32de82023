/* Allocation that succeeds or ends the program with status 111. */

#include <stddef.h>

/* returns n bytes, uninitialized; the caller owns them, as with all below */
void *xmalloc(size_t n);

/* returns n zeroed elements of the given size in bytes */
void *xcalloc(size_t n, size_t size);

/* resizes p to n elements of the given size in bytes, overflow checked */
void *xreallocarray(void *p, size_t n, size_t size);

/* makes room for one more element behind the n that p has, by doubling p when n is a
 * power of two, so that arrays need no capacity field; returns p, or where it was moved
 * to */
void *xgrow(void *p, size_t n, size_t size);

/* copies a string */
char *xstrdup(const char *s);

/* copies at most n bytes of a string and ends them with NUL */
char *xstrndup(const char *s, size_t n);

/* formats into a new string */
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* ends the program with status 111 after a message with errno's error */
_Noreturn void xdie(const char *what);
