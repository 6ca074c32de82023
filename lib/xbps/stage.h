/* The stage of a repository: packages wait there as long as putting them into the
 * index would take a shared library away that another package still needs. */

#include <stddef.h>

struct repopkg;
struct repos;

/* a package that has to be rebuilt, or to go, before one can leave the stage */
struct rebuild {
	const char *soname;	/* that it needs and will miss */
	const char *provider;	/* the package in the stage that has it no more */
	const struct repopkg *by;	/* the same */
	const char *user;	/* the package */
	const struct repopkg *pkg;	/* the same */
	int ismain;		/* it is one of a main repository */
};

struct staging {
	char *waits;		/* by the id of a package of the build repository: 1 if
				 * it has to stay in the stage */
	struct rebuild *rebuilds;	/* in the order of sonames and users */
	size_t n;
};

/*
 * Decides which packages of the build repository's stages can go into its indexes.
 * One that is the last to have a soname waits for all who need it in the build
 * repository, in whatever sub-repository, and for those of main repositories
 * whose library it hides. With it waits what needs a soname or a package, as a
 * pattern says, that only the stage has. All else can go. The names lie in rs;
 * stagefree frees it.
 */
void stagejudge(struct staging *st, const struct repos *rs);

/* the same by xbps-rindex's rule, which knows one index, so rs has one
 * repository with one: all that is staged waits if anything has to, and it is for
 * packages that are in the index already */
void stagejudgexbps(struct staging *st, const struct repos *rs);

/* frees it */
void stagefree(struct staging *st);
