/* Why a package is not built for which no job is under way. */

struct buf;
struct plan;
struct spool;
struct status;

/* tells, in lines, what became of its job, or else of requests for it and of
 * other versions, and what would keep it from being built: the plan is for that
 * package alone, name is how it was asked about, job what would make it */
void unasked(struct status *st, const struct plan *p, const char *name,
    const char *job, struct buf *b);

/* Why a package is not built, down to the root cause. */

/* appends the answer for a job, or for a binary or source package of the
 * settings' architecture, as lines "what TAB why", each explained by those
 * behind it; 1 when it is in a repository, 0 when not, -1 after a message */
int why(const struct spool *sp, const char *what, struct buf *b);
