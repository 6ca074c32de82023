/* Compares the entries of an index with their files. */

struct index;

/* Drops entries whose file cannot be read or, with hashes, has another hash, from index
 * and stage, and notes `removed TAB PKGVER TAB ARCH'; -1 after a message, and nothing
 * dropped, if the system failed. */
int indexclean(struct index *ix, int hashes);

/* Hashes all files of index and stage, and notes `missing', `differs' or `unsound' TAB
 * PKGVER TAB ARCH for faulty ones: 1 if there are any, 0, -1 after a message if the
 * system failed. */
int indexcleanverify(struct index *ix);
