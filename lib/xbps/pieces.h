/* Text in a zstd file that consists of many frames, the pieces, each of which can be
 * compressed and copied on its own. */

#include <stddef.h>
#include <stdint.h>

struct buf;

/* moves *at from the start of a frame, skippable or not, to its end, which may lie behind
 * the end of the file: 1; 0 when there is no frame; -1 with errno, which is 0 when the
 * file ends in the frame's header or blocks */
int piecesskip(int fd, uint64_t *at);

/* appends n bytes as a frame, compressed at a level from 1 to 19; -1 with errno */
int pieceszip(struct buf *b, const void *p, size_t n, int level);

/* appends the text of the n bytes of a frame to b; -1 with errno, EFBIG for more than max
 * bytes */
int piecesunzip(struct buf *b, const void *p, size_t n, size_t max);

/* writes the text of an index to fd, compressed at a level of zstd; copies the frames of
 * the pieces that have not changed from the file path, if that exists; -1 with errno */
int pieceswrite(int fd, const struct buf *text, int level, const char *path);
