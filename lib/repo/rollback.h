/* Older versions of packages, whose files SPIFF_KEEP has kept beside the index, put
 * back into the index in place of newer ones. */

#include <stddef.h>

struct indexset;
struct signer;

/* Puts the packages with these pkgvers into the set's indexes of that architecture and
 * writes these, signed if the signer is on. The set must be open to be changed. Refuses,
 * and changes nothing, if a package that can be installed now could not be then: a
 * message names it and the version that has to go back too. Returns 1 when refused, -1
 * when the system failed, both after a message. */
int rollback(struct indexset *s, const struct signer *sg, const char *arch,
    char *const *pkgvers, size_t n);
