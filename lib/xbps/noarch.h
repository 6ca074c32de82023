/* Noarch packages that an index of a repository names: that for another architecture can
 * name the same files. */

#include <stddef.h>

struct noarchs;
struct repo;
struct repopkg;

struct noarch {
	char *arch;			/* the index's */
	const struct repo *repo;	/* of struct noarchs */
	const struct repopkg **list;	/* as many as names */
};

/* Returns what has read no index yet of the repository at home; noarchsdel frees it. */
struct noarchs *mknoarchs(const char *home);

/* Frees it; NULL is allowed. */
void noarchsdel(struct noarchs *s);

/* Looks for an index of the repository, for another architecture than arch, which has a
 * noarch package with a hash for each of n names, n > 0, all of the version in pkgver: 1,
 * and noarchfree frees na; 0 when there is none, or after a message. An index is
 * read again when it has changed; then what an earlier na has of it is gone. */
int noarchfind(struct noarchs *s, struct noarch *na, const char *arch,
    const char *pkgver, char *const *names, size_t n);

/* Frees what na has. */
void noarchfree(struct noarch *na);
