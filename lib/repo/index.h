/* The index of a repository, being changed, by the rules of xbps-rindex. What
 * is done is noted, a line each, `what TAB PKGVER TAB ARCH', and said when it
 * is done indeed: by indexwrite. */

#include <stdio.h>

struct buf;
struct pkg;
struct plist;
struct repodata;

struct index {
	char *dir;
	char *arch;
	char *path;		/* DIR/ARCH-repodata */
	int lock;		/* -1: for reading only */
	int there;		/* the file exists */
	int changed;
	int level;		/* of compression */
	struct repodata *rd;
	struct buf *said;
};

enum added {
	INDEX_ADDED,	/* to the stage: indexsettle decides what follows */
	INDEX_PRESENT,	/* is there already, the same bytes */
	INDEX_OLDER,	/* what is there is newer, or as new */
	INDEX_DIFFERS	/* is there at this version with other bytes */
};

/* reads the index of an architecture in an existing directory, after having
 * locked it, waiting for it, if it is to be changed; -1 after a message;
 * indexclose ends it unless -1 was returned */
int indexopen(struct index *ix, const char *dir, const char *arch, int change);

/* unlocks and forgets it, written or not */
void indexclose(struct index *ix);

/* says what indexadd would do; *have is what the index or the stage has under
 * that name, NULL if nothing */
enum added indexask(const struct index *ix, const struct pkg *p, int force,
    const struct plist **have);

/* puts a package into the stage, unless what is there is as new and force is not
 * set; its file has to be in the directory, and synced, before indexwrite; its
 * memory has to last until indexclose */
enum added indexadd(struct index *ix, struct pkg *p, int force);

/* moves the stage into the index if that leaves no package without a shared
 * library, and notes what moved; else notes what stays, and `rebuild TAB PACKAGE
 * TAB SONAME' for what it waits for */
void indexsettle(struct index *ix);

/* notes what has to be rebuilt before the stage can move, as indexsettle does;
 * returns how many lines that are */
size_t indexrebuilds(struct index *ix);

/* notes `what TAB PKGVER TAB ARCH' of an entry */
void indexnote(struct index *ix, const char *what, const struct plist *entry);

/* writes the index if it was changed, and the notes to out; -1 after a message,
 * the old index in place and the notes forgotten */
int indexwrite(struct index *ix, FILE *out);

/* returns the path of an entry's package file, NULL if it is no sound entry; the
 * caller owns it */
char *indexfile(const struct index *ix, const struct plist *entry);
