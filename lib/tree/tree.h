/* The trees, as if they were one: overlays first, a whole void-packages last; of each
 * name the first tree that has it counts. No link is followed out of srcpkgs/. A name
 * consists of letters, digits and + - . _ @. Each name is looked up once. */

#include <stddef.h>

struct stat;
struct tree;

/* opens the trees; NULL after a message when there is none, or one has no srcpkgs/ */
struct tree *treeopen(char *const *dirs, size_t n);

/* frees the tree and every name it gave */
void treeclose(struct tree *t);

/* returns the source package of a binary package: name itself, the target of the link
 * srcpkgs/NAME, or one of these without -32bit or -dbg; NULL when no template makes it;
 * lives as long as the tree */
const char *treesource(struct tree *t, const char *name);

/* whether treesource finds the package only without its -32bit or -dbg */
int treebeside(struct tree *t, const char *name);

/* returns the names of all source packages, sorted, and their number; they live
 * as long as the tree; NULL after a message */
const char *const *treelist(struct tree *t, size_t *n);

/* returns the source package whose name is most like a mistyped name, NULL when none is
 * like it */
const char *treenear(struct tree *t, const char *name);

/* returns which of the directories has a source package's template,
 * DIR/srcpkgs/NAME/template, and sets st to its status; -1 when none has */
int treestat(struct tree *t, const char *source, struct stat *st);

/* returns the directories as they were given, and their number */
const char *const *treedirs(const struct tree *t, size_t *n);

/* returns the path of a file below etc/, in the first tree in which it is not empty; NULL
 * when there is none; the caller owns it */
char *treeetc(const struct tree *t, const char *name);

/* returns the package for a virtual one as etc/virtual has it, or if there is no such
 * file, the first etc/defaults.virtual with a line for it; NULL when there is no line;
 * lives as long as the tree */
const char *treevirtual(struct tree *t, const char *name);

/* Says whether the system failed to look at something, after a message. */
int treefailed(const struct tree *t);
