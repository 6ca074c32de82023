/* The indexes of one repository that are changed together: those of all sub-repositories,
 * as one may need what another gives up. They are locked, always in the same order, so
 * that no two processes wait for each other; all are written, or none. */

#include <stddef.h>

struct arena;
struct index;
struct pkgfile;
struct repo;
struct repos;

struct indexset {
	char *home;		/* the repository's directory */
	struct index *list;
	size_t n;
	int change;
	int failed;		/* a directory could not be listed, after a message */
	struct arena *arena;	/* of what is added to the indexes */
	struct repos **worlds;	/* by architecture: these indexes and main ones */
	size_t nworlds;
};

/* Makes an empty set for a repository; indexsetclose frees it. */
void indexsetinit(struct indexset *s, const char *home);

/* Adds an index to the set; noarch: noarch files will come or go. */
void indexsetneed(struct indexset *s, const char *sub, const char *arch, int noarch);

/* Adds the indexes of all architectures that the sub-repository has, noarch set. */
void indexsetneedall(struct indexset *s, const char *sub);

/* Says whether a directory of the set has a replacement that was cut off, which opening
 * to change finishes; -1 after a message. */
int indexsetcut(struct indexset *s);

/* Opens the indexes, and those of the same architectures in all sub-repositories; to
 * change them it makes directories, locks, and finishes replacements that were cut off.
 * If an index cannot be opened, all of its architecture stay closed, after a message;
 * all indexes, if it is not known which there are. */
void indexsetopen(struct indexset *s, int change);

/* Closes the indexes of an architecture, of all if it is NULL, without a change. */
void indexsetdrop(struct indexset *s, const char *arch);

/* Returns an index of the set, NULL if it is not open. */
struct index *indexsetget(const struct indexset *s, const char *sub,
    const char *arch);

/* Says whether an index of the sub-repository could not be opened. */
int indexsetlame(const struct indexset *s, const char *sub);

/* Makes a repository of the indexes of an architecture as they are now; the caller frees
 * it. */
struct repo *indexsetrepo(const struct indexset *s, const char *arch);

/* Returns the main repositories, read the first time, with indexsetrepo as the build
 * repository; NULL after a message. */
struct repos *indexsetworld(struct indexset *s, const char *arch);

/* Says whether the index of another architecture has this version of a noarch package: 2
 * with the same bytes, 1 with others, 0; -1 after a message. */
int indexsetshared(const struct indexset *s, const struct index *ix,
    const struct pkgfile *p);

/* Unlocks and frees all. */
void indexsetclose(struct indexset *s);
