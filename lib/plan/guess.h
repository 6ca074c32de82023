/* How long a build may take of a package that was never built: a guess from its build
 * style, and from what the repositories say of its packages in any version: how large
 * they are, and what they are linked with. */

#include <stddef.h>
#include <stdint.h>

struct plan;

enum guesslink {
	GUESS_UNLINKED,		/* with no shared library */
	GUESS_LINKED,
	GUESS_CXX		/* with that of C++ */
};

/* returns the seconds of a build of that style whose packages have so many bytes, at
 * least 1; -1: no repository has one of them */
int64_t guessof(const char *style, int64_t bytes, enum guesslink link);

/* returns the same of a node */
int64_t guesssecs(const struct plan *p, size_t node);
