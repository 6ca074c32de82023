/* Prints text from outside without the escape sequences in it. The functions warn, warnx,
 * err and errx of <err.h> are defined here too, in place of libc's, and clean their
 * messages in the same way. */

#include <stddef.h>

/* writes n bytes, lines of fields with tabs between, to standard output, each field
 * cleaned by textclean, and flushes them; -1 after a message */
int print(const char *s, size_t n);
