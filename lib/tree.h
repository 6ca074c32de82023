/* The trees: overlays first, a whole void-packages last. A name is looked up in
 * each of them in turn and the first that has it wins, as if they were one
 * tree. Nothing outside of them is followed, and a name with anything but
 * letters, digits and + - . _ @ in it is no name. */

#include <stddef.h>

struct buf;
struct stat;
struct tree;

/* opens the trees for reading; NULL after a message: none given, or one without
 * srcpkgs/ */
struct tree *treeopen(char *const *dirs, size_t n);

/* frees the tree and every name it gave */
void treeclose(struct tree *t);

/* returns the source package that builds the binary package name: name itself,
 * what its link srcpkgs/NAME leads to, or either without -32bit or -dbg; NULL
 * when no template makes it; lives as long as the tree */
const char *treesource(struct tree *t, const char *name);

/* returns the names of all source packages, sorted, and their number; they live
 * as long as the tree; NULL after a message */
const char *const *treelist(struct tree *t, size_t *n);

/* returns the directory that has a source package's template, as it was given
 * ("void-packages"), NULL when none has; so the template's path is
 * DIR/srcpkgs/NAME/template */
const char *treedir(struct tree *t, const char *source);

/* sets st to the template's status; -1 with errno */
int treestat(struct tree *t, const char *source, struct stat *st);

/* returns the directories as they were given, and their number */
const char *const *treedirs(const struct tree *t, size_t *n);

/* appends the file below etc/ to b, from the first tree that has one with
 * something in it; returns that tree's number from 0, -1 when none has it */
int treeetc(struct tree *t, const char *name, struct buf *b);

/* returns the package that stands for a virtual one by etc/virtual, or by
 * etc/defaults.virtual where there is no such file; NULL when it has no line;
 * lives as long as the tree */
const char *treevirtual(struct tree *t, const char *name);
