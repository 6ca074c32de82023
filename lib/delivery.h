/* What builds deliver: the directory incoming/JOB with a manifest, which is
 * there once all of it is. */

struct spool;

/* returns the number of the try that delivered, 0 when nothing is delivered */
int deliverytry(const struct spool *sp, const char *job);

/* removes a delivery, that of a build that is not wanted any more; a message
 * when it cannot */
void deliverydrop(const struct spool *sp, const char *job);
