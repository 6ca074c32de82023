/* The order in which jobs start, by tables on standard input.
 *
 *	order rank	sorts lines NAME PRIORITY BEHIND ASKED
 *	order queue	lines NAME SECONDS PRIORITY ASKED [NEED...], SECONDS -1 for
 *			not known, below that for a guess; starts what can start, one at a time, each
 *			done before the next, and prints the names; who waits in
 *			the end is printed behind "waits"
 *	order slots	such lines, but each job comes when it is asked for, in
 *			seconds, and takes its time in a slot of SPIFF_SLOTS;
 *			prints the names as their builds end, and when
 *	order long	what an unknown time counts as, among seconds, one a
 *			line; one with a minus before it is taken back
 *
 * NAME is that of a package of x86_64, or has .ARCH behind it. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/x.h"
#include "queue/queue.h"
#include "queue/slots.h"
#include "spool/history.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/forecast.h"

enum { LINEMAX = 1000 };

static struct queue *q;
static struct slots *pool;
static long unknown = 1;

static char *
word(char **line)
{
	char *w;

	w = strtok(*line, " \n");
	*line = NULL;
	return w;
}

static long
number(char **line)
{
	const char *w;

	w = word(line);
	if (!w)
		errx(2, "a number is missing");
	return strtol(w, NULL, 10);
}

static int
cmp(const void *a, const void *b)
{
	return slotscmp(a, b);
}

static void
ranks(void)
{
	struct rank *list = NULL;
	char line[LINEMAX], *p;
	size_t i, n = 0;
	int priority;

	while (fgets(line, sizeof line, stdin)) {
		p = line;
		list = xgrow(list, n, sizeof *list);
		list[n].name = xstrdup(word(&p));
		priority = (int)number(&p);
		list[n].behind = number(&p);
		list[n++].standing = slotsstanding(priority, number(&p));
	}
	qsort(list, n, sizeof *list, cmp);
	for (i = 0; i < n; i++)
		puts(list[i].name);
}

static void
tally(void)
{
	struct tally t = {0};
	char line[LINEMAX];

	while (fgets(line, sizeof line, stdin)) {
		if (*line == '-')
			historytallydrop(&t, strtol(line + 1, NULL, 10));
		else
			historytallyadd(&t, strtol(line, NULL, 10));
	}
	printf("%lld\n", (long long)historytallylong(&t));
}

static char *
jobname(const char *name)
{
	const char *dot;

	dot = strchr(name, '.');
	return xasprintf("%.*s-1_1%s", (int)strcspn(name, "."), name,
	    dot ? dot : ".x86_64");
}

/* what a job that comes later waits for, until then */
static void
comes(struct qjob *j)
{
	struct job job = {0};
	struct qjob *until;

	job.name = xasprintf("%s-until-1_1.x86_64", j->name);
	until = queueput(q, &job, BUILT);
	until->later = j->asked * 1000;
	queueneed(q, j, job.name);
	free(job.name);
}

static void
readjobs(int later)
{
	struct qjob *j;
	struct job job;
	char line[LINEMAX], *name, *need, *p;
	long secs;

	while (fgets(line, sizeof line, stdin)) {
		p = line;
		memset(&job, 0, sizeof job);
		job.name = name = jobname(word(&p));
		secs = number(&p);
		job.priority = (int)number(&p);
		job.asked = number(&p);
		job.guess = secs < -1 ? -secs : 0;
		j = queueput(q, &job, WAIT);
		j->secs = secs < -1 ? -1 : secs;
		if (unknown < secs)
			unknown = secs;
		while ((need = word(&p))) {
			need = jobname(need);
			queueneed(q, j, need);
			free(need);
		}
		if (later)
			comes(j);
		free(name);
	}
}

/* without what jobname added */
static void
show(const char *name)
{
	const char *arch;

	arch = strrchr(name, '.');
	printf("%.*s%s", (int)strcspn(name, "-"), name,
	    strcmp(arch, ".x86_64") == 0 ? "" : arch);
}

static void
waiting(void)
{
	const struct qjob *j;

	TAILQ_FOREACH(j, queuelist(q, WAIT), list) {
		printf("waits ");
		show(j->name);
		putchar('\n');
	}
}

static void
drain(void)
{
	struct qjob *j;
	char *name;

	TAILQ_FOREACH(j, queuelist(q, WAIT), list) {
		if (LIST_EMPTY(&j->needs))
			queuetouch(q, j);
	}
	for (;;) {
		while ((j = queuetouched(q))) {
			queuemove(q, j, READY);
			slotsput(pool, j);
		}
		/* the ranks of the first hold for those who come later */
		if (queuechanged(q))
			slotsrank(pool, unknown, 1000);
		j = slotsbest(pool);
		if (!j)
			break;
		show(j->name);
		putchar('\n');
		slotsdrop(pool, j);
		name = xstrdup(j->name);
		queuedrop(q, j);
		queuemet(q, name);
		free(name);
	}
	waiting();
}

static int64_t
takes(const struct qjob *j, void *arg)
{
	(void)arg;
	return j->secs * 1000;
}

static void
slots(void)
{
	struct forecastsim *s;
	struct qjob *j;
	int64_t when;

	s = mkforecastsim(q, unknown, 1000, takes, NULL);
	while ((j = forecastsimnext(s, &when))) {
		if (j->state == WAIT)
			queuemove(q, j, READY);
		if (strstr(j->name, "-until-"))
			continue;
		show(j->name);
		printf(" %lld\n", (long long)(when / 1000));
	}
	waiting();
	forecastsimdel(s);
}

int
main(int argc, char **argv)
{
	if (argc != 2)
		errx(2, "usage: order rank|queue|slots|long");
	if (strcmp(argv[1], "rank") == 0) {
		ranks();
		return 0;
	}
	if (strcmp(argv[1], "long") == 0) {
		tally();
		return 0;
	}
	if (confload() < 0)
		return 2;
	q = mkqueue();
	pool = mkslots();
	readjobs(strcmp(argv[1], "slots") == 0);
	if (strcmp(argv[1], "slots") == 0)
		slots();
	else
		drain();
	slotsdel(pool);
	queuedel(q);
	return 0;
}
