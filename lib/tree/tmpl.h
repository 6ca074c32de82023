/* Templates, which bash evaluates as xbps-src does, and a cache file keeps. A set has
 * the templates for one pair of machines, the host and the target. All strings live as
 * long as the set. */

#include <stddef.h>

struct tmpls;
struct tree;

/* kinds of dependencies; the first two are packages for the host, the others for the
 * target */
enum tmplkind {
	TMPL_HOST,	/* hostmakedepends */
	TMPL_CHECK,	/* checkdepends, when checks are on and it is no cross build */
	TMPL_MAKE,	/* makedepends */
	TMPL_RUN	/* depends, those of subpackages too */
};

struct tmpldep {
	const char *name;	/* binary package, without version, not virtual */
	const char *pattern;	/* as the template has it: "foo>=1.0", "virtual?x" */
	enum tmplkind kind;
	unsigned of;		/* TMPL_RUN: which of the made packages needs it */
};

struct tmpl {
	const char *name;	/* source package */
	int native;		/* the target builds it; else it is cross-built */
	const char *error;	/* why it cannot be evaluated, and nothing below is
				 * set; or NULL */
	const char *version;	/* "1.2" */
	const char *revision;	/* "1" */
	const char *refused;	/* why xbps-src would exit 2 (broken, nocross, archs,
				 * restricted), or NULL */
	const char *repository;	/* "nonfree" and the like, "" for the main one */
	const char *style;	/* build_style, "" for none */
	const char *helpers;	/* build_helper, words */
	const char *options;	/* build options, words, ~ before those that are off */
	const char *reverts;	/* newer versions that this one replaces, words */
	const char *no32;	/* packages of it without a -32bit one, words */
	int noarch;		/* all its packages are the same for all architectures */
	const char **makes;	/* binary packages: itself, then the subpackages */
	size_t nmakes;
	struct tmpldep *deps;	/* by kind, then in the template's order; may have its
				 * own packages among them */
	size_t ndeps;
	struct tmpldep *conflicts;	/* what the packages conflict with, no kind */
	size_t nconflicts;
};

struct tmplenv {
	const char *host;	/* "x86_64" */
	const char *target;	/* if it is not the host, a cross build */
	const char *check;	/* XBPS_CHECK_PKGS: "", "yes" or "full" */
	int bare;		/* evaluate as xbps-src show-build-deps does without a
				 * masterdir: without the dependencies that build
				 * styles add in the chroot (cmake-bootstrap, ninja) */
	unsigned limit;		/* seconds for one template; 0: 30 */
};

/* opens the set for the tree, which must outlive it, and reads its cache; NULL
 * after a message: unknown machine, no bash, settings that cannot be read */
struct tmpls *tmplopen(struct tree *t, const struct tmplenv *env);

/* writes the evaluated templates to the cache, if that is possible, and frees the set */
void tmplclose(struct tmpls *ts);

/* evaluates n source packages side by side, for tmplget; says `path: why` on standard
 * error for each that cannot be evaluated. Unless found is NULL, calls found(arg, t) for
 * each, which may add packages to the same evaluation by tmplalso. -1 after a message
 * when the system failed */
int tmplload(struct tmpls *ts, const char *const *names, size_t n,
    void (*found)(void *arg, const struct tmpl *t), void *arg);

/* adds a source package to the running tmplload of this set; only from found() */
void tmplalso(struct tmpls *ts, const char *name);

/* returns a source package that tmplload has evaluated, with error set when that failed;
 * NULL when tmplload was not asked for it, or no tree has it */
const struct tmpl *tmplget(const struct tmpls *ts, const char *name);

/* whether the template of a source package is another file, or has changed, since
 * tmplload looked at it */
int tmplstale(const struct tmpls *ts, const char *name);

/* returns the index of a name in t->makes, -1 when it is not there */
int tmplmakes(const struct tmpl *t, const char *name);

/* whether t reverts a version, which has its revision */
int tmplreverts(const struct tmpl *t, const char *version);

/* whether t has a package of that name without a -32bit one */
int tmplno32(const struct tmpl *t, const char *name);

/* returns the target's XBPS_CROSS_TRIPLET, NULL when it is no cross build, or
 * after a message */
const char *tmpltriplet(struct tmpls *ts);
