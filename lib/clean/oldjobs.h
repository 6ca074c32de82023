/* Removes old jobs and logs from the spool. */

struct leftovers;
struct spool;

/* Removes from done/ and fail/ the old jobs of packages that have a newer job there,
 * from cancel/ all old jobs, but none that a job needs which is not done, and then old
 * logs that belong to no job; -1 after a message if the spool cannot be read. */
int oldjobs(struct leftovers *l, const struct spool *sp);
