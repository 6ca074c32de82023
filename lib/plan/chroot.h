/* The packages that xbps-src installs into a build's chroot behind the dependencies
 * of the template: the run-time dependencies of packages that a repository has, as
 * the indexes have them, and theirs in turn. Each package is looked up once for all
 * builds of a plan. */

#include <stddef.h>

struct chroot;
struct repo;
struct repopkg;
struct sides;

/* a run-time dependency of a package that a repository has */
struct link {
	const char *pattern;	/* as the index has it: "foo>=1.0" */
	const struct repopkg *pkg;	/* meets it; NULL: no repository has it */
	const struct repo *where;
};

struct member {
	const struct repopkg *pkg;
	int side;
	unsigned walk;		/* the last walk that visited it */
	int known;		/* links is set */
	size_t nlinks;
	struct link *links;
};

/* returns a chroot that has no packages yet, for the repositories of ss, which must
 * outlive it; chrootdel frees it */
struct chroot *mkchroot(const struct sides *ss);

/* frees a chroot; NULL is allowed */
void chrootdel(struct chroot *c);

/* begins a walk, in which chrootwalk visits each package once */
void chrootbegin(struct chroot *c);

/* calls visit for a package of a side, and for all that it needs at run time unless
 * they were visited in this walk; does not go on behind a package for which visit
 * returns 0 */
void chrootwalk(struct chroot *c, int side, const struct repopkg *pkg,
    int (*visit)(const struct member *m, void *arg), void *arg);
