/* The repositories of the settings, for one architecture: the build repository
 * first, then the main ones in their order. Which of them answers never
 * depends on anything else. */

#include <stddef.h>

struct repo;
struct repopkg;
struct repos;

/* reads them all; main ones must have an index for the architectures of the
 * settings, and for another one if all is set; NULL after a message; reposdel
 * frees it */
struct repos *reposopen(const char *arch, int all);

/* the same with that build repository, which belongs to what is returned, and with
 * an empty one for each main one that has no index */
struct repos *reposwith(struct repo *build, const char *arch);

/* the same without main repositories */
struct repos *reposalone(struct repo *build);

/* puts another one in place of the build repository, which it frees */
void reposbuild(struct repos *rs, struct repo *build);

/* returns the architecture */
const char *reposarch(const struct repos *rs);

/* returns the i-th repository, the build repository being the first; NULL behind
 * the last */
struct repo *reposat(const struct repos *rs, size_t i);

/* fetches the indexes of those behind URLs, all anew, or those of which there is
 * no copy; what cannot be had is said, and the old copy stays */
void reposfetch(const char *arch, int anew);

/* frees it */
void reposdel(struct repos *rs);

/* returns the package of that name at exactly this pkgver from the first
 * repository that has it, NULL if none has; *where is the repository unless
 * where is NULL; both live as long as rs */
const struct repopkg *reposexact(const struct repos *rs, const char *name,
    const char *pkgver, const struct repo **where);

/* returns the first package that is or provides what the dependency asks for,
 * as reposexact does */
const struct repopkg *reposdep(const struct repos *rs, const char *dep,
    const struct repo **where);

/* returns the package of that name in any version, as reposexact does */
const struct repopkg *reposname(const struct repos *rs, const char *name,
    const struct repo **where);

/* returns the first package of that name that is newer than a version, NULL if
 * none is */
const struct repopkg *reposnewer(const struct repos *rs, const char *name,
    const char *version);

/* returns the package of that name in the build repository, NULL if none */
const struct repopkg *reposours(const struct repos *rs, const char *name);

/* whether one of them has changed since reposopen */
int reposstale(const struct repos *rs);
