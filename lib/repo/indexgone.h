/* Drops packages from an index that no template makes any more. */

struct index;
struct indexset;
struct tree;

/* Drops packages whose template is gone from the tree, from index and stage, and notes
 * `removed TAB PKGVER TAB ARCH'. One that another package of the repository depends on,
 * by name, by a virtual package or by a shared library, stays, with the note `kept TAB
 * PKGVER TAB ARCH TAB OTHER'. */
void indexgone(struct index *ix, const struct indexset *s, struct tree *t);
