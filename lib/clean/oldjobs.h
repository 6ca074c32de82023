/* Jobs and logs of the spool that tell nothing any more. */

struct leftovers;
struct spool;

/* removes from done/ and fail/ the old jobs of packages that a newer job there
 * tells of, and from cancel/ all old jobs; then the old logs that no job in any
 * state has; -1 after a message when the spool cannot be read */
int oldjobs(struct leftovers *l, const struct spool *sp);
