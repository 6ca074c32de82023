/* What a plan is made from: the tree, and for the machine that builds, the one
 * that is built for, and the one that makes 32-bit packages for that, the
 * templates and the repositories.
 *
 * A package foo-32bit for x86_64 is made by the build of foo for i686 and lies in
 * the sub-repository multilib. No xbps-src builds it on its own account: one
 * that some repository has will do, whatever its version. The same goes for
 * foo-dbg, which the build of foo makes. */

#include <stddef.h>

struct repopkg;
struct repos;
struct table;
struct tmpl;
struct tmpls;
struct tree;

struct side {
	const char *arch;
	struct tmpls *ts;
	struct repos *repos;
	struct table *sonames;	/* that repositories provide, NULL until asked for */
};

enum {
	SIDE_NONE = -1,
	SIDE_HOST,
	SIDE_TARGET,	/* the host's too when it is no cross build */
	SIDE_32BIT,	/* i686, when it is neither of them */
	SIDES
};

struct sides {
	struct tree *tree;
	int cross, bare, anew;
	struct side side[SIDES];	/* those that are open have an arch */
	char *crosspkg[SIDES];	/* "cross-TRIPLET", NULL when the side is no
					 * cross build */
	struct table *shlibs;	/* by package: its lines of common/shlibs; NULL until
				 * asked for */
	char *conf;		/* what etc/conf sets, NULL until asked for */
	struct table *base[SIDES];	/* source packages that come before the
					 * sysroot: cross-vpkg-dummy and what it
					 * needs */
};

/* a dependency of a template, found in the world */
struct want {
	const char *name;	/* binary package */
	const char *pattern;	/* what the template says */
	const char *source;	/* what makes it, NULL: no template */
	int kind;		/* enum tmplkind */
	int side;		/* where it is wanted */
	int maker;		/* where its source is built, SIDE_NONE: nowhere */
	int any;		/* any version will do */
};

/* whether a source package on a side is built for a target that has no sysroot
 * yet, since that is made of it */
int sidesbase(const struct sides *ss, int side, const char *source);

/* opens all of it as the settings say; bare as in struct tmplenv; anew as in
 * reposfetch; -1 after a message; sidesclose frees it in both cases */
int sidesopen(struct sides *ss, int bare, int anew);

/* frees it and remembers the evaluated templates */
void sidesclose(struct sides *ss);

/* whether a repository has changed since it was read */
int sidesstale(const struct sides *ss);

/* returns a soname that a package of a side's repositories needs and that none of
 * them provides, as builds see them, NULL when there is none; *staged is set when
 * it is there for those who install, until the stage opens */
const char *sidesbroken(struct sides *ss, int side, const struct repopkg *pkg,
    int *staged);

/* returns the lines that the trees' common/shlibs have for a binary package, "" for
 * none */
const char *sidesshlibs(struct sides *ss, const char *name);

/* returns the lines of etc/conf, but for comments and those for build options */
const char *sidesconf(struct sides *ss);

/* opens the side that makes 32-bit packages unless it is open; all: each main
 * repository must have an index for it; -1 after a message */
int sidesopen32(struct sides *ss, int all);

/* returns the side whose build of the source makes a package that is wanted on a
 * side, which may not be open yet; SIDE_NONE when no build does */
int sidesmaker(struct sides *ss, const char *name, int side);

/* sets want to the i-th dependency of a template on a side: those it names, then
 * what xbps-src adds for a cross build; 0 behind the last */
int sideswant(struct sides *ss, const struct tmpl *t, int side, size_t i,
    struct want *want);
