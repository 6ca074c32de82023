/* Packages that cannot be installed together: what the templates and the indexes say
 * of conflicts, for the chroot of each build and for what its packages need at run
 * time, of which some may still have to be built. A dependency on a virtual package
 * does not count, as another package may be chosen for it. */

#include <stddef.h>

struct conflicts;
struct plan;

/* two packages, by their pkgvers, which live as long as the conflicts */
struct conflict {
	const char *a, *b;
	int own;		/* the node makes a, and a needs b */
};

/* begins to look for conflicts in a plan that has all its nodes; tree: as if all that
 * the plan knows was built from its template; conflictsdel frees it */
struct conflicts *mkconflicts(struct plan *p, int tree);

/* frees it */
void conflictsdel(struct conflicts *c);

/* sets k to two packages that would be in the chroot of a node, or that one of its
 * packages needs at run time, and that conflict; 0 when there are none, or when they
 * are those of what it depends on */
int conflictsof(struct conflicts *c, size_t node, struct conflict *k);

/* returns in words why the node cannot be built; the caller owns it */
char *conflictwords(const struct conflict *k);
