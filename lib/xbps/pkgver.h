/* Names, versions and dependencies, as XBPS writes, orders and matches them. A pkgver is
 * NAME-VERSION_REVISION. A dependency is a pkgver, a bare name, or a pattern: a name with
 * <, <=, > or >= and a version, with or without an upper limit (foo>=1.0<2), or with
 * wildcards of the shell. */

#include <stddef.h>

/* compares two versions, with or without revisions: -1, 0, 1; accepts any text */
int pkgvercmp(const char *a, const char *b);

/* whether a pkgver matches a pattern: 1 or 0 */
int pkgvermatch(const char *pkgver, const char *pattern);

/* returns the length of a pkgver's name, 0 if it is no pkgver */
size_t pkgvername(const char *pkgver);

/* returns a pkgver's version with the revision, NULL if it is no pkgver */
const char *pkgverversion(const char *pkgver);

/* returns a pkgver's revision, NULL if it is no pkgver */
const char *pkgverrevision(const char *pkgver);

/* returns the length of a pattern's name, 0 if it is no pattern */
size_t pkgverdepname(const char *pattern);

/* returns the name of a dependency, which the caller owns */
char *pkgverdep(const char *dep);

/* whether a name can be a package's: letters, digits and + - . _, no - or . at its
 * beginning, short enough for the XBPS tools */
int pkgvernameok(const char *name);

/* whether a text is a pkgver with such a name, and a version of similar characters */
int pkgverok(const char *pkgver);

/* whether a text can be an architecture: letters, digits, - and _ */
int pkgverarchok(const char *arch);

/* splits PKGVER.ARCH or PKGVER.ARCH.xbps, the name of a job or package file: returns the
 * length of PKGVER and sets *arch and *archlen; 0 unless both parts are sound */
size_t pkgverfile(const char *file, const char **arch, size_t *archlen);
