/* The interface of a package: what others can have been built against. It is a hash
 * over the sonames that the package has and over those of its files that a compiler,
 * a linker or a build system reads, by the list with hashes that the package file
 * carries. While it is the same, a build with the package gives the same. */

#include <stddef.h>

struct interfaces;
struct repo;
struct repopkg;
struct repos;

/* opens the memory of interfaces by the SHA-256 of package files: a file of the
 * directory, which may be "" or lost; interfacesclose ends it */
struct interfaces *interfacesopen(const char *dir);

/* writes what is new of it, and frees it; NULL is allowed */
void interfacesclose(struct interfaces *is);

/* returns the hash of a package of a repository, "" when it has nothing that counts,
 * NULL when its file is not on this machine or cannot be read; lives as long as is */
const char *interfaceof(struct interfaces *is, const struct repo *where,
    const struct repopkg *p);

/* Against what a package was built: words [host:]PKGVER=HASH with spaces between, for
 * each package of the chroot that has an interface, "-" being one that cannot be
 * read; host: are those for the machine that builds where it builds for another. */

/* returns the words for a build with these dependencies, words [host:]PKGVER, and all
 * that they need at run time; what is called as one of own is no dependency; the
 * caller owns it */
char *interfaceswith(struct interfaces *is, const struct repos *host,
    const struct repos *target, const char *depends, char *const *own, size_t nown);

/* returns the name of the first package of these words that a build would find with
 * another interface now, NULL for none; where one of the two cannot be read, another
 * version counts as another interface, and another revision does not; the caller
 * owns it */
char *interfacesother(struct interfaces *is, const struct repos *host,
    const struct repos *target, const char *words);
