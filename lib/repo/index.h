/* One index of a repository, being changed, by the rules of xbps-rindex. What is
 * done is noted, a line each, `what TAB PKGVER TAB ARCH', and printed when it is
 * done indeed: by indexcommit. */

#include <stddef.h>

struct arena;
struct buf;
struct pkgfile;
struct plist;
struct repodata;
struct table;

struct index {
	char *sub;		/* sub-repository, "" for the main one */
	char *arch;
	char *dir;		/* path of the directory */
	char *path;		/* DIR/ARCH-repodata */
	int dirfd;
	int lock;
	int noarch;		/* noarch files will come or go */
	int noarchlock;		/* on those of the directory, or -1 */
	int there;		/* the file exists */
	int changed;
	struct repodata *rd;	/* NULL: it is not open */
	struct table *fresh;	/* names that were put into the stage since */
	char *draft;		/* the new file, before it has its name */
	struct buf *said;
	char **placed;		/* files in the directory that are to be synced */
	size_t nplaced;
	char **forced;		/* files that wait to replace others */
	size_t nforced;
};

enum added {
	INDEX_ADDED,	/* to the stage: indexsetwrite decides what follows */
	INDEX_PRESENT,	/* is there already, the same bytes */
	INDEX_OLDER,	/* what is there is newer, or as new */
	INDEX_DIFFERS	/* is there at this version with other bytes */
};

/* sets ix to the index of an architecture in a directory, not open */
void indexinit(struct index *ix, const char *home, const char *sub,
    const char *arch);

/* reads it, after having locked it, waiting for it, if it is to be changed; -1
 * after a message */
int indexopen(struct index *ix, int change);

/* unlocks and forgets what was read, written or not */
void indexclose(struct index *ix);

/* frees it, closed or not */
void indexfree(struct index *ix);

/* says what indexadd would do; *have is what the index or the stage has under
 * that name, NULL if nothing */
enum added indexask(const struct index *ix, const struct pkgfile *p, int force,
    const struct plist **have);

/* puts a package into the stage, unless what is there is as new and force is not
 * set; its file has to be in the directory, and synced, before indexcommit; its memory,
 * and that from a, has to last as long as the index is open */
enum added indexadd(struct index *ix, struct arena *a, struct pkgfile *p, int force);

/* moves a package from the stage to the index and notes that it is added */
void indexenter(struct index *ix, const char *name);

/* whether index or stage name this version of the package for its architecture,
 * and whether with its bytes: 0, 1, 2 */
int indexnames(const struct index *ix, const struct pkgfile *p);

/* puts the package's entry in place of those that name its version */
void indexreplace(struct index *ix, struct arena *a, struct pkgfile *p);

/* notes `what TAB PKGVER TAB ARCH' of an entry */
void indexnote(struct index *ix, const char *what, const struct plist *entry);

/* writes the index beside the old one, if it was changed; -1 after a message */
int indexdraft(struct index *ix);

/* gives that its name, and prints the notes; -1 after a message and the old index
 * in place */
int indexcommit(struct index *ix);

/* returns the path of an entry's package file, NULL if it is no sound entry; the
 * caller owns it */
char *indexfile(const struct index *ix, const struct plist *entry);
