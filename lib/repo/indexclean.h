/* Entries of an index against their files: which are gone, which have other
 * bytes. */

#include <stdio.h>

struct index;

/* drops the entries whose file cannot be read, or, with hashes, has another
 * hash, from the index and from the stage; notes `removed TAB PKGVER TAB ARCH';
 * -1 after a message, and nothing dropped, when the system cannot tell */
int indexclean(struct index *ix, int hashes);

/* reads and hashes all files of the index and the stage and notes `missing',
 * `differs' or `unsound' TAB PKGVER TAB ARCH for those that are not as they
 * should be; returns 1 if there are any, -1 after a message when the system cannot
 * tell of all; shows how far it is on err unless that is NULL */
int indexcleanverify(struct index *ix, FILE *err);
