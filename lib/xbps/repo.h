/* A repository in memory, for one architecture: the packages of its index and its stage,
 * with those of its sub-repositories (nonfree, debug, multilib...). */

#include <stddef.h>

struct repo;
struct repodata;

struct repopkg {
	const char *name;
	const char *pkgver;
	const char *arch;		/* the index's or noarch */
	/* each ended by NULL and never NULL itself: */
	const char *const *provides;	/* virtual packages, as pkgvers */
	const char *const *depends;	/* run_depends, as patterns */
	const char *const *conflicts;	/* patterns */
	const char *const *shlibs;	/* sonames that it provides */
	const char *const *needs;	/* sonames that it requires */
	const char *desc;		/* short_desc, or "" */
	const char *sha256;		/* of the package file, "" if it is not known */
	const char *sub;		/* sub-repository, "" for the main one */
	size_t id;			/* its index among all of its repository */
	unsigned long long size;	/* of the package file, bytes */
	unsigned long long installed;	/* bytes of its files, 0: not known */
	int staged;			/* 1: in the stage, not yet in the index */
};

/* reads a repository for an architecture: a directory, or a URL, whose index fetch.h
 * finds; a repository without an index is empty if mayabsent is set, else an error; NULL
 * after a message; repodel frees it */
struct repo *repoopen(const char *where, const char *arch, int mayabsent);

/* makes a repository of indexes in memory, where rd[i] is that of reposub(i) or NULL;
 * where is only its name */
struct repo *repoof(const char *where, const struct repodata *const *rd);

/* frees the repository and its packages */
void repodel(struct repo *r);

/* returns the package of that name as builds see it, the staged one first; NULL if there
 * is none; lives as long as r */
const struct repopkg *repoget(const struct repo *r, const char *name);

/* returns an array of all packages of that name and sets *n to their number: in the order
 * of the sub-repositories, and in each the staged one first */
const struct repopkg *repoall(const struct repo *r, const char *name, size_t *n);

/* returns the first package, in the order of names, that provides a virtual package which
 * meets the dependency; NULL if there is none */
const struct repopkg *repovirtual(const struct repo *r, const char *dep);

/* returns the next package that repoget can return, in the order of names, NULL at the
 * end; *i starts at 0 */
const struct repopkg *reponext(const struct repo *r, size_t *i);

/* returns the number of all packages */
size_t repolen(const struct repo *r);

/* returns the package with that id, NULL behind the last */
const struct repopkg *repoat(const struct repo *r, size_t id);

/* returns the directory or URL, as it was given */
const char *repowhere(const struct repo *r);

/* returns the i-th of the sub-repositories that xbps-src uses, the first of which is "",
 * the repository itself; NULL behind the last */
const char *reposub(size_t i);

/* whether sub is one of these sub-repositories */
int repoissub(const char *sub);

/* returns the repository that a directory is or is a sub-repository of, and sets *sub to
 * the sub-repository, "" for none; the caller owns the path */
char *repohome(const char *dir, const char **sub);

/* returns the path or URL of the package's file; the caller owns it */
char *repopath(const struct repo *r, const struct repopkg *p);

/* whether an index file was made, replaced or removed since repoopen read it */
int repostale(const struct repo *r);

/* whether a package is a -32bit one */
int repois32(const struct repopkg *p);

/* whether a package can load another one's libraries: those of a -32bit one are for its
 * like alone */
int repoloads(const struct repopkg *user, const struct repopkg *p);
