/* Finds packages that were built against other interfaces of their dependencies, by the
 * jobs in the spool's done/, than the repositories have now. That is a reason to build
 * those again that SPIFF_RELINK names. */

#include <stddef.h>

struct job;
struct plan;
struct pnode;
struct relinks;

/* opens the spool of the settings and the cache of interfaces, and sets the plan's
 * relinks, which are NULL if there is no spool; -1 after a message */
int relinksopen(struct plan *p);

/* frees relinks and saves the interfaces in the cache; NULL is allowed */
void relinksclose(struct relinks *rl);

/* reads the job that has built a package, or makes it of what SPIFF_HISTORY has: 1; 0
 * when there is none, or after a message */
int relinksjob(const struct relinks *rl, const char *pkgver, const char *arch,
    struct job *j);

/* lists the source packages of the jobs in done/ for the target, all or only those that
 * were built against another interface; spoollistfree frees the list; -1 after a
 * message */
int relinksnames(struct relinks *rl, int all, char ***list, size_t *n);

/* returns the name of the first package that has another interface now than when a job
 * for a side was built, NULL when there is none; the caller owns it */
char *relinkdep(const struct relinks *rl, int side, const struct job *j);

/* the same for the build repository's package of an evaluated node, if SPIFF_RELINK names
 * it and the two packages are in no circle, in which one would be built after the other
 * for ever */
char *relinkdue(struct relinks *rl, const struct pnode *v);
