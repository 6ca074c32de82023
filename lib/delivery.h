/* What builds deliver: the directory incoming/JOB with a manifest, which is
 * there once all of it is. */

struct spool;

/* says whether that try of the job has delivered; what is not sound is none,
 * after a message */
int deliveryof(const struct spool *sp, const char *job, int try);

/* removes what a try that has ended left unfinished, .JOB.TRY.tmp */
void deliverysweep(const struct spool *sp, const char *job, int try);

/* removes a delivery, that of a build that is not wanted any more; a message
 * when it cannot */
void deliverydrop(const struct spool *sp, const char *job);
