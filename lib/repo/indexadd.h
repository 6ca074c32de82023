/* Adds package files to the repository that holds them. */

#include <stddef.h>

struct signer;

/* Adds files of one directory to its index for an architecture, signed if the signer is
 * on, and prints those that are added or staged. Refuses, after a message, files that are
 * no sound packages, and those that the index has with other bytes. Returns how many were
 * refused, -1 after a message if the index stays as it was. */
int indexaddfiles(const struct signer *sg, const char *dir, const char *arch,
    char *const *files, size_t n, int force);
