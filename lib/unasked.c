#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "explain.h"
#include "graph.h"
#include "job.h"
#include "plan.h"
#include "spool.h"
#include "status.h"
#include "unasked.h"
#include "x.h"

/* tells of another version's job that failed or was cancelled */
static void
others(struct status *st, const char *job, struct buf *b)
{
	struct sjob *j;
	size_t i;

	for (i = 0; i < st->n; i++) {
		j = st->jobs[i];
		if ((j->state == FAIL || j->state == CANCEL) &&
		    jobnameok(j->name) && strcmp(j->name, job) != 0 &&
		    jobsame(j->name, job)) {
			statusread(st, j);
			explain(st, j, b);
		}
	}
}

static void
addcycle(const char *text, void *arg)
{
	struct buf line = {0};

	buffmt(&line, "cannot be built: %s", text);
	explainline(arg, "cycle", &line);
}

/* says what would keep a package that nobody asked for from being built */
static void
obstacles(const struct plan *p, struct buf *b)
{
	const struct pnode *v;
	struct buf line = {0};
	struct walk w;
	size_t *order, i;
	char *path;

	for (i = 0; i < p->n; i++) {
		v = &p->nodes[i];
		if (!v->fault || !v->build || i == p->asked[0].node)
			continue;
		if (graphpath(p->graph, p->asked[0].node, i, &w)) {
			path = planwalk(p, &w);
			buffmt(&line, "%s, needed: %s", v->fault, path);
			explainline(b, v->name, &line);
			free(path);
			walkfree(&w);
		}
	}
	order = xcalloc(p->n, sizeof *order);
	plancycles(p, order, NULL, addcycle, b);
	free(order);
}

/* whether a request's text has this operand */
static int
wants(const char *text, const char *name)
{
	size_t n;

	for (; *text; text += n + (text[n] != '\0')) {
		n = strcspn(text, "\n");
		if (n == strlen(name) && memcmp(text, name, n) == 0)
			return 1;
	}
	return 0;
}

/* tells of requests for it that no job has come of, in lines; returns whether one
 * of them can still be met */
static int
requests(struct status *st, const char *name, const char *source,
    struct buf *b)
{
	struct buf line = {0}, text = {0};
	struct sjob *j;
	char *why;
	size_t i;
	int waits;

	waits = 0;
	for (i = 0; i < st->n; i++) {
		j = st->jobs[i];
		if ((j->state != NEW && j->state != FAIL) ||
		    jobnameok(j->name))
			continue;
		why = NULL;
		text.len = 0;
		if (spooltext(st->sp, j->state, j->name, &text, &why) == 1 &&
		    (wants(text.s, name) || wants(text.s, source))) {
			statusread(st, j);
			waits |= j->state == NEW;
			explainrequest(st, j, &line);
			explainline(b, j->name, &line);
		}
		free(why);
	}
	buffree(&text);
	return waits;
}

void
unasked(struct status *st, const struct plan *p, const char *name,
    const char *job, struct buf *b)
{
	const struct pnode *v = &p->nodes[p->asked[0].node];
	struct sjob *j;
	struct buf line = {0}, rest = {0};
	int waits;

	j = statusget(st, job);
	if (j)
		statusread(st, j);
	if (j && j->state != NSTATE) {
		explain(st, j, b);
		return;
	}
	waits = requests(st, name, v->name, &rest);
	if (v->fault)
		buffmt(&line, "refused: %s", v->fault);
	else
		bufstr(&line, waits ? "asked for, and no job yet" :
		    "not asked for");
	if (v->had)
		buffmt(&line, "; the repository has version %s", v->had);
	explainline(b, job, &line);
	bufadd(b, rest.s, rest.len);
	buffree(&rest);
	others(st, job, b);
	if (!v->fault)
		obstacles(p, b);
}
