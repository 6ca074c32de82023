/* What is wrong with the build repository: packages that cannot be installed, and
 * those that must be rebuilt before its stages can move into the indexes. */

#include <stddef.h>

struct buf;
struct lack;
struct rebuild;
struct repos;

struct rebuilds {
	struct repos *repos;	/* the build repository and the main ones, or NULL */
	struct rebuild *list;
	size_t n;
	struct lack *lacks;
	size_t nlacks;
};

/* reads it for that architecture, sub-repositories too; main ones without an index
 * count as empty; nothing, after a message, if an index cannot be read; rebuildsfree
 * frees it */
void rebuildsread(struct rebuilds *rs, const char *arch);

/* appends a line for each, `broken TAB PKGVER TAB WHAT' and `rebuild TAB PACKAGE TAB
 * SONAME' */
void rebuildslines(const struct rebuilds *rs, struct buf *b);

/* appends for each kind an empty line and one with the packages' names, at most cols
 * columns of it, 0 for any length; nothing if there are none */
void rebuildssay(const struct rebuilds *rs, int cols, struct buf *b);

/* frees what rs has */
void rebuildsfree(struct rebuilds *rs);
