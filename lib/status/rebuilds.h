/* What is wrong with the build repository: packages that cannot be installed, those
 * that must be rebuilt before its stages can move into the indexes, and those that are
 * due by SPIFF_RELINK, as spiff-rebuild has found them. */

#include <stddef.h>

struct buf;
struct lack;
struct rebuild;
struct repos;
struct spool;

struct rebuilds {
	char *arch;
	struct repos *repos;	/* the build repository and the main ones, or NULL */
	struct rebuild *list;
	size_t n;
	struct lack *lacks;
	size_t nlacks;
	struct relink {
		char *pkgver;
		char *dep;	/* what it was built with and has another interface now */
	} *relinks;
	size_t nrelinks;
};

/* Reads them for an architecture, sub-repositories too; main repositories without an
 * index count as empty. -1 after a message, without repos, if an index cannot be read.
 * rebuildsfree frees what rs has in any case. */
int rebuildsread(struct rebuilds *rs, const struct spool *sp, const char *arch);

/* Calls fn for each, by kind: "broken" and what the package lacks, "rebuild" and a
 * soname, "relink" and a dependency. package is a pkgver, of "rebuild" a name. */
void rebuildseach(const struct rebuilds *rs, void (*fn)(void *arg, const char *kind,
    const char *package, const char *what), void *arg);

/* Appends lines `KIND TAB PACKAGE TAB WHAT TAB ARCH'. */
void rebuildslines(const struct rebuilds *rs, struct buf *b);

/* Appends for each kind that there is an empty line and one with the packages' names, at
 * most cols columns of it, 0: all. Returns how many lines. */
int rebuildssay(const struct rebuilds *rs, int cols, struct buf *b);

/* Frees what rs has. */
void rebuildsfree(struct rebuilds *rs);
