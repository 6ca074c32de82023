/* The frames that a file of zstd is a row of, without what is in them. */

#include <stdint.h>

/* goes from the frame at *at, which may be one to be skipped, to its end, whether
 * the file has all of it or not: 1, 0 when there is no frame, -1 with errno when
 * the file ends in its middle, 0 if that is no fault of the system */
int frameskip(int fd, uint64_t *at);
