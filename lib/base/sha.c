#include <sha2.h>
#include <stdio.h>
#include <string.h>

#include "base/sha.h"

enum { BLOCK = 64 };

static void
addblocks(uint32_t h[8], const unsigned char *p, size_t n)
{
	if (shani(h, p, n))
		return;
	for (; n > 0; n--, p += BLOCK)
		SHA256Transform(h, p);
}

void
shainit(struct sha *s)
{
	static const uint32_t h[8] = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	};

	memcpy(s->h, h, sizeof h);
	s->len = 0;
}

void
shaadd(struct sha *s, const void *data, size_t n)
{
	const unsigned char *p = data;
	size_t have, take;

	have = s->len % BLOCK;
	s->len += n;
	if (have > 0) {
		take = n < BLOCK - have ? n : BLOCK - have;
		memcpy(s->rest + have, p, take);
		p += take;
		n -= take;
		if (have + take < BLOCK)
			return;
		addblocks(s->h, s->rest, 1);
	}
	addblocks(s->h, p, n / BLOCK);
	if (n % BLOCK > 0)
		memcpy(s->rest, p + n / BLOCK * BLOCK, n % BLOCK);
}

void
shaend(struct sha *s, char hex[SHAHEX])
{
	unsigned char pad[BLOCK + 8] = { 0x80 };
	uint64_t bits;
	size_t i, n;

	/* a bit 1, zeros, and the length in bits fill up the last block */
	bits = s->len * 8;
	n = (BLOCK * 2 - 9 - s->len % BLOCK) % BLOCK + 1;
	for (i = 0; i < 8; i++)
		pad[n + i] = (unsigned char)(bits >> (56 - 8 * i));
	shaadd(s, pad, n + 8);
	for (i = 0; i < 8; i++)
		snprintf(hex + 8 * i, 9, "%08x", (unsigned)s->h[i]);
}
