/* Replays runs of a graph, which comes on standard input as spiff-deps -t prints
 * it, and asks after a tenth of each when it will end, of a spool as it would be
 * then. Prints for each run how far off the answer was, in percent of the run.
 * SPIFF_SLOTS has the slots; the spools are made in the current directory.
 *
 *	eta [-b percent] [-d dist] [-m file] [-n percent] [-s seed] [-u percent] runs
 *
 *	-b percent	that all builds of a run take longer, or shorter, than the
 *			last ones
 *
 * replay.h has the other flags. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/graph.h"
#include "base/x.h"
#include "queue/available.h"
#include "replay.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/forecast.h"
#include "status/status.h"

static FILE *
jobfile(const struct spool *sp, enum state state, const char *pkgver)
{
	FILE *f;
	char *path;

	path = xasprintf("%s/%s/%s.%s", sp->path, spoolstates[state], pkgver,
	    confget(CONF_ARCH));
	f = fopen(path, "w");
	if (!f)
		err(1, "%s", path);
	free(path);
	fprintf(f, "pkgver %s\narch %s\n", pkgver, confget(CONF_ARCH));
	return f;
}

static void
put(const struct spool *sp, const struct replay *r, const struct build *b,
    int64_t began)
{
	const struct build *to;
	enum state state;
	FILE *f;
	char *old, *pkgver;
	size_t i;

	pkgver = xstrndup(b->name, (size_t)(strrchr(b->name, '.') -
	    b->name));
	state = b->over ? DONE : b->end >= 0 ? RUN : READY;
	for (i = 0; i < graphdegree(r->needs, b->at); i++) {
		if (!r->builds[graphnext(r->needs, b->at, i, NULL)]->over)
			state = WAIT;
	}
	f = jobfile(sp, state, pkgver);
	fprintf(f, "asked %lld\n", (long long)began);
	if (r->measured)
		fprintf(f, "guess %lld\n", (long long)b->took);
	for (i = 0; state == WAIT && i < graphdegree(r->needs, b->at); i++) {
		to = r->builds[graphnext(r->needs, b->at, i, NULL)];
		if (!to->over)
			fprintf(f, "needs %s\n", to->name);
	}
	if (b->end >= 0)
		fprintf(f, "started %lld\n",
		    (long long)(began + (b->end - b->takes) / 1000));
	if (b->over)
		fprintf(f, "ended %lld\n", (long long)(began + b->end / 1000));
	fclose(f);
	/* the last version */
	*strrchr(pkgver, '-') = '\0';
	if (b->took >= 0 && !r->measured) {
		old = xasprintf("%s-0_1", pkgver);
		f = jobfile(sp, DONE, old);
		fprintf(f, "started 1000\nended %lld\n",
		    (long long)b->took + 1000);
		fclose(f);
		free(old);
	}
	free(pkgver);
}

/* returns when the spool's last build will end, in seconds from now */
static int64_t
foretell(const struct spool *sp)
{
	struct forecast e;
	struct status st;
	struct available *available;
	int64_t rest;

	available = mkavailable();
	if (statusopen(&st, sp) < 0)
		exit(1);
	statuslink(&st, available);
	if (forecastmake(&st, 0, &e) < 0)
		exit(1);
	rest = e.end ? e.end - st.now : 0;
	statusclose(&st);
	availabledel(available);
	return rest;
}

static long
replay(struct replay *r, const char *dir)
{
	struct spool sp;
	int64_t end, now, rest;
	size_t i;

	invent(r);
	end = run(r, OURS, INT64_MAX);
	now = run(r, OURS, end / 10);
	if (spoolopen(&sp, dir, 1) < 0)
		exit(1);
	for (i = 0; i < r->n; i++)
		put(&sp, r, r->builds[i], time(NULL) - now / 1000);
	rest = foretell(&sp) * 1000;
	spoolclose(&sp);
	return labs((long)((now + rest - end) * 100 / end));
}

int
main(int argc, char **argv)
{
	struct replay r = { .dist = "lognormal" };
	char *dir;
	long i, runs;
	int c;

	sow(1);
	while ((c = getopt(argc, argv, "b:" REPLAYFLAGS)) != -1) {
		if (c == 'b')
			r.drift = strtod(optarg, NULL);
		else if (!replayflag(&r, c, optarg))
			optind = argc;
	}
	if (optind + 1 != argc)
		errx(2, "usage: eta [-b percent] [-d dist] [-m file] [-n percent] "
		    "[-s seed] [-u percent] runs");
	if (confload() < 0)
		return 2;
	readgraph(&r);
	runs = strtol(argv[optind], NULL, 10);
	for (i = 0; i < runs; i++) {
		dir = xasprintf("%s.%ld", confget(CONF_SPOOL), i);
		printf("%ld\n", replay(&r, dir));
		free(dir);
	}
	return fflush(stdout) ? 1 : 0;
}
