#include <errno.h>
#include <stdint.h>
#include <sys/types.h>
#include <unistd.h>

#include "frame.h"

/*
 * A zstd file is a row of frames (RFC 8878): a magic number, a header whose first
 * byte tells its length, blocks that begin with their size, and a checksum if
 * the header says so. Skippable frames have a size behind their magic number.
 */
#define ZSTD 0xfd2fb528
#define SKIP 0x184d2a50

/* n bytes, little endian; -1 with errno, which is 0 when there are fewer, 0 for
 * the end of the file */
static int
get(int fd, uint64_t at, unsigned n, uint32_t *v)
{
	unsigned char b[4];
	ssize_t r;

	r = pread(fd, b, n, (off_t)at);
	if (r < 0)
		return -1;
	errno = 0;
	if (r != (ssize_t)n)
		return r == 0 ? 0 : -1;
	for (*v = 0; n > 0; n--)
		*v = *v << 8 | b[n - 1];
	return 1;
}

/* goes to the end of the frame whose magic number was before *at */
static int
skip(int fd, uint64_t *at)
{
	static const unsigned content[] = { 0, 2, 4, 8 };
	uint32_t block, head;

	if (get(fd, *at, 1, &head) <= 0)
		return -1;
	/* the flags of the size of the contents, of one segment (no window's
	 * size then, but always that of the contents), of the dictionary */
	*at += 1 + (head & 0x20 ? 0 : 1) + (head & 3 ? 1u << ((head & 3) - 1) : 0);
	*at += head & 0x20 && head < 0x40 ? 1 : content[head >> 6];
	do {
		if (get(fd, *at, 3, &block) <= 0)
			return -1;
		/* what is repeated is one byte */
		*at += 3 + ((block >> 1 & 3) == 1 ? 1 : block >> 3);
	} while (!(block & 1));
	*at += head & 4 ? 4 : 0;
	return 0;
}

int
frameskip(int fd, uint64_t *at)
{
	uint32_t n;
	int r;

	r = get(fd, *at, 4, &n);
	if (r <= 0)
		return r;
	if (n != ZSTD && (n & ~0xfu) != SKIP)
		return 0;
	*at += 4;
	if (n == ZSTD)
		return skip(fd, at) < 0 ? -1 : 1;
	if (get(fd, *at, 4, &n) <= 0)
		return -1;
	*at += 4 + (uint64_t)n;
	return 1;
}
