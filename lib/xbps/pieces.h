/* The frames that a file of zstd is a row of, without what is in them. */

#include <stddef.h>
#include <stdint.h>

struct buf;

/* goes from the frame at *at, which may be one to be skipped, to its end, whether
 * the file has all of it or not: 1, 0 when there is no frame, -1 with errno when
 * the file ends in its middle, 0 if that is no fault of the system */
int piecesskip(int fd, uint64_t *at);

/* Bytes as one frame of zstd, and back. */

/* appends the n bytes, compressed at a level from 1 to 19, to b; -1 with errno */
int pieceszip(struct buf *b, const void *p, size_t n, int level);

/* appends what the n bytes of a frame were made of to b; -1 with errno, EFBIG for
 * more than max bytes */
int piecesunzip(struct buf *b, const void *p, size_t n, size_t max);

/* Text compressed piece by piece. A piece is a frame of zstd, so that the whole
 * is a file like any other; and one that the file had before, as most of an
 * index that changes little, need not be compressed again. */

/* writes the text to fd, compressed at a level of zstd; what is in the file of
 * that path as well, which may not be there, is taken from it; -1 with errno */
int pieceswrite(int fd, const struct buf *text, int level, const char *path);
