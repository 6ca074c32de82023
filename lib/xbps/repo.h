/* What a repository has, for those who plan: the packages of its index and its
 * stage, those of its sub-repositories (nonfree, debug, multilib...) too, for
 * one architecture, in memory and without the file open. */

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
	const char *const *shlibs;	/* sonames that it has */
	const char *const *needs;	/* sonames that it is linked with */
	const char *desc;		/* in words, "" where it has none */
	const char *sha256;		/* of the package file, "" if it is not known */
	const char *sub;		/* sub-repository, "" for the main one */
	size_t id;			/* its place among all of its repository */
	unsigned long long size;	/* of the package file, bytes */
	int staged;			/* 1: in the stage, not yet in the index */
};

/* reads the repository of that architecture: a directory, or a URL, whose
 * index is the copy that XBPS keeps; where there is none it is an empty
 * repository if mayabsent and else an error; NULL with a message; repodel
 * frees it */
struct repo *repoopen(const char *where, const char *arch, int mayabsent);

/* makes a repository of indexes in memory, rd[i] being that of reposub(i), NULL
 * for none; the directory is only its name */
struct repo *repoof(const char *where, const struct repodata *const *rd);

/* frees all, the packages too */
void repodel(struct repo *r);

/* returns the package of that name, NULL if there is none: the staged one when
 * the index has another, since builds see the stage; it lives as long as r */
const struct repopkg *repoget(const struct repo *r, const char *name);

/* returns all packages of that name, side by side, and sets *n to their number:
 * those of the sub-repositories in their order, and of each what is staged before
 * what is in its index */
const struct repopkg *repoall(const struct repo *r, const char *name, size_t *n);

/* returns the first package, in the order of names, that provides what the
 * dependency asks for (a bare name: in any version), NULL if there is none */
const struct repopkg *repovirtual(const struct repo *r, const char *dep);

/* walks the packages that repoget returns in the order of names: the next one,
 * NULL at the end; *i starts at 0 */
const struct repopkg *reponext(const struct repo *r, size_t *i);

/* returns how many packages it has, hidden ones too */
size_t repolen(const struct repo *r);

/* returns the package with that id, be it hidden by another of its name or not,
 * NULL behind the last */
const struct repopkg *repoat(const struct repo *r, size_t id);

/* returns where the repository is, as it was given */
const char *repowhere(const struct repo *r);

/* returns the name of the i-th of the repositories that xbps-src looks into, "" for
 * the main one, which is the first; NULL behind the last */
const char *reposub(size_t i);

/* whether sub is the main repository, "", or one of the sub-repositories that
 * xbps-src looks into */
int repoissub(const char *sub);

/* returns the repository that a directory belongs to, itself or the one that it is
 * a sub-repository of, and sets *sub to the sub-repository's name, "" for none; the
 * caller owns the path */
char *repohome(const char *dir, const char **sub);

/* returns the path or URL of the package's file; the caller owns it */
char *repopath(const struct repo *r, const struct repopkg *p);

/* whether an index file was made, replaced or removed since repoopen */
int repostale(const struct repo *r);
