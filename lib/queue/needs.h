/* Which job must be built before another one's need is met. */

struct available;
struct queue;
struct spool;

/* Says whether a need is met: a repository has the job's package, and no job of that name
 * is queued, runs, or has failed to build it anew. */
int needshas(const struct spool *sp, const struct queue *q,
    struct available *available, const char *job);

/* Sets *name, which the caller owns, to the job that must be built for a need: the need
 * itself, or the one that took its place. 1 done; 0 the need is met; -1 the system
 * failed; there is nothing to free after these. */
int needsjob(const struct spool *sp, struct queue *q, struct available *available,
    const char *need, char **name);
