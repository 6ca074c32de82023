/* Text compressed piece by piece. A piece is a frame of zstd, so that the whole
 * is a file like any other; and one that the file had before, as most of an
 * index that changes little, need not be compressed again. */

struct buf;

/* writes the text to fd, compressed at a level of zstd; what is in the file of
 * that path as well, which may not be there, is taken from it; -1 with errno */
int pieceswrite(int fd, const struct buf *text, int level, const char *path);
