/* Compares orders: replays the build of a graph, which comes on standard input
 * as spiff-deps -t prints it, a line "NEED TAB JOB" an edge. SPIFF_SLOTS has the
 * slots.
 *
 *	sim [-d dist] [-m file] [-n percent] [-s seed] [-u percent]
 *			prints how long all takes in each order: its name,
 *			seconds, and how far that is above the bound, in percent
 *	sim -g jobs [-s seed]
 *			invents a graph and prints it
 *
 * replay.h has the other flags. Where the jobs are not asked for at once, a line
 * "waits" behind each order has the longest time that one waited for a slot, in
 * seconds; and there is one more order, ageless, which is ours without age.
 *
 * No order can beat the bound: the longest chain, or the slots' share of all the
 * work; least is what is known to be impossible to beat besides: the longest chain
 * to a job, and behind it the slots' share of all that waits for that. Orders that
 * others have are fifo, count, of all the jobs behind one, and weight, of the time
 * that these take. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/graph.h"
#include "base/x.h"
#include "replay.h"

enum { NEEDS = 8 };

static const char *const orders[] = {
	"spiff", "fifo", "count", "weight", "ageless"
};

/* some are needed by many, and most by nobody, as packages are */
static void
printgraph(size_t jobs)
{
	size_t i, k;
	double c;

	for (i = 1; i < jobs; i++) {
		for (k = (size_t)(chance() * NEEDS) + 1; k > 0; k--) {
			c = chance();
			printf("p%zu-1_1\tp%zu-1_1\n",
			    (size_t)(c * c * c * (double)i), i);
		}
	}
}

/* fills in what other orders go by, and returns what all takes at least; ends has
 * the chains to each job */
static int64_t
weigh(struct replay *r, const int64_t *ends, int slots)
{
	struct graph *users;
	struct build *b;
	int64_t least, work;
	size_t i, k;
	char *mark;

	least = 0;
	users = graphreverse(r->needs);
	mark = xmalloc(r->n);
	for (i = 0; i < r->n; i++) {
		memset(mark, 0, r->n);
		mark[i] = 1;
		graphreach(users, mark);
		b = r->builds[i];
		work = -b->takes;
		for (k = 0; k < r->n; k++) {
			if (!mark[k])
				continue;
			work += r->builds[k]->takes;
			b->count++;
			b->weight += r->builds[k]->took < 0 ? r->unknown :
			    r->builds[k]->took;
		}
		if (least < ends[i] + work / slots)
			least = ends[i] + work / slots;
	}
	free(mark);
	graphdel(users);
	return least;
}

/* sets when each job could end at the earliest; returns the last of these */
static int64_t
chains(const struct replay *r, int64_t *ends)
{
	int64_t last;
	size_t at, i, k, to;

	last = 0;
	for (i = 0; i < r->n; i++) {
		at = r->plan[i];
		ends[at] = 0;
		for (k = 0; k < graphdegree(r->needs, at); k++) {
			to = graphnext(r->needs, at, k, NULL);
			if (ends[at] < ends[to])
				ends[at] = ends[to];
		}
		ends[at] += r->builds[at]->takes;
		if (last < ends[at])
			last = ends[at];
	}
	return last;
}

static void
print(const char *what, int64_t end, int64_t bound)
{
	printf("%s\t%lld\t%.2f\n", what, (long long)end / 1000,
	    100.0 * (double)(end - bound) / (double)bound);
}

/* prints how long a job that could be built waits for a slot, in seconds */
static void
waits(const struct replay *r)
{
	const struct build *b, *to;
	int64_t from, most;
	size_t i, k;

	most = 0;
	for (i = 0; i < r->n; i++) {
		b = r->builds[i];
		from = b->asked * 1000;
		for (k = 0; k < graphdegree(r->needs, i); k++) {
			to = r->builds[graphnext(r->needs, i, k, NULL)];
			if (from < to->end)
				from = to->end;
		}
		if (most < b->end - b->takes - from)
			most = b->end - b->takes - from;
	}
	printf("waits\t%lld\n", (long long)most / 1000);
}

static void
compare(struct replay *r)
{
	int64_t bound, chain, *ends, least, work;
	size_t i;
	int o, slots;

	slots = confslots(confget(CONF_ARCH));
	ends = xcalloc(r->n, sizeof *ends);
	chain = chains(r, ends);
	least = weigh(r, ends, slots);
	free(ends);
	work = 0;
	for (i = 0; i < r->n; i++)
		work += r->builds[i]->takes;
	work /= slots;
	bound = work > chain ? work : chain;
	print("work", work, bound);
	print("chain", chain, bound);
	print("least", least > bound ? least : bound, bound);
	for (o = 0; o <= (r->spread ? AGELESS : WEIGHT); o++) {
		print(orders[o], run(r, (enum order)o, INT64_MAX), bound);
		if (r->spread)
			waits(r);
	}
}

int
main(int argc, char **argv)
{
	struct replay r = { .dist = "lognormal" };
	size_t jobs;
	int c;

	jobs = 0;
	sow(1);
	while ((c = getopt(argc, argv, "g:" REPLAYFLAGS)) != -1) {
		if (c == 'g')
			jobs = strtoul(optarg, NULL, 10);
		else if (!replayflag(&r, c, optarg))
			errx(2, "usage: sim [-d dist] [-m file] [-n percent] "
			    "[-s seed] [-u percent] | sim -g jobs [-s seed]");
	}
	if (confload() < 0)
		return 2;
	if (jobs > 0) {
		printgraph(jobs);
	} else {
		readgraph(&r);
		invent(&r);
		compare(&r);
	}
	return fflush(stdout) ? 1 : 0;
}
