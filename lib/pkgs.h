/* Many package files, read and hashed at the same time. */

#include <stddef.h>

struct arena;
struct pkg;

struct pkgs {
	struct pkg *list;
	size_t n;
	struct arena **arenas;	/* one for each thread */
	unsigned narenas;
};

/* reads n package files, relative to dir, into list in the same order, as
 * pkgread does; pkgsfree frees them */
void pkgsread(struct pkgs *ps, int dir, char *const *files, size_t n, int how);

/* frees the packages and all they said */
void pkgsfree(struct pkgs *ps);
