/* The inputs of a package as hashes, which tell whether it is worth building again
 * after a failure, and what has changed since it was built. They are words: a hash of
 * all inputs and the versions of all dependencies, then WORD:HASH for each part.
 *	template
 *	files		patches and all else beside the template
 *	style		the build style and helpers that the template names
 *	options		build options, and what etc/conf sets for all packages
 *	shlibs		the lines of common/shlibs for what the template makes */

#include <stddef.h>

struct buf;
struct plan;

/* returns the hashes of a node; the caller owns them; NULL after a message when a file
 * cannot be read */
char *inputhash(struct plan *p, size_t node);

/* appends the words of the parts whose hashes differ, commas between them; a part that
 * one of the two lacks counts as the same */
void inputhashdiffer(const char *old, const char *new, struct buf *words);
