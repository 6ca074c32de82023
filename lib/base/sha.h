/* SHA-256: by instructions of the processor if it has them, which is six times as fast as
 * libmd, else by libmd. */

#include <stddef.h>
#include <stdint.h>

enum { SHAHEX = 65 };	/* a hash in hexadecimal, and its NUL */

struct sha {
	uint32_t h[8];
	uint64_t len;		/* bytes added */
	unsigned char rest[64];	/* bytes of the last, unfinished block */
};

/* begins a hash */
void shainit(struct sha *s);

/* adds n bytes */
void shaadd(struct sha *s, const void *p, size_t n);

/* sets hex to the hash of all bytes added */
void shaend(struct sha *s, char hex[SHAHEX]);

/* for shaadd: adds n blocks of 64 bytes, 1; 0 when the processor lacks them */
int shani(uint32_t h[8], const unsigned char *p, size_t n);
