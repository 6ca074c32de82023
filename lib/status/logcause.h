/* Where in a build's log the failure shows. */

#include <stddef.h>

/* returns the offset of the line of a log that is most likely the cause of a
 * failure: the first of its last phase that reads like a compiler's or linker's
 * error, else like that of a tool that ran one, else the last line; sets *n to
 * the line's length, its end not counted; the text is ended by a NUL */
size_t faultline(const char *text, size_t *n);
