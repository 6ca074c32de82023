/* Finds packages that conflict, by the templates and the indexes, but would be installed
 * together: in the chroot of a build, or with a package that the build makes. They may
 * still have to be built. A dependency on a virtual package does not count, since XBPS
 * may choose another package for it. */

#include <stddef.h>

struct conflicts;
struct plan;

/* two packages, by their pkgvers, which live as long as the conflicts */
struct conflict {
	const char *a, *b;
	int own;		/* the node makes a, which needs b */
};

/* returns the conflicts of a plan that has all its nodes; with tree, as if all its nodes
 * were built from their templates; conflictsdel frees them */
struct conflicts *mkconflicts(struct plan *p, int tree);

/* frees the conflicts */
void conflictsdel(struct conflicts *c);

/* sets k to two packages in conflict that would be in the chroot of a node, or that one
 * of its packages needs at run time; 0 when there are none, or another node on which this
 * one depends has the same conflict */
int conflictsof(struct conflicts *c, size_t node, struct conflict *k);

/* returns in words why a conflict keeps a node from being built; the caller owns them */
char *conflictwords(const struct conflict *k);
