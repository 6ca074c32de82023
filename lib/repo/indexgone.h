/* Drops packages from an index: those that no template makes any more, and those that
 * somebody names. */

#include <stddef.h>

struct index;
struct indexset;
struct tree;

/* Drops packages whose template is gone from the tree, from index and stage, and notes
 * `removed TAB PKGVER TAB ARCH'. One that another package of the repository depends on,
 * by name, by a virtual package or by a shared library, stays, with the note `kept TAB
 * PKGVER TAB ARCH TAB OTHER'. */
void indexgone(struct index *ix, const struct indexset *s, struct tree *t);

/* Drops the packages of these names from the set's indexes of that architecture, and
 * notes the same. Drops nothing if another package depends on one of them, unless
 * force is set. Returns how many names are in no index, after a message, and how many
 * packages are kept. */
size_t indexdrop(const struct indexset *s, const char *arch, char *const *names,
    size_t n, int force);
