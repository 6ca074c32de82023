/* Templates, evaluated through bash as xbps-src does it, and remembered in a
 * cache file. A set holds those of one pair of machines: the one that builds
 * and the one that is built for. All strings live as long as the set. */

#include <stddef.h>

struct tmpls;
struct tree;

/* what a package is needed for; the first two are packages for the machine that
 * builds, the others for the one that is built for */
enum tmplkind {
	TMPL_HOST,	/* hostmakedepends */
	TMPL_CHECK,	/* checkdepends, when checks are on and it is no cross build */
	TMPL_MAKE,	/* makedepends */
	TMPL_RUN	/* depends, those of subpackages too */
};

struct tmpldep {
	const char *name;	/* binary package, without version, not virtual */
	const char *pattern;	/* what the template says: "foo>=1.0", "virtual?x" */
	enum tmplkind kind;
	unsigned of;		/* TMPL_RUN: which of the made packages needs it */
};

struct tmpl {
	const char *name;	/* source package */
	const char *error;	/* why it cannot be evaluated, else NULL; when set,
				 * nothing below is */
	const char *version;	/* "1.2" */
	const char *revision;	/* "1" */
	const char *refused;	/* why xbps-src would not build it here (broken,
				 * nocross, archs, restricted: exit 2), else NULL */
	const char *repository;	/* "nonfree" and the like, "" for the main one */
	const char *style;	/* build_style, "" for none */
	const char *helpers;	/* build_helper, words */
	const char *options;	/* build options, those that are off with ~ before */
	const char *reverts;	/* newer versions that this one takes back, words */
	const char *no32;	/* packages that are made for 64 bits only, words */
	const char **makes;	/* binary packages: itself, then the subpackages */
	size_t nmakes;
	struct tmpldep *deps;	/* by kind, in the template's order, itself and its
				 * own subpackages among them if it names them */
	size_t ndeps;
	struct tmpldep *conflicts;	/* what the packages conflict with, no kind */
	size_t nconflicts;
};

struct tmplenv {
	const char *host;	/* machine that builds: "x86_64" */
	const char *target;	/* machine built for; another one is a cross build */
	const char *check;	/* XBPS_CHECK_PKGS: "", "yes" or "full" */
	int bare;		/* evaluate as xbps-src does before its masterdir is
				 * set up: show-build-deps then leaves out what a
				 * build in the chroot adds (cmake-bootstrap, ninja) */
	unsigned limit;		/* seconds that one template may take; 0: 30 */
};

/* opens the set for the tree, which must outlive it, and reads its cache; NULL
 * after a message: unknown machine, no bash, settings that cannot be read */
struct tmpls *tmplopen(struct tree *t, const struct tmplenv *env);

/* writes what was evaluated to the cache and frees the set; a cache that cannot
 * be written is no error */
void tmplclose(struct tmpls *ts);

/* makes tmplget know the n source packages, evaluated side by side; says on standard
 * error `path: why` for each that cannot be evaluated, which is no error. Unless found is
 * NULL, calls found(arg, t) for each one, which may ask for more by tmplalso: so what a
 * template needs is asked for at once. -1 after a message when the system failed */
int tmplload(struct tmpls *ts, const char *const *names, size_t n,
    void (*found)(void *arg, const struct tmpl *t), void *arg);

/* has the running tmplload of this set know one more source package; only from found() */
void tmplalso(struct tmpls *ts, const char *name);

/* returns a source package that tmplload was asked for, also when it cannot be
 * evaluated (error is set); NULL when it was not, or no tree has it */
const struct tmpl *tmplget(const struct tmpls *ts, const char *name);

/* returns which of the packages that t makes has the name, -1 when none */
int tmplmakes(const struct tmpl *t, const char *name);

/* whether the version, with its revision, is one that t takes back */
int tmplreverts(const struct tmpl *t, const char *version);

/* whether the build of t for i686 makes no 32-bit package of the one that it makes
 * of that name */
int tmplno32(const struct tmpl *t, const char *name);

/* returns the target's XBPS_CROSS_TRIPLET, NULL when it is no cross build, or
 * after a message */
const char *tmpltriplet(struct tmpls *ts);
