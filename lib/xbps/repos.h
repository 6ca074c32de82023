/* The repositories of the settings for one architecture, in the order in which they are
 * searched: the build repository, then the main ones. */

#include <stddef.h>

struct repo;
struct repopkg;
struct repos;

/* reads all repositories; a main one must have an index for the architectures of the
 * settings, and for another architecture if all is set; NULL after a message; reposdel
 * frees them */
struct repos *reposopen(const char *arch, int all);

/* the same with this build repository, which rs owns then; a main one without an index is
 * empty */
struct repos *reposwith(struct repo *build, const char *arch);

/* the same without main repositories */
struct repos *reposalone(struct repo *build);

/* replaces the build repository and frees the old one */
void reposbuild(struct repos *rs, struct repo *build);

/* returns the architecture */
const char *reposarch(const struct repos *rs);

/* returns the i-th repository, the build repository being the first; NULL behind
 * the last */
struct repo *reposat(const struct repos *rs, size_t i);

/* fetches the indexes of remote repositories: all if anew, else those of which there is
 * no copy; when that fails the old copy stays, after a message */
void reposfetch(const char *arch, int anew);

/* frees the repositories */
void reposdel(struct repos *rs);

/* returns the package of that name of the first repository that has one, NULL if that has
 * another pkgver, as xbps-src looks no further, or if none has the name; sets *where to
 * the repository unless where is NULL; both live as long as rs */
const struct repopkg *reposexact(const struct repos *rs, const char *name,
    const char *pkgver, const struct repo **where);

/* the same with the first package that meets a dependency: by its name, else by what it
 * provides */
const struct repopkg *reposdep(const struct repos *rs, const char *dep,
    const struct repo **where);

/* the same with the package of that name in any version */
const struct repopkg *reposname(const struct repos *rs, const char *name,
    const struct repo **where);

/* returns the first package of that name that is newer than a version, NULL if there is
 * none */
const struct repopkg *reposnewer(const struct repos *rs, const char *name,
    const char *version);

/* returns the package of that name in the build repository, NULL if none */
const struct repopkg *reposours(const struct repos *rs, const char *name);

/* whether a repository has changed since it was read */
int reposstale(const struct repos *rs);
