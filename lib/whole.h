/* Whether a package file was cut short, told without unpacking it if it is
 * compressed with zstd, as nearly all are. */

#include <stddef.h>

/* 0 if the archive in fd is whole, -1 with a reason in why, of n bytes, and
 * *transient set to whether the system is to blame */
int whole(int fd, char *why, size_t n, int *transient);
