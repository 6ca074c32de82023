#include <string.h>

#include "order.h"

enum { DAY = 86400 };

#define LATEST ((int64_t)1 << 40)	/* second; no clock shows it */

int64_t
orderstanding(int priority, int64_t asked)
{
	if (asked < 0)
		asked = 0;
	return (int64_t)priority * DAY - (asked < LATEST ? asked : LATEST);
}

/* In milliseconds. What waits behind a job counts in full while it is little, and
 * never quite a day, DAY * behind / (behind + DAY), so that no chain outweighs a
 * priority. The rank does not change as time goes by: all grow older together. */
static int64_t
score(const struct rank *r)
{
	const int64_t day = (int64_t)DAY * 1000;

	return r->standing * 1000 + day - day * DAY / (r->behind + DAY);
}

int
ordercmp(const struct rank *a, const struct rank *b)
{
	int64_t x, y;

	x = score(a);
	y = score(b);
	if (x == y) {
		x = a->behind;
		y = b->behind;
	}
	if (x != y)
		return x > y ? -1 : 1;
	return strcmp(a->name, b->name);
}
