/* The interface of a package, against which others are built: a hash of its sonames and
 * of its files that a compiler, a linker or a build system reads, by the list of files in
 * the package. While the interface is the same, so is a build with the package. */

#include <stddef.h>

struct interfaces;
struct repos;

/* reads the cache of interfaces by the SHA-256 of package files from a file of dir, which
 * may be "" for none; interfacesclose frees it */
struct interfaces *interfacesopen(const char *dir);

/* writes the cache if it has changed, and frees it; NULL is allowed */
void interfacesclose(struct interfaces *is);

/* The packages that another was built against are words [host:]PKGVER=HASH, for each
 * package of its chroot that has an interface; HASH is - when that could not be read;
 * host: stands before those for the machine that builds in a cross build. */

/* returns these words for a build with the dependencies depends, words [host:]PKGVER, and
 * all that they need at run time, without the build's own packages; the caller owns
 * them */
char *interfaceswith(struct interfaces *is, const struct repos *host,
    const struct repos *target, const char *depends, char *const *own, size_t nown);

/* returns the name of the first package of such words that has another interface now,
 * NULL for none; if one of the two interfaces cannot be read, another version counts as
 * another interface, another revision does not; the caller owns it */
char *interfacesother(struct interfaces *is, const struct repos *host,
    const struct repos *target, const char *words);
