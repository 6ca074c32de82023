/* Tries base/table against an array: N random puts, gets and drops of few keys,
 * so that the runs are long and entries have to move when one is dropped.
 * Prints the number of entries at the end, or what went wrong. */
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/table.h"

enum { KEYS = 3000 };

static int values[KEYS];
static int *has[KEYS];

int
main(int argc, char **argv)
{
	struct table *t;
	uint64_t seed = 1;
	size_t i, n, seen;
	unsigned k, step, steps;
	char key[16];
	void *value;

	if (argc != 2)
		errx(2, "usage: tab STEPS");
	steps = (unsigned)atoi(argv[1]);
	t = mktable();
	n = 0;
	for (step = 0; step < steps; step++) {
		seed = seed * 6364136223846793005 + 1442695040888963407;
		k = (unsigned)(seed >> 33) % KEYS;
		snprintf(key, sizeof key, "%u", k);
		if (tableget(t, key) != has[k])
			errx(1, "step %u: wrong value of %s", step, key);
		if (seed >> 63) {
			n += !has[k];
			*tableput(t, key) = has[k] = &values[k];
		} else {
			if (tabledrop(t, key) != has[k])
				errx(1, "step %u: wrong drop of %s", step, key);
			n -= has[k] != NULL;
			has[k] = NULL;
		}
		if (tablelen(t) != n)
			errx(1, "step %u: wrong length", step);
	}
	seen = i = 0;
	while (tablenext(t, &i, &value))
		seen++;
	if (seen != n)
		errx(1, "the walk saw %zu of %zu", seen, n);
	tabledel(t);
	printf("%zu\n", n);
	return 0;
}
