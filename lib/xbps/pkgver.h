/* Names and versions as XBPS writes, orders and matches them. A pkgver is
 * NAME-VERSION_REVISION; a dependency is a pkgver, a bare name, or a pattern:
 * NAME with <, <=, >, >= and a version, perhaps an upper limit behind it
 * (foo>=1.0<2), or with the wildcards of the shell. Nothing here allocates but
 * pkgverdep. */

#include <stddef.h>

/* orders two versions: -1, 0, 1; either may have a revision, any text goes */
int pkgvercmp(const char *a, const char *b);

/* whether the pkgver is what the pattern asks for: 1 or 0 */
int pkgvermatch(const char *pkgver, const char *pattern);

/* returns the length of the name in a pkgver, 0 if it is no pkgver */
size_t pkgvername(const char *pkgver);

/* returns the version with its revision, inside pkgver, NULL if it is none */
const char *pkgverversion(const char *pkgver);

/* returns the revision alone, inside pkgver, NULL if it is no pkgver */
const char *pkgverrevision(const char *pkgver);

/* returns the length of the name in a pattern, 0 if it is no pattern */
size_t pkgverdepname(const char *pattern);

/* returns the name of any dependency, a string that the caller owns */
char *pkgverdep(const char *dep);

/* whether a name can be a package's and part of a file name: printable, no
 * slash, no space, no leading dash or dot, short enough for the XBPS tools */
int pkgvernameok(const char *name);

/* whether a string is a pkgver with such a name and such a version */
int pkgverok(const char *pkgver);

/* whether a string can be an architecture's name: letters, digits, - and _ */
int pkgverarchok(const char *arch);

/* splits the name of a package file or of a job, PKGVER.ARCH or
 * PKGVER.ARCH.xbps, without directories: returns the length of PKGVER and sets
 * *arch and *archlen, 0 unless both parts are sound */
size_t pkgverfile(const char *file, const char **arch, size_t *archlen);
