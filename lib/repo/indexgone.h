/* Packages of an index that no template makes any more. */

struct index;
struct indexset;
struct tree;

/* drops the packages whose template is gone from the tree, from the index and
 * from the stage, and notes `removed TAB PKGVER TAB ARCH'; one that another
 * package of the repository still depends on, by name, by what it provides or by a
 * shared library, stays, and `kept TAB PKGVER TAB ARCH TAB OTHER' is noted */
void indexgone(struct index *ix, const struct indexset *s, struct tree *t);
