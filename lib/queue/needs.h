/* Readiness: which job has to be built before a need of another one is met. */

struct queue;
struct spool;
struct available;

/* whether the repositories have what the job makes, and no job of that name is
 * queued, building, or has failed to replace it */
int needshas(const struct spool *sp, const struct queue *q,
    struct available *available, const char *job);

/* Sets *name to the job to wait for so that the need is met, which is another than the
 * need itself when that was superseded; the caller owns it. 1 done; 0 the need is met,
 * and -1 the system cannot tell now, both with nothing to be freed. */
int needsjob(const struct spool *sp, const struct queue *q, struct available *available,
    const char *need, char **name);
