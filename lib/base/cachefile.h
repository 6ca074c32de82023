/* A file that caches text which can be made again. It begins with a head, which has the
 * version of its format and all that the text depends on, and ends with a hash, so that a
 * damaged file counts as none. */

#include <stddef.h>

struct buf;

/* reads the file, without its last line, into the empty b; -1 unless it belongs to this
 * user, has at most max bytes, begins with the head and is whole */
int cachefileread(const char *path, const char *head, size_t max, struct buf *b);

/* replaces the file by b, which begins with the head, and to which the last line is
 * appended; when that fails the file stays as it was */
void cachefilewrite(const char *path, struct buf *b);
