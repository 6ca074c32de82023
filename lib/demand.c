#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "buf.h"
#include "conf.h"
#include "demand.h"
#include "graph.h"
#include "inputs.h"
#include "job.h"
#include "plan.h"
#include "spool.h"
#include "tab.h"
#include "tmpl.h"
#include "world.h"
#include "x.h"

enum {
	QUEUED = 1u << NEW | 1u << WAIT | 1u << READY | 1u << RUN,
	ACTIVE = QUEUED | 1u << BUILT
};

static char *
jobname(const struct pnode *v)
{
	return xasprintf("%s.%s", v->pkgver, v->arch);
}

int
demandmake(const struct plan *p, size_t node, int priority, struct demand *d)
{
	const struct pnode *v = &p->nodes[node];
	const struct graph *g = p->graph;
	struct buf b = {0};
	char *need;
	size_t i;

	d->name = jobname(v);
	d->priority = priority;
	d->forced = v->forced;
	d->inputs = inputs(p, node);
	if (!d->inputs)
		return -1;
	jobline(&b, "pkgver", v->pkgver);
	jobline(&b, "arch", v->arch);
	jobline(&b, "host", confget(CONF_HOST));
	for (i = 0; i < v->t->nmakes; i++)
		jobline(&b, "makes", v->t->makes[i]);
	for (i = 0; i < graphdegree(g, node); i++) {
		need = jobname(&p->nodes[graphnext(g, node, i, NULL)]);
		jobline(&b, "needs", need);
		free(need);
	}
	jobnumber(&b, "asked", time(NULL));
	jobnumber(&b, "priority", priority);
	jobnumber(&b, "tries", 0);
	if (v->forced)
		jobnumber(&b, "force", 1);
	if (worldbase(p->world, v->side, v->name))
		jobline(&b, "sysroot", "no");
	jobline(&b, "inputs", d->inputs);
	d->len = b.len;
	d->text = buftake(&b);
	return 0;
}

/* finds the jobs that are queued or building, by family */
static int
readqueue(const struct spool *sp, struct tab *queue)
{
	char **names, *key;
	size_t i, n;
	int st;

	for (st = NEW; st <= RUN; st++) {
		if (spoollist(sp, (enum state)st, &names, &n) < 0)
			return -1;
		for (i = 0; i < n; i++) {
			if (!jobnameok(names[i]))
				continue;
			key = jobbase(names[i]);
			free(*tabput(queue, key));
			*tabput(queue, key) = xstrdup(names[i]);
			free(key);
		}
		spoollistfree(names, n);
	}
	return 0;
}

/* Whether it would fail once more: it failed for what it is, and nothing of that
 * has changed since. What the machine spoilt may go better the next time. */
static char *
failure(const struct spool *sp, const struct demand *d)
{
	static const char *const lasting[] = { "package", "unavailable",
	    "stopped" };
	char *why = NULL, *reason = NULL;
	struct job j;
	size_t i;
	int r;

	r = d->forced ? 0 : spoolread(sp, FAIL, d->name, &j, &why);
	if (r < 0)
		free(why);
	if (r != 1)
		return NULL;
	for (i = 0; i < sizeof lasting / sizeof lasting[0]; i++) {
		if (j.class && j.inputs && strcmp(j.class, lasting[i]) == 0 &&
		    strcmp(j.inputs, d->inputs) == 0)
			reason = xstrdup(j.reason ? j.reason : j.class);
	}
	jobfree(&j);
	return reason;
}

/* sees what the spool has of a job already */
static void
look(const struct spool *sp, const struct tab *queue, struct demand *d)
{
	const char *queued;
	char *key;

	d->kept = spoolfind(sp, d->name, ACTIVE) != NSTATE;
	d->failed = d->kept ? NULL : failure(sp, d);
	key = jobbase(d->name);
	queued = tabget(queue, key);
	free(key);
	if (!d->kept && queued && strcmp(queued, d->name) != 0)
		d->old = xstrdup(queued);
}

int
demandlook(const struct spool *sp, struct demand *ds, size_t n)
{
	struct tab *queue;
	void *value;
	size_t i;

	queue = mktab();
	if (readqueue(sp, queue) < 0)
		return -1;
	for (i = 0; i < n; i++)
		look(sp, queue, &ds[i]);
	for (i = 0; tabnext(queue, &i, &value);)
		free(value);
	tabdel(queue);
	return 0;
}

/* writes every draft before the first job is published: what can go wrong, a
 * full disk above all, goes wrong while the queue is still untouched */
static int
draft(struct spool *sp, struct demand *ds, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (!ds[i].kept && !ds[i].failed && spooldraft(sp, ds[i].name,
		    ds[i].text, ds[i].len, ds[i].tmp,
		    sizeof ds[i].tmp) < 0)
			return -1;
	}
	return 0;
}

/* takes back what publish did, as far as nobody has taken it up */
static void
retract(struct spool *sp, struct demand *ds, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (ds[i].tmp[0])
			spoolpublish(sp, ds[i].tmp, NEW, NULL);
		if (ds[i].put)
			spooldrop(sp, NEW, ds[i].name);
	}
}

/* puts the jobs in, dependencies first, so that what is there when we are killed
 * in between can be built */
static int
publish(struct spool *sp, struct demand *ds, size_t n)
{
	struct demand *d;
	int r;

	for (d = ds; d < ds + n; d++) {
		if (d->kept || d->failed)
			continue;
		r = spoolpublish(sp, d->tmp, NEW, d->name);
		d->tmp[0] = '\0';
		if (r < 0)
			return -1;
		d->put = r == 1;
		d->kept = r == 0;
	}
	return 0;
}

/* an older job of the family gives way, wherever it has got to, after the new
 * one is in, lest a kill in between leaves none; that the new one itself has
 * ended before is for spiff-run to forget, which may have ended it once more by
 * now */
static int
replace(struct spool *sp, const struct demand *d)
{
	struct buf b = {0};
	int r, st;

	if (!d->old)
		return 0;
	r = 0;
	for (st = NEW; st <= RUN && r == 0; st++)
		r = spoolmove(sp, (enum state)st, CANCEL, d->old);
	if (r == 1) {
		jobline(&b, "class", "superseded");
		buffmt(&b, "reason superseded by %s\n", d->name);
		jobline(&b, "by", d->name);
		r = spoolnote(sp, CANCEL, d->old, &b);
		buffree(&b);
	}
	return r < 0 ? -1 : 0;
}

/* a job that is queued already is not put twice, but may become more urgent */
static int
hurry(struct spool *sp, const struct demand *d)
{
	struct buf b = {0};
	struct job j;
	char *why = NULL;
	int r, st;

	for (st = NEW; st <= READY; st++) {
		r = spoolread(sp, (enum state)st, d->name, &j, &why);
		if (r < 0)
			free(why);
		if (r != 1)
			continue;
		r = 0;
		if (j.priority < d->priority) {
			jobnumber(&b, "priority", d->priority);
			r = spoolnote(sp, (enum state)st, d->name, &b);
			buffree(&b);
		}
		jobfree(&j);
		return r < 0 ? -1 : 0;
	}
	return 0;
}

int
demandput(struct spool *sp, struct demand *ds, size_t n)
{
	size_t i;
	int r;

	if (draft(sp, ds, n) < 0 || publish(sp, ds, n) < 0) {
		retract(sp, ds, n);
		spoolsync(sp);
		return -1;
	}
	r = 0;
	for (i = 0; i < n && r == 0; i++)
		r = ds[i].kept ? hurry(sp, &ds[i]) :
		    replace(sp, &ds[i]);
	if (spoolsync(sp) < 0)
		r = -1;
	return r;
}

void
demandfree(struct demand *d)
{
	free(d->name);
	free(d->text);
	free(d->inputs);
	free(d->old);
	free(d->failed);
}
