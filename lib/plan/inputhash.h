/* What a package is made from, as hashes: whether it is worth building again after
 * a failure, and what of it has changed since it was built. In words: a hash of all,
 * the versions of its dependencies too, and behind it WORD:HASH for each part.
 *	template
 *	files		patches and all else beside the template
 *	style		the build style and helpers that the template names
 *	options		build options, and what etc/conf sets for all packages
 *	shlibs		the lines of common/shlibs for what the template makes */

#include <stddef.h>

struct buf;
struct plan;

/* returns the hashes of a node, its template as the first tree has it; the caller
 * owns them; NULL after a message when something cannot be read */
char *inputhash(struct plan *p, size_t node);

/* appends the words of the parts in which two of these differ, commas between them;
 * a part that one of them does not have is the same */
void inputhashdiffer(const char *old, const char *new, struct buf *words);
