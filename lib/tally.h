/* How many builds took how long, to the nearest quarter. */

#include <stddef.h>
#include <stdint.h>

enum { TALLYLEN = 64 * 4 };

struct tally {
	size_t counts[TALLYLEN];
	size_t n;
	int64_t longest;	/* seconds */
};

/* counts a time in seconds, 0 and up to 2^60 */
void tallyadd(struct tally *t, int64_t secs);

/* takes back one that was counted */
void tallydrop(struct tally *t, int64_t secs);

/* returns what a time that is not known counts as, in seconds, at least 1: all but
 * one in a hundred of the known ones are shorter; where there are fewer than that
 * it is the longest that was ever counted */
int64_t tallylong(const struct tally *t);
