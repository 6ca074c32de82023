/* Adding package files to the repository that holds them. */

#include <stddef.h>

struct signer;

/* adds files of one directory to its index for that architecture, signed if the
 * signer is on: says what is added or staged; names those that are no sound
 * packages, of another architecture, or not newer than what is there; returns
 * how many were refused, -1 after a message when the index stays as it was */
int indexaddfiles(const struct signer *sg, const char *dir, const char *arch,
    char *const *files, size_t n, int force);
