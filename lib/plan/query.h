/* Questions about templates rather than about what to build. Each function
 * appends lines to b and returns the exit status that spiff-deps ends with. */

#include <stddef.h>

struct buf;
struct plan;
struct spool;

/* the direct build dependencies of what the plan was asked for, as source
 * packages: "name: dep dep ...", as xbps-src show-build-deps knows them; 1 after
 * a message when a template cannot be evaluated or names what no template makes */
int querydirect(const struct plan *p, struct buf *b);

/* a shortest dependency path from each package asked for to name; 1 when one has
 * none */
int querywhy(const struct plan *p, const char *name, struct buf *b);

/* what was asked for and is older in the build repository or not there: "name
 * TAB repository's version, ? if it has none, TAB tree's version"; and what is
 * broken or staged there, with that behind; 1 when a
 * template cannot be evaluated */
int queryoutdated(const struct plan *p, struct buf *b);

/* asks a plan for what is broken or staged in the build repository; -1 after a
 * message when no template makes some of it */
int queryaskbroken(struct plan *p);

/* what was asked for and is broken or staged, those that need others behind them:
 * "pkgver TAB arch TAB broken SONAME"; 0 */
int querybroken(const struct plan *p, struct buf *b);

/* asks a plan for all that the spool's jobs in done/ have built for the target; -1
 * after a message */
int queryaskdone(struct plan *p, const struct spool *sp);

/* what was asked for and was made from other inputs, at the tree's version, than it
 * would be now: "pkgver TAB arch TAB changed WORD,WORD..."; 111 after a message when
 * something cannot be read, else 0 */
int querychanged(struct plan *p, const struct spool *sp, struct buf *b);

/* the pkgvers of all in the plan that depends on the first n packages asked for,
 * which are left out; 0 */
int queryreverse(const struct plan *p, size_t n, struct buf *b);

/* what is wrong with the templates: "cycle TAB path", one for each strongly
 * connected component, "missing TAB name TAB dependency TAB kind", "unreadable
 * TAB name TAB why"; 3 when there is a cycle, 1 when there is anything else */
int querycheck(const struct plan *p, struct buf *b);
