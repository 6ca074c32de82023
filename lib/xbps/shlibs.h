/* What packages need at run time and cannot get: shared libraries, dependencies,
 * and peace between packages that conflict with each other. */

#include <stddef.h>

struct buf;
struct repopkg;
struct repos;

enum lackkind {
	LACK_SHLIB,	/* no repository has a package with the soname */
	LACK_DEPEND,	/* no repository has what the pattern asks for */
	LACK_CONFLICT	/* it depends on two packages that conflict */
};

struct lack {
	enum lackkind kind;
	const struct repopkg *pkg;	/* of the build repository: cannot be installed */
	const char *what;	/* soname, pattern, or NAME of the other package */
	const struct repopkg *whose;	/* the package at fault, if pkg depends on one
					 * of a main repository that is; else pkg */
};

/* Returns what the packages of the build repository lack, in the order of their
 * names, and how many that are; the caller frees the array, whose strings live as
 * long as rs. Looked at are the packages of the indexes, as those see them who
 * install, or with stage those of the stages in place of older ones, as builds see
 * them. A dependency is met by the first repository that has a matching package;
 * a soname by any package that no earlier repository hides by one of its name. A
 * package that only depends on a broken one of the build repository is not named. */
struct lack *shlibslack(const struct repos *rs, int stage, size_t *n);

/* appends in words what a package lacks, cleaned: `libfoo.so.1', `libfoo<2 of
 * bar-1_1', `foo-1_1 conflicts with bar' */
void shlibswords(struct buf *b, const struct lack *l);
