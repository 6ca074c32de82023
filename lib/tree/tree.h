/* The trees: overlays first, a whole void-packages last. A name is looked up in
 * each of them in turn and the first that has it wins, as if they were one
 * tree. Nothing outside of them is followed, and a name with anything but
 * letters, digits and + - . _ @ in it is none. What was looked up once stays as
 * it was then. */

#include <stddef.h>

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

/* whether a package is made besides another: the trees have it neither as a
 * source nor as a link, but treesource finds it without -32bit or -dbg */
int treebeside(struct tree *t, const char *name);

/* returns the names of all source packages, sorted, and their number; they live
 * as long as the tree; NULL after a message */
const char *const *treelist(struct tree *t, size_t *n);

/* returns the source package whose name is most like the name, for who may have
 * mistyped it; NULL when there is none */
const char *treenear(struct tree *t, const char *name);

/* returns which of the directories has a source package's template,
 * DIR/srcpkgs/NAME/template, and sets st to its status; -1 when none has */
int treestat(struct tree *t, const char *source, struct stat *st);

/* returns the directories as they were given, and their number */
const char *const *treedirs(const struct tree *t, size_t *n);

/* returns the path of a file below etc/, in the first tree that has one with
 * something in it, NULL when none has; the caller owns it */
char *treeetc(const struct tree *t, const char *name);

/* returns the package that stands for a virtual one by etc/virtual, or where there is
 * no such file by etc/defaults.virtual, of which an overlay's lines count before those
 * of the trees behind it; NULL when it has no line; lives as long as the tree */
const char *treevirtual(struct tree *t, const char *name);
