/* Putting package files into the directories of indexes. */

struct index;
struct indexset;
struct pkgfile;

/* Puts a file below fromdir into the index's directory as p's file, unless it is there
 * with the same bytes, and its signature if it is signed. A file that an index names is
 * replaced when the index is written. -1 with errno, EBUSY if the file has changed. */
int placefile(struct indexset *s, struct index *ix, int fromdir, const char *from,
    const struct pkgfile *p, int issigned);

/* The same for a file in the directory, to be replaced when all indexes that name it are
 * written; -1 after a message. */
int placeforced(struct index *ix, const char *file, const struct pkgfile *p);

/* Syncs what was put into the index's directory; -1 after a message. */
int placesync(const struct index *ix);
