/* Finds packages of the build repository that cannot be installed: no repository has a
 * soname or dependency that they need, or two packages that they need conflict. */

#include <stddef.h>

struct buf;
struct repopkg;
struct repos;

enum lackkind {
	LACK_SHLIB,	/* no package provides a soname */
	LACK_DEPEND,	/* no package meets a dependency */
	LACK_CONFLICT	/* two packages that it depends on conflict */
};

struct lack {
	enum lackkind kind;
	const struct repopkg *pkg;	/* of the build repository, cannot be installed */
	const char *what;	/* soname, pattern, or name of the other package */
	const struct repopkg *whose;	/* pkg, or a package of a main repository that
					 * pkg depends on, and that has the fault */
};

/* Returns the lacks of the build repository's packages, in the order of their names, and
 * sets *n to their number; the caller frees the array, whose strings live as long as rs.
 * The packages are those of the indexes, as xbps-install sees them; or if stage is set,
 * staged ones in place of older ones, as builds see them. The first repository with a
 * matching package meets a dependency; any package meets a soname unless an earlier
 * repository has one of its name. A package is not named for depending on another package
 * of the build repository that is broken. */
struct lack *shlibslack(const struct repos *rs, int stage, size_t *n);

/* appends a lack in clean words: `libfoo.so.1', `libfoo<2 of bar-1_1', `foo-1_1 conflicts
 * with bar' */
void shlibswords(struct buf *b, const struct lack *l);
