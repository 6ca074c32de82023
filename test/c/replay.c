#include <err.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/graph.h"
#include "base/table.h"
#include "base/x.h"
#include "queue/queue.h"
#include "replay.h"
#include "spool/history.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/forecast.h"

enum { LINE = 1024, WEEK = 7 * 86400 };

static struct table *names;		/* builds, by job */
static uint64_t state;

/* xorshift64* */
double
chance(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return ((double)(state * 2685821657736338717ull >> 11) + 0.5) /
	    9007199254740992.0;
}

void
sow(uint64_t seed)
{
	int i;

	state = seed * 2 + 1;
	for (i = 0; i < 20; i++)
		chance();
}

/* reads the guesses and times of builds */
static void
readmeasured(struct replay *r, const char *path)
{
	struct measured m;
	FILE *f;

	f = fopen(path, "r");
	if (!f)
		err(2, "%s", path);
	while (fscanf(f, "%lf %lf", &m.guess, &m.secs) == 2) {
		r->measured = xgrow(r->measured, r->nmeasured, sizeof m);
		r->measured[r->nmeasured++] = m;
	}
	if (!r->measured || !feof(f))
		errx(2, "%s: expected lines GUESS SECONDS", path);
	fclose(f);
}

int
replayflag(struct replay *r, int flag, const char *value)
{
	switch (flag) {
	case 'a':
		r->spread = (int64_t)(3600 * strtod(value, NULL));
		return 1;
	case 'd':
		r->dist = value;
		return 1;
	case 'm':
		readmeasured(r, value);
		return 1;
	case 'n':
		r->noise = strtod(value, NULL);
		return 1;
	case 's':
		sow(strtoull(value, NULL, 10));
		return 1;
	case 'u':
		r->missing = strtod(value, NULL);
		return 1;
	default:
		return 0;
	}
}

/* of the standard normal distribution */
static double
normal(void)
{
	double r;

	r = sqrt(-2 * log(chance()));
	return r * cos(2 * acos(-1) * chance());
}

static struct build *
get(struct replay *r, const char *name)
{
	struct build *b;
	void **place;
	char *job;

	job = jobnameok(name) ? xstrdup(name) : xasprintf("%s.%s", name,
	    confget(CONF_ARCH));
	place = tableput(names, job);
	if (*place) {
		free(job);
		return *place;
	}
	*place = b = xcalloc(1, sizeof *b);
	b->name = job;
	b->at = graphnode(r->needs);
	r->builds = xgrow(r->builds, r->n, sizeof(struct build *));
	return r->builds[r->n++] = b;
}

void
readgraph(struct replay *r)
{
	struct build *from, *to;
	size_t *component;
	char line[LINE], *tab;

	r->needs = mkgraph();
	names = mktable();
	while (fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\n")] = '\0';
		tab = strchr(line, '\t');
		if (!tab)
			errx(2, "%s: no tab", line);
		*tab = '\0';
		to = get(r, line);
		from = get(r, tab + 1);
		/* what needs nothing is there as tsort(1) takes it */
		if (from != to)
			graphedge(r->needs, from->at, to->at, 0);
	}
	if (r->n == 0)
		errx(2, "no graph");
	r->plan = xcalloc(r->n, sizeof *r->plan);
	component = xcalloc(r->n, sizeof *component);
	if (graphorder(r->needs, r->plan, component) != r->n)
		errx(2, "a cycle");
	free(component);
}

/* a duration in seconds: some minutes, with a long tail; heavy: the more a package
 * needs the longer it takes */
static double
draw(const char *dist, size_t degree)
{
	if (strcmp(dist, "pareto") == 0)
		return 30 / pow(chance(), 1 / 1.2);
	if (strcmp(dist, "heavy") == 0)
		return 15 * exp(1.5 * normal()) * (double)(1 + degree);
	if (strcmp(dist, "lognormal") != 0)
		errx(2, "%s: no such distribution", dist);
	return 50 * exp(1.6 * normal());
}

/* what is needed is asked for with who needs it */
static void
ask(struct replay *r)
{
	struct build *b, *to;
	size_t i, k;

	if (!r->spread)
		return;
	for (i = 0; i < r->n; i++)
		r->builds[i]->asked = (int64_t)((double)r->spread * chance());
	for (i = r->n; i-- > 0;) {
		b = r->builds[r->plan[i]];
		for (k = 0; k < graphdegree(r->needs, b->at); k++) {
			to = r->builds[graphnext(r->needs, b->at, k, NULL)];
			if (to->asked > b->asked)
				to->asked = b->asked;
		}
	}
}

/* guesses a time, and invents how long the build takes on a machine of that speed */
static void
guess(const struct replay *r, struct build *b, double slowness)
{
	const struct measured *m;
	double secs;

	m = &r->measured[(size_t)(chance() * (double)r->nmeasured)];
	secs = strcmp(r->dist, "measured") == 0 ? m->guess :
	    draw(r->dist, graphdegree(r->needs, b->at));
	b->took = (int64_t)(secs + 0.5);
	b->takes = (int64_t)(1000 * slowness * secs / m->guess * m->secs) + 1;
}

void
invent(struct replay *r)
{
	struct tally known = {0};
	struct build *b;
	double secs, then;
	size_t i;

	then = exp(r->drift / 100 * normal());
	for (i = 0; i < r->n; i++) {
		b = r->builds[i];
		if (r->measured) {
			guess(r, b, then);
			continue;
		}
		secs = draw(r->dist, graphdegree(r->needs, i));
		b->takes = (int64_t)(1000 * secs) + 1;
		b->took = (int64_t)(secs * then *
		    exp(r->noise / 100 * normal())) + 1;
		if (chance() * 100 < r->missing)
			b->took = -1;
		else
			historytallyadd(&known, b->took);
	}
	r->unknown = historytallylong(&known);
	ask(r);
}

/* a build begins */
static int64_t
takes(const struct qjob *j, void *arg)
{
	const int64_t *now = arg;
	struct build *b;

	b = tableget(names, j->name);
	b->end = *now + b->takes;
	return b->takes;
}

/* a job waits for one that ends when it is asked for */
static void
comes(struct queue *q, struct qjob *j, const struct build *b)
{
	struct job job = {0};
	struct qjob *until;

	job.name = xasprintf("until-%s", b->name);
	until = queueput(q, &job, BUILT);
	until->later = b->asked * 1000;
	queueneed(q, j, job.name);
	free(job.name);
}

/* the scheduler's picture; other orders are put to it as priorities, or, that of
 * the plan, as times of asking */
static struct queue *
picture(const struct replay *r, enum order order)
{
	struct job job = {0};
	struct build *b;
	struct queue *q;
	struct qjob *j;
	size_t i, k, n;

	q = mkqueue();
	for (i = 0; i < r->n; i++) {
		b = r->builds[r->plan[i]];
		b->over = 0;
		b->end = -1;
		job.name = b->name;
		job.asked = 1 + (order == OURS ? b->asked :
		    order == FIFO ? (int64_t)i * WEEK : 0);
		job.priority = order == COUNT ? b->count :
		    order == WEIGHT ? (int)b->weight : 0;
		n = graphdegree(r->needs, b->at);
		j = queueput(q, &job, n > 0 || r->spread ? WAIT : READY);
		j->secs = order == OURS || order == AGELESS ? b->took : 0;
		if (r->measured && j->secs > 0) {
			j->secs = -1;
			j->guess = b->took;
		}
		if (r->spread)
			comes(q, j, b);
		for (k = 0; k < n; k++)
			queueneed(q, j, r->builds[graphnext(r->needs, b->at, k,
			    NULL)]->name);
	}
	return q;
}

int64_t
run(struct replay *r, enum order order, int64_t until)
{
	struct build *b;
	struct queue *q;
	struct forecastsim *s;
	const struct qjob *j;
	int64_t when;

	when = 0;
	q = picture(r, order);
	s = mkforecastsim(q, r->unknown, 1000, takes, &when);
	while (when < until && (j = forecastsimnext(s, &when))) {
		b = tableget(names, j->name);
		if (b)
			b->over = 1;
	}
	forecastsimdel(s);
	queuedel(q);
	return when;
}
