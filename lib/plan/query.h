/* The answers of spiff-deps that are no plans. Each function appends lines to b and
 * returns the exit status of spiff-deps. */

#include <stddef.h>

struct buf;
struct plan;

/* "name: dep dep ...": the direct build dependencies of the packages asked for, as
 * source packages, as xbps-src show-build-deps has them; 1 after a message when a
 * template cannot be evaluated or no template makes a dependency */
int querydirect(const struct plan *p, struct buf *b);

/* a shortest dependency path from each package asked for to name; 1 when one has
 * none */
int querywhy(const struct plan *p, const char *name, struct buf *b);

/* "name TAB version in the build repository, or ? TAB version in the tree" of the
 * packages asked for that the build repository has older or not at all, unless their
 * archs leave out the architecture; also of those that are broken, staged or due by
 * SPIFF_RELINK there, with a further field that says so; 1 when a template cannot be
 * evaluated */
int queryoutdated(const struct plan *p, struct buf *b);

/* asks a plan for all packages that are broken or staged in the build repository, or due
 * by SPIFF_RELINK; -1 after a message when no template makes one of them */
int queryaskbroken(struct plan *p);

/* "pkgver TAB arch TAB broken SONAME" of the packages asked for that are broken, staged
 * or due by SPIFF_RELINK, in build order; 0 */
int querybroken(const struct plan *p, struct buf *b);

/* asks a plan, whose relinks are open, for the packages of the jobs in done/ for the
 * target, of all or of those that were built against another interface; -1 after a
 * message */
int queryaskdone(struct plan *p, int all);

/* "pkgver TAB arch TAB changed WORD,WORD..." of the packages asked for whose inputs have
 * changed since the tree's version was built, "pkgver TAB arch TAB relink DEP" of those
 * built against another interface; the plan's relinks are open; 111 after a message when
 * a file cannot be read, else 0 */
int querychanged(struct plan *p, struct buf *b);

/* the pkgver of each package of the plan that depends on one of the first n packages
 * asked for, without those themselves; 0 */
int queryreverse(const struct plan *p, size_t n, struct buf *b);

/* the faults of the templates: "cycle TAB path" for each strongly connected component,
 * "missing TAB name TAB dependency TAB kind", "unmet TAB name TAB pattern TAB kind",
 * "conflict TAB name TAB pkgver TAB pkgver",
 * "unreadable TAB name TAB why"; 3 when there is a cycle, 1 for any other, else 0 */
int querycheck(struct plan *p, struct buf *b);
