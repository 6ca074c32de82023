/* How large everything is that a build server keeps. */

#include <stddef.h>
#include <stdint.h>

struct spool;

/* Measures the build repository, its older versions, the logs, deliveries and jobs of the
 * spool, the sources, the slots, trees and mirrors, and the caches, as the disk counts
 * them, and calls said for each that is there; n is the number of files, or of
 * directories of slots, 0 where it means nothing. -1 after a message if something could
 * not be measured. */
int sizes(const struct spool *sp, void (*said)(void *arg, const char *what, size_t n,
    int64_t bytes, const char *path), void *arg);
