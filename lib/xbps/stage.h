/* The stage of a repository: a package waits there as long as entering the index would
 * take a soname away that another package needs. */

#include <stddef.h>

struct repopkg;
struct repos;

/* a package that has to be rebuilt or removed before another can leave the stage */
struct rebuild {
	const char *soname;	/* that it needs */
	const char *provider;	/* the staged package that no longer provides it */
	const struct repopkg *by;	/* the same */
	const char *user;	/* the package to be rebuilt */
	const struct repopkg *pkg;	/* the same */
	int ismain;		/* it is in a main repository */
};

struct staging {
	char *waits;		/* by the id of a package of the build repository: 1: it
				 * has to stay in the stage */
	struct rebuild *rebuilds;	/* in the order of sonames and users */
	size_t n;
};

/* Decides which staged packages of the build repository can enter its indexes. A
 * package that would take away the last provider of a soname waits for all who need the
 * soname: in the build repository and its sub-repositories, and in main repositories
 * whose provider it hides. A package waits too if only a waiting one provides a soname,
 * or meets a pattern, that it needs. stagefree frees st; the names lie in rs */
void stagejudge(struct staging *st, const struct repos *rs);

/* the same by the rule of xbps-rindex, for one repository with one index: all staged
 * packages wait if one has to, and only for packages whose names are in the index */
void stagejudgexbps(struct staging *st, const struct repos *rs);

/* frees what st has */
void stagefree(struct staging *st);
