/* What the builds of a plan use: every dependency, direct and indirect, and the
 * repository that has it. */

#include <stddef.h>

struct plan;
struct repo;
struct repopkg;

struct use {
	const char *pkgver;	/* binary package */
	const char *arch;
	int kind;		/* for plankind */
	const struct repo *where;	/* NULL: the plan builds it */
	const struct repopkg *pkg;	/* NULL then too */
};

/* calls fn once for each, in the order of the plan's nodes given; run-time
 * dependencies of what a repository has are found in the repositories; what
 * such a package needs and none has is said on standard error, and -1 returned */
int useseach(const struct plan *p, const size_t *nodes, size_t n,
    void (*fn)(const struct use *u, void *arg), void *arg);
