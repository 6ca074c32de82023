/* What the programs print, cleaned in this one place, whatever it is made of. The
 * functions warn, warnx, err and errx of <err.h> are defined here too, in place of
 * libc's, which would send escape sequences from outside to the terminal. */

#include <stddef.h>

/* writes n bytes, lines with tabs between their fields, to standard output, each
 * field cleaned as textclean does, and flushes them; -1 after a message */
int print(const char *s, size_t n);
