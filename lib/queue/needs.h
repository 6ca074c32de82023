/* Readiness: which job has to be built before a need of another one is met. */

struct queue;
struct spool;
struct stock;

/* whether the repositories have what the job makes, and no job of that name is
 * queued, building, or has failed to replace it */
int awaithas(const struct spool *sp, const struct queue *q,
    struct stock *stock, const char *job);

/* returns the job to wait for so that the need is met, which is another than the
 * need itself when that was superseded; NULL when it is met; the caller owns
 * it */
char *awaited(const struct spool *sp, const struct queue *q,
    struct stock *stock, const char *need);
