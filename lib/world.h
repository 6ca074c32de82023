/* What a plan is made from: the tree, and for the machine that builds and the one
 * that is built for, the templates and the repositories. */

#include <stddef.h>

struct repos;
struct tab;
struct tmpl;
struct tmpls;
struct tree;

struct side {
	const char *arch;
	struct tmpls *ts;
	struct repos *repos;
};

struct world {
	struct tree *tree;
	int cross;
	struct side sides[2];	/* 0: the host's, 1: the target's; when it is no
				 * cross build everything is on the target's */
	char *crosspkg;		/* "cross-TRIPLET", NULL when it is no cross build */
	struct tab *base;	/* source packages for the target that come before
				 * its sysroot: cross-vpkg-dummy and what it needs */
};

/* a dependency of a template, found in the world */
struct want {
	const char *name;	/* binary package */
	const char *pattern;	/* what the template says */
	const char *source;	/* what makes it, NULL: no template */
	int kind;		/* enum tmplkind */
	int side;		/* where it is wanted */
	int any;		/* any version will do */
};

/* whether a source package on a side is built for a target that has no sysroot
 * yet, since that is made of it */
int worldbase(const struct world *w, int side, const char *source);

/* opens all of it as the settings say; bare as in struct tmplenv; anew as in
 * reposfetch; -1 after a message; worldclose frees it in both cases */
int worldopen(struct world *w, int bare, int anew);

/* frees it and remembers the evaluated templates */
void worldclose(struct world *w);

/* sets want to the i-th dependency of a template on a side: those it names, then
 * what xbps-src adds for a cross build; 0 behind the last */
int worldwant(const struct world *w, const struct tmpl *t, int side, size_t i,
    struct want *want);
