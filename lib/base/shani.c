/* SHA-256 by the SHA extensions of x86, with the intrinsics of GCC and clang */
#include "base/sha.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <cpuid.h>
#include <immintrin.h>
#include <stdatomic.h>

static const uint32_t k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static int
hassha(void)
{
	static atomic_int known;	/* 1: yes, -1: no */
	unsigned a, b, c, d;

	if (known == 0)
		known = __get_cpuid(1, &a, &b, &c, &d) && c & bit_SSSE3 &&
		    c & bit_SSE4_1 && __get_cpuid_count(7, 0, &a, &b, &c, &d) &&
		    b & bit_SHA ? 1 : -1;
	return known > 0;
}

/* four rounds with four words, the constants from the i-th on */
#define ROUNDS(i, w) \
	t = _mm_add_epi32(w, _mm_loadu_si128((const void *)(k + (i)))); \
	y = _mm_sha256rnds2_epu32(y, x, t); \
	x = _mm_sha256rnds2_epu32(x, y, _mm_shuffle_epi32(t, 0x0e))

/* the four words that come after the sixteen in a, b, c, d: to a */
#define NEXT(a, b, c, d) \
	a = _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(a, b), \
	    _mm_alignr_epi8(d, c, 4)), d)

__attribute__((target("sha,sse4.1,ssse3")))
static void
addblocks(uint32_t h[8], const unsigned char *p, size_t n)
{
	const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b,
	    0x0405060700010203);
	__m128i a, b, c, d, t, x, x0, y, y0;
	int i;

	/* the instructions want the eight words as ABEF and CDGH */
	t = _mm_shuffle_epi32(_mm_loadu_si128((const void *)h), 0xb1);
	y = _mm_shuffle_epi32(_mm_loadu_si128((const void *)(h + 4)), 0x1b);
	x = _mm_alignr_epi8(t, y, 8);
	y = _mm_blend_epi16(y, t, 0xf0);
	for (; n > 0; n--, p += 64) {
		x0 = x;
		y0 = y;
		a = _mm_shuffle_epi8(_mm_loadu_si128((const void *)p), swap);
		b = _mm_shuffle_epi8(_mm_loadu_si128((const void *)(p + 16)), swap);
		c = _mm_shuffle_epi8(_mm_loadu_si128((const void *)(p + 32)), swap);
		d = _mm_shuffle_epi8(_mm_loadu_si128((const void *)(p + 48)), swap);
		for (i = 0;; i += 16) {
			ROUNDS(i, a);
			ROUNDS(i + 4, b);
			ROUNDS(i + 8, c);
			ROUNDS(i + 12, d);
			if (i == 48)
				break;
			NEXT(a, b, c, d);
			NEXT(b, c, d, a);
			NEXT(c, d, a, b);
			NEXT(d, a, b, c);
		}
		x = _mm_add_epi32(x, x0);
		y = _mm_add_epi32(y, y0);
	}
	t = _mm_shuffle_epi32(x, 0x1b);
	y = _mm_shuffle_epi32(y, 0xb1);
	_mm_storeu_si128((void *)h, _mm_blend_epi16(t, y, 0xf0));
	_mm_storeu_si128((void *)(h + 4), _mm_alignr_epi8(y, t, 8));
}

int
shani(uint32_t h[8], const unsigned char *p, size_t n)
{
	if (!hassha())
		return 0;
	addblocks(h, p, n);
	return 1;
}

#else

int
shani(uint32_t h[8], const unsigned char *p, size_t n)
{
	(void)h;
	(void)p;
	(void)n;
	return 0;
}

#endif
