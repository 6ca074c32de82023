/* The stage of an index: packages wait there as long as putting them into the
 * index would take away a shared library that others still need, as
 * xbps-rindex decides it. */

#include <stddef.h>

struct arena;
struct plist;

/* a package that has to be rebuilt before the stage can move on */
struct rebuild {
	const char *soname;	/* what it needs and will miss */
	const char *provider;	/* the package that still has it */
	const char *user;	/* the package, by name */
};

/* returns what has to be rebuilt, in the order of sonames and users, and how
 * many; the strings lie in the two dictionaries, the caller frees the array */
struct rebuild *stagebroken(const struct plist *index, const struct plist *stage,
    size_t *n);

/* moves the whole stage into the index, both in a; the caller asked
 * stagebroken */
void stagemove(struct arena *a, struct plist *index, struct plist *stage);
