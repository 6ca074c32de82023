/* Noarch packages that an index of a repository names: that for another architecture can
 * name the same files. */

#include <stddef.h>

struct repo;
struct repopkg;

struct noarch {
	char *arch;			/* the index's */
	struct repo *repo;
	const struct repopkg **list;	/* as many as names */
};

/* Looks for an index of the repository at home, for another architecture than arch, which
 * has a noarch package with a hash for each of n names, n > 0, all of the version in
 * pkgver: 1, and noarchfree frees na; 0 when there is none. */
int noarchfind(struct noarch *na, const char *home, const char *arch, const char *pkgver,
    char *const *names, size_t n);

/* Frees what na has. */
void noarchfree(struct noarch *na);
