/* The indexes of one repository that are changed together: all of its
 * sub-repositories, since what one of them gives up another may need. All are
 * locked, always in the same order, so that two who do this never wait for each
 * other; all are written, or none. */

#include <stddef.h>

struct arena;
struct index;
struct pkgfile;
struct repo;
struct repos;
struct signer;

struct indexset {
	char *home;		/* the repository's directory */
	struct index *list;
	size_t n;
	int change;
	struct arena *arena;	/* of what is added to the indexes */
	struct repos **worlds;	/* by architecture: these indexes and main ones */
	size_t nworlds;
};

/* a package that somebody wants to add */
struct candidate {
	const struct index *ix;
	struct pkgfile *pkg;
	const char *owner;	/* whose it is, for the caller */
	char *why;		/* why not, NULL for none; the caller owns it */
};

/* sets s to no index of the repository; indexsetclose ends it */
void indexsetinit(struct indexset *s, const char *home);

/* names an index that will be needed, and whether for noarch packages too */
void indexsetneed(struct indexset *s, const char *sub, const char *arch, int noarch);

/* names the indexes of all architectures that the sub-repository has, for noarch
 * packages */
void indexsetneedall(struct indexset *s, const char *sub);

/* whether a replacement was cut off in a directory that was named; opening to
 * change finishes it */
int indexsetcut(struct indexset *s);

/* opens what was named, and the same architectures' indexes in all
 * sub-repositories; to change them it makes directories, locks, and finishes
 * replacements that were cut off. What cannot be opened is left closed, after a
 * message, with all indexes of its architecture */
void indexsetopen(struct indexset *s, int change);

/* returns an index that was named, NULL if it is not open */
struct index *indexsetget(const struct indexset *s, const char *sub,
    const char *arch);

/* whether a sub-repository has an index that could not be opened */
int indexsetlame(const struct indexset *s, const char *sub);

/* makes a repository of the indexes of that architecture as they are now, which the
 * caller frees */
struct repo *indexsetrepo(const struct indexset *s, const char *arch);

/* reads the main repositories, if that was not done, and returns them with the
 * indexes of that architecture as they are now as the build repository; NULL after
 * a message */
struct repos *indexsetworld(struct indexset *s, const char *arch);

/* refuses candidates that would take a soname away from packages of main
 * repositories, if SPIFF_MAINBREAK says so: sets why of each, which says from whom;
 * returns how many, -1 after a message */
int indexsetrefuse(struct indexset *s, struct candidate *c, size_t n);

/* puts the file from, below fromdir, into the index's directory as p's file, unless
 * its bytes are there already, and its signature, if there is one to be; a file
 * that an index names is replaced when that is written; -1 with errno, EIO if a
 * copy has other bytes */
int indexsetplace(struct indexset *s, struct index *ix, int fromdir, const char *from,
    const struct pkgfile *p, int issigned);

/* the same for a file that lies there already, for all of whose indexes to be
 * written or none; -1 after a message */
int indexsetmark(struct index *ix, const char *file, const struct pkgfile *p);

/* whether the index of another architecture has a noarch package at this version,
 * so that its file is not to be replaced: 1, 2 with the same bytes; 0, -1 after a
 * message */
int indexsetshared(const struct indexset *s, const struct index *ix,
    const struct pkgfile *p);

/* moves out of the stages what can go, notes `rebuild TAB PACKAGE TAB SONAME' for
 * what they wait for, signs, syncs and writes all that was changed, and prints what
 * was done; -1 after a message, and all that could not be written closed */
int indexsetwrite(struct indexset *s, const struct signer *sg);

/* notes at the index what has to be rebuilt for the packages in its stage; -1 after
 * a message */
int indexsetrebuilds(struct indexset *s, struct index *ix);

/* unlocks and frees all */
void indexsetclose(struct indexset *s);
