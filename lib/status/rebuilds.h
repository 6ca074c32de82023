/* Packages of the build repository that cannot be installed, and those that must be
 * rebuilt before its stages can move into the indexes. */

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

/* Reads them for an architecture, sub-repositories too; main repositories without an
 * index count as empty. Nothing, after a message, if an index cannot be read.
 * rebuildsfree frees what rs has. */
void rebuildsread(struct rebuilds *rs, const char *arch);

/* Appends lines `broken TAB PKGVER TAB WHAT' and `rebuild TAB PACKAGE TAB SONAME'. */
void rebuildslines(const struct rebuilds *rs, struct buf *b);

/* Appends for each kind that there is an empty line and one with the packages' names, at
 * most cols columns of it, 0: all. */
void rebuildssay(const struct rebuilds *rs, int cols, struct buf *b);

/* Frees what rs has. */
void rebuildsfree(struct rebuilds *rs);
