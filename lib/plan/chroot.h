/* What present packages bring along: the run-time dependencies of a package that
 * a repository has, as the indexes have them, and theirs in turn. XBPS installs
 * all of these into a build's chroot behind the dependencies of the template.
 * Each package is looked up once for all builds of a plan. */

#include <stddef.h>

struct chroot;
struct repo;
struct repopkg;
struct sides;

/* a run-time dependency of a package that a repository has */
struct link {
	const char *pattern;	/* as the index has it: "foo>=1.0" */
	const struct repopkg *pkg;	/* meets it; NULL: no repository has such */
	const struct repo *where;
};

struct member {
	const struct repopkg *pkg;
	int side;		/* of the world */
	unsigned walk;		/* the last one that came by */
	int known;		/* links is filled */
	size_t nlinks;
	struct link *links;
};

/* returns one that knows nothing yet of the world, which must outlive it;
 * chrootdel frees it */
struct chroot *mkchroot(const struct sides *w);

/* frees it; NULL is allowed */
void chrootdel(struct chroot *c);

/* begins a walk: the packages that chrootwalk has visited may be visited again */
void chrootbegin(struct chroot *c);

/* visits a package of a side, and behind it all that it needs at run time, each
 * package once in a walk; behind a package for which visit returns 0 nothing is
 * visited */
void chrootwalk(struct chroot *c, int side, const struct repopkg *pkg,
    int (*visit)(const struct member *m, void *arg), void *arg);

/* returns the package of that name if the walk has visited it, NULL otherwise */
const struct repopkg *chroothas(const struct chroot *c, int side,
    const char *name);
