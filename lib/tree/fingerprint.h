/* Numbers that change when files do: of their status (times, sizes, inodes), which
 * changes with another link or checkout too; or, if deep, of their contents. */

#include <stddef.h>
#include <stdint.h>

struct stat;

/* returns the number of a file's status */
uint64_t fingerprintfile(const struct stat *st);

/* returns the number of a file, or of all below a directory, but for the entry skip in
 * that itself unless skip is NULL; the path does not count; a file that does not exist
 * has a number too */
uint64_t fingerprinttree(const char *path, const char *skip, int deep);

/* whether the file changed so lately that another change may leave its times as they
 * are */
int fingerprintlately(const struct stat *st);
