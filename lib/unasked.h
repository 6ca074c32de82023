/* Why a package is not built for which no job is under way. */

struct buf;
struct plan;
struct status;

/* tells, in lines, what became of its job, or else of requests for it and of
 * other versions, and what would keep it from being built: the plan is for that
 * package alone, name is how it was asked about, job what would make it */
void unasked(struct status *st, const struct plan *p, const char *name,
    const char *job, struct buf *b);
