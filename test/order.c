/* The order in which jobs start, by tables on standard input.
 *
 *	order rank	sorts lines NAME PRIORITY BEHIND ASKED
 *	order queue	lines NAME SECONDS PRIORITY ASKED [NEED...], SECONDS -1 for
 *			not known; starts what can start, one at a time, each
 *			done before the next, and prints the names; who waits in
 *			the end is printed behind "waits" */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "job.h"
#include "order.h"
#include "queue.h"
#include "ready.h"
#include "spool.h"
#include "x.h"

enum { LINEMAX = 1000 };

static struct queue *q;
static struct ready *ready;
static long longest = 1;

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
	return ordercmp(a, b);
}

static void
ranks(void)
{
	struct rank *list = NULL;
	char line[LINEMAX], *p;
	size_t i, n = 0;

	while (fgets(line, sizeof line, stdin)) {
		p = line;
		list = xgrow(list, n, sizeof *list);
		list[n].name = xstrdup(word(&p));
		list[n].priority = (int)number(&p);
		list[n].behind = number(&p);
		list[n++].asked = number(&p);
	}
	qsort(list, n, sizeof *list, cmp);
	for (i = 0; i < n; i++)
		puts(list[i].name);
}

static void
readjobs(void)
{
	struct qjob *j;
	struct job job;
	char line[LINEMAX], *name, *need, *p;
	long secs;

	while (fgets(line, sizeof line, stdin)) {
		p = line;
		memset(&job, 0, sizeof job);
		job.name = name = xasprintf("%s-1_1.x86_64", word(&p));
		secs = number(&p);
		job.priority = (int)number(&p);
		job.asked = number(&p);
		j = queueput(q, &job, WAIT);
		j->secs = secs;
		if (longest < secs)
			longest = secs;
		while ((need = word(&p))) {
			need = xasprintf("%s-1_1.x86_64", need);
			queueneed(q, j, need);
			free(need);
		}
		free(name);
	}
}

static void
show(const char *before, const struct qjob *j)
{
	printf("%s%.*s\n", before, (int)strcspn(j->name, "-"), j->name);
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
			readyput(ready, j);
		}
		/* the ranks of the first hold for those who come later */
		if (queuechanged(q))
			readyrank(ready, longest);
		j = readybest(ready);
		if (!j)
			break;
		show("", j);
		readydrop(ready, j);
		name = xstrdup(j->name);
		queuedrop(q, j);
		queuemet(q, name);
		free(name);
	}
	TAILQ_FOREACH(j, queuelist(q, WAIT), list)
		show("waits ", j);
}

int
main(int argc, char **argv)
{
	if (argc != 2)
		errx(2, "usage: order rank|queue");
	if (strcmp(argv[1], "rank") == 0) {
		ranks();
		return 0;
	}
	if (confload() < 0)
		return 2;
	q = mkqueue();
	ready = mkready();
	readjobs();
	drain();
	readydel(ready);
	queuedel(q);
	return 0;
}
