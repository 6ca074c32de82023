/* How long the builds of packages took, as done/ remembers it. */

#include <stdint.h>

struct past;
struct spool;

/* looks at what is in done/; NULL after a message; pastdel frees it */
struct past *pastopen(const struct spool *sp);

/* frees it; NULL is allowed */
void pastdel(struct past *p);

/* returns the seconds that the package of this job, at the latest version known,
 * took to build, -1 when none is known; reads a file the first time */
int64_t pastsecs(struct past *p, const char *job);

/* remembers what a build took */
void pastadd(struct past *p, const char *job, int64_t secs);

/* returns what a time that is not known counts as, in seconds, at least 1: almost
 * the longest of those that were asked for or remembered, see tally */
int64_t pastlong(const struct past *p);
