/* What a plan is made from: the tree, and the templates and repositories of up to
 * three sides: the machine that builds, the target, and i686 for the 32-bit packages
 * of an x86_64 target.
 *
 * The build of foo for i686 makes foo-32bit for x86_64, which lies in the
 * sub-repository multilib; the build of foo also makes foo-dbg. Of both, xbps-src
 * accepts any version that a repository has. */

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
	struct tmpls *native;	/* as the target itself builds; NULL: not read yet, or
				 * SPIFF_NATIVE does not name it */
	struct repos *repos;
	struct table *sonames;	/* that repositories provide; NULL: not read yet */
};

enum {
	SIDE_NONE = -1,
	SIDE_HOST,
	SIDE_TARGET,	/* and the host, if that is the same */
	SIDE_32BIT,	/* i686, if host and target are others */
	SIDES
};

struct sides {
	struct tree *tree;
	int cross, bare, anew;
	struct side side[SIDES];	/* those that are open have an arch */
	char *crosspkg[SIDES];	/* "cross-TRIPLET"; NULL: no cross build */
	struct table *shlibs;	/* by package: its lines of common/shlibs; NULL: not
				 * read yet */
	char *conf;		/* what etc/conf sets; NULL: not read yet */
	struct table *base[SIDES];	/* source packages that are built before there
					 * is a sysroot: cross-vpkg-dummy and all
					 * that it needs */
};

/* a dependency of a template on a side */
struct want {
	const char *name;	/* binary package */
	const char *pattern;	/* as the template has it */
	const char *source;	/* its source package, NULL: no template */
	int kind;		/* enum tmplkind */
	int side;		/* where it is installed */
	int maker;		/* the side that builds its source, or SIDE_NONE */
	int any;		/* any version will do */
};

/* whether a source package is built before the side's target has a sysroot, which is
 * made of it */
int sidesbase(const struct sides *ss, int side, const char *source);

/* opens tree, templates and repositories as the settings say; bare is as in struct
 * tmplenv, anew as in reposfetch; -1 after a message; sidesclose frees in both cases */
int sidesopen(struct sides *ss, int bare, int anew);

/* frees ss and saves the evaluated templates in the cache */
void sidesclose(struct sides *ss);

/* whether a repository has changed since sidesopen read it */
int sidesstale(const struct sides *ss);

/* returns a soname that a package needs and no repository of the side provides to
 * builds, which see the stage; NULL when there is none; sets *staged, unless staged
 * is NULL, when the index still provides it and only the stage takes it away */
const char *sidesbroken(struct sides *ss, int side, const struct repopkg *pkg,
    int *staged);

/* returns the lines of all trees' common/shlibs for a binary package, "" for none */
const char *sidesshlibs(struct sides *ss, const char *name);

/* returns the lines of etc/conf without comments and build options */
const char *sidesconf(struct sides *ss);

/* opens SIDE_32BIT unless it is open; all makes it an error when a main repository
 * has no index for i686; -1 after a message */
int sidesopen32(struct sides *ss, int all);

/* opens a side's native, for templates that cannot be cross-built; returns whether
 * SPIFF_NATIVE names the architecture; -1 after a message */
int sidesopennative(struct sides *ss, int side);

/* returns the evaluated template of a source package: as the target builds it if that was
 * asked for, else as the host does; NULL as tmplget */
const struct tmpl *sidestmpl(const struct sides *ss, int side, const char *source);

/* whether the template that sidestmpl returns has changed since it was evaluated */
int sidestmplstale(const struct sides *ss, int side, const char *source);

/* returns the side whose build makes a package for a side, which sidesopen32 may have
 * to open; SIDE_NONE when no build does */
int sidesmaker(struct sides *ss, const char *name, int side);

/* sets want to the i-th dependency of a template on a side: those of the template,
 * then those that xbps-src adds for a cross build; 0 behind the last */
int sideswant(struct sides *ss, const struct tmpl *t, int side, size_t i,
    struct want *want);
