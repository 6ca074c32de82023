/* What was built against other interfaces of its dependencies than there are now, as
 * the jobs in the spool's done/ remember them. Where SPIFF_RELINK names a package, that
 * is a reason to build it again. */

#include <stddef.h>

struct job;
struct plan;
struct pnode;
struct relinks;

/* opens the spool of the settings and the memory of interfaces as the plan's relinks,
 * which stay NULL where there is no spool; -1 after a message */
int relinksopen(struct plan *p);

/* frees it and remembers the interfaces; NULL is allowed */
void relinksclose(struct relinks *rl);

/* reads the job that has built a package: 1; 0 when there is none, with a message when
 * it cannot be read */
int relinksjob(const struct relinks *rl, const char *pkgver, const char *arch,
    struct job *j);

/* lists the source packages that the jobs in done/ have built for the target, all or
 * those that were built against another interface; the caller frees the list with
 * spoollistfree; -1 after a message */
int relinksnames(struct relinks *rl, int all, char ***list, size_t *n);

/* returns the name of the first package with another interface now than that which a
 * job for a side was built against, NULL when there is none; the caller owns it */
char *relinkdep(const struct relinks *rl, int side, const struct job *j);

/* the same for the build repository's package of an evaluated node, if SPIFF_RELINK
 * names it, and if the two are in no circle, where one would follow the other for
 * ever */
char *relinkdue(struct relinks *rl, const struct pnode *v);
