/* What a package is made from, as a hash: whether it is worth building again
 * after a failure. */

#include <stddef.h>

struct plan;

/* returns, in hexadecimal, a hash of the directory of the node's template, as the
 * first tree has it, of the build style and helpers that it names, and of its
 * dependencies' versions; the caller owns it; NULL after a message when something
 * cannot be read */
char *inputs(const struct plan *p, size_t node);
