/* Bytes as one frame of zstd, and back. */

#include <stddef.h>

struct buf;

/* appends the n bytes, compressed at a level from 1 to 19, to b; -1 with errno */
int zip(struct buf *b, const void *p, size_t n, int level);

/* appends what the n bytes of a frame were made of to b; -1 with errno, EFBIG for
 * more than max bytes */
int unzip(struct buf *b, const void *p, size_t n, size_t max);
