/* Numbers that change when files do. They are of the files' times, sizes and
 * inodes, which are had at once but change too when a file gets another link or
 * is checked out anew; or, if deep, of what is in them. And numbers of texts. */

#include <stddef.h>
#include <stdint.h>

struct stat;

/* returns the number of n bytes */
uint64_t fingerprinttext(const void *p, size_t n);

/* returns the number of a file's status */
uint64_t fingerprintfile(const struct stat *st);

/* returns the number of everything below a directory, or of the file that path is, by
 * whatever path it is reached; entries of the top called skip (if not NULL) do not count;
 * what is not there has a number too */
uint64_t fingerprinttree(const char *path, const char *skip, int deep);

/* whether the file changed so lately that it may change again and keep its
 * number */
int fingerprintlately(const struct stat *st);
