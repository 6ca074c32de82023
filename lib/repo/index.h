/* One index of a repository, changed by the rules of xbps-rindex. What is done is noted,
 * lines `WHAT TAB PKGVER TAB ARCH', which indexcommit prints when it has written the
 * index. */

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
	int noarchlock;		/* the lock for those of the directory, or -1 */
	int there;		/* the file exists */
	int changed;
	struct repodata *rd;	/* NULL: the index is not open */
	struct table *fresh;	/* names put into the stage since */
	char *draft;		/* the new file before it has its name */
	struct buf *said;
	char **placed;		/* files in the directory, to be synced */
	size_t nplaced;
	char **forced;		/* files that replace others after the write */
	size_t nforced;
};

enum added {
	INDEX_ADDED,	/* put into the stage; indexwrite moves it on */
	INDEX_PRESENT,	/* it is there already with the same bytes */
	INDEX_OLDER,	/* the index has a newer one, or one as new */
	INDEX_DIFFERS	/* the index has this version with other bytes */
};

/* Makes ix the index of an architecture in a directory, not open yet. */
void indexinit(struct index *ix, const char *home, const char *sub,
    const char *arch);

/* Reads the index; to change it, waits for its lock first; -1 after a message. */
int indexopen(struct index *ix, int change);

/* Unlocks the index and forgets what was read or changed. */
void indexclose(struct index *ix);

/* Frees the index, closed or not. */
void indexfree(struct index *ix);

/* Returns what indexadd would do; *have is the entry of that name in the stage, else in
 * the index, NULL if there is none. */
enum added indexask(const struct index *ix, const struct pkgfile *p, int force,
    const struct plist **have);

/* Puts a package into the stage, unless the one there is as new and force is not set.
 * The package's file must be in the directory, and synced, before indexcommit; the
 * memory of p and of a must last as long as the index is open. */
enum added indexadd(struct index *ix, struct arena *a, struct pkgfile *p, int force);

/* Moves a package from the stage to the index, and notes it as added. */
void indexenter(struct index *ix, const char *name);

/* Says whether index or stage has this version of the package for its architecture: 2
 * with its bytes, 1 with others, 0. */
int indexnames(const struct index *ix, const struct pkgfile *p);

/* Replaces the entries of the package's version by one for its bytes. */
void indexreplace(struct index *ix, struct arena *a, struct pkgfile *p);

/* Notes `WHAT TAB PKGVER TAB ARCH' of an entry. */
void indexnote(struct index *ix, const char *what, const struct plist *entry);

/* Writes a changed index beside the old one; -1 after a message. */
int indexdraft(struct index *ix);

/* Gives the new index its name, and prints the notes; -1 after a message, and the old
 * index stays. */
int indexcommit(struct index *ix);

/* Returns the path of an entry's package file, which the caller owns; NULL if the entry
 * is not sound. */
char *indexfile(const struct index *ix, const struct plist *entry);
