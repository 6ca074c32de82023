/* How long the builds of packages took and how much memory they had, as done/
 * remembers it. */

#include <stddef.h>
#include <stdint.h>

struct history;
struct spool;

/* looks at what is in done/; NULL after a message; historydel frees it */
struct history *historyopen(const struct spool *sp);

/* frees it; NULL is allowed */
void historydel(struct history *p);

/* returns the seconds that the package of this job, at the latest version known,
 * took to build, -1 when none is known; reads a file the first time */
int64_t historysecs(struct history *p, const char *job);

/* returns the most bytes that its last builds had at a time, 0 when that is not known */
int64_t historymemory(struct history *p, const char *job);

/* remembers what a build took; memory 0: not known */
void historyadd(struct history *p, const char *job, int64_t secs, int64_t memory);

/* returns what a time that is not known counts as, in seconds, at least 1: almost
 * the longest of those that were asked for or remembered, see tally */
int64_t historylong(const struct history *p);

/* How many builds took how long, to the nearest quarter. */

enum { TALLYLEN = 64 * 4 };

struct tally {
	size_t counts[TALLYLEN];
	size_t n;
	int64_t longest;	/* seconds */
};

/* counts a time in seconds, 0 and up to 2^60 */
void historytallyadd(struct tally *t, int64_t secs);

/* takes back one that was counted */
void historytallydrop(struct tally *t, int64_t secs);

/* returns what a time that is not known counts as, in seconds, at least 1: all but
 * one in a hundred of the known ones are shorter; where there are fewer than that
 * it is the longest that was ever counted */
int64_t historytallylong(const struct tally *t);
