#include "tally.h"

enum { RARE = 100 };	/* one in so many is longer */

/* four for each power of two: its number, and the two digits behind the first */
static size_t
bucket(int64_t secs)
{
	size_t power;

	for (power = 2; secs >> power >= 2; power++)
		;
	return secs < 4 ? (size_t)secs :
	    4 * (power - 1) + ((size_t)(secs >> (power - 2)) & 3);
}

/* returns the first time that is in the bucket behind this one */
static int64_t
above(size_t i)
{
	size_t power;

	i++;
	if (i < 8)
		return (int64_t)i;
	power = i / 4 + 1;
	return (int64_t)(4 + i % 4) << (power - 2);
}

void
tallyadd(struct tally *t, int64_t secs)
{
	t->counts[bucket(secs)]++;
	t->n++;
	if (t->longest < secs)
		t->longest = secs;
}

void
tallydrop(struct tally *t, int64_t secs)
{
	t->counts[bucket(secs)]--;
	t->n--;
}

int64_t
tallylong(const struct tally *t)
{
	size_t i, longer;
	int64_t secs;

	longer = 0;
	for (i = TALLYLEN - 1; i > 0; i--) {
		longer += t->counts[i];
		if (longer > t->n / RARE)
			break;
	}
	secs = above(i) - 1;
	if (secs > t->longest)
		secs = t->longest;
	return secs > 0 ? secs : 1;
}
