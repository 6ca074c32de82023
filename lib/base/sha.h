/* SHA-256, by the processor's own instructions where it has them, six times as
 * fast; by libmd else. */

#include <stddef.h>
#include <stdint.h>

enum { SHAHEX = 65 };	/* a hash in hexadecimal, and its NUL */

struct sha {
	uint32_t h[8];
	uint64_t len;		/* bytes so far */
	unsigned char rest[64];	/* those of the last, unfinished block */
};

/* begins */
void shainit(struct sha *s);

/* adds n bytes */
void shaadd(struct sha *s, const void *p, size_t n);

/* ends, and sets hex to the hash of all bytes added */
void shaend(struct sha *s, char hex[SHAHEX]);

/* sha's own: adds n blocks of 64 bytes, 1; 0 when the processor cannot */
int shani(uint32_t h[8], const unsigned char *p, size_t n);
