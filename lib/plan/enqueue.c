#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/x.h"
#include "plan/newjobs.h"
#include "plan/plan.h"
#include "plan/sides.h"
#include "spool/job.h"
#include "spool/spool.h"

/* writes every draft before the first job is published: what can go wrong, a
 * full disk above all, goes wrong while the queue is still untouched */
static int
draft(struct spool *sp, struct demand *ds, size_t n)
{
	const char **tmps;
	size_t i, ndrafts;
	int r;

	tmps = xcalloc(n, sizeof *tmps);
	ndrafts = 0;
	r = 0;
	for (i = 0; i < n && r == 0; i++) {
		if (ds[i].kept || ds[i].failed)
			continue;
		r = spooldraft(sp, ds[i].name, ds[i].text, ds[i].len,
		    ds[i].tmp, sizeof ds[i].tmp);
		tmps[ndrafts++] = ds[i].tmp;
	}
	if (r == 0)
		r = spoolsyncdrafts(sp, tmps, ndrafts);
	free(tmps);
	return r;
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

/* A job gives way, wherever it has got to, after the new one is in, lest a kill
 * in between leaves none; that the new one itself has ended before is for
 * spiff-run to forget, which may have ended it once more by now. The note comes
 * first, as in sched/rival; on a job that has moved on meanwhile it does no harm. */
static int
supersede(struct spool *sp, const struct buf *note, const char *old)
{
	static const enum state states[] = { NEW, WAIT, READY, RUN, FAIL };
	size_t i;
	int r;

	r = 0;
	for (i = 0; i < sizeof states / sizeof states[0] && r == 0; i++) {
		r = spoolnote(sp, states[i], old, note);
		if (r == 1)
			r = spoolmove(sp, states[i], CANCEL, old);
	}
	return r;
}

/* what waits for a job that somebody has cancelled waits for the new one now */
static int
succeed(struct spool *sp, const struct buf *note, const char *old)
{
	char *why = NULL;
	struct job j;
	int r;

	r = spoolread(sp, CANCEL, old, &j, &why);
	if (r < 0)
		free(why);
	if (r != 1)
		return 0;
	r = j.by ? 0 : spoolnote(sp, CANCEL, old, note);
	jobfree(&j);
	return r;
}

/* does it for each of these names */
static int
each(struct spool *sp, const struct buf *note, const char *names,
    int (*fn)(struct spool *, const struct buf *, const char *))
{
	char *copy, *name, *save;
	int r;

	if (!names)
		return 0;
	copy = xstrdup(names);
	r = 0;
	for (name = strtok_r(copy, " ", &save); name && r >= 0;
	    name = strtok_r(NULL, " ", &save))
		r = fn(sp, note, name);
	free(copy);
	return r < 0 ? -1 : 0;
}

static int
replace(struct spool *sp, const struct demand *d)
{
	struct buf note = {0};
	int r;

	jobline(&note, "class", "superseded");
	buffmt(&note, "reason superseded by %s\n", d->name);
	jobline(&note, "by", d->name);
	r = each(sp, &note, d->old, supersede);
	if (r == 0)
		r = each(sp, &note, d->past, succeed);
	buffree(&note);
	return r;
}

static int
isneed(const struct job *j, const char *name)
{
	size_t i;

	for (i = 0; i < j->nneeds && strcmp(j->needs[i], name) != 0; i++)
		;
	return i < j->nneeds;
}

/* appends what the new plan says of a job that is queued already: its priority,
 * if that is higher, and what it needs of other versions by now; 1 when there is
 * something of these */
static int
revise(struct buf *b, const struct job *old, const struct job *new)
{
	size_t i;
	int more;

	if (old->priority < new->priority)
		jobnumber(b, "priority", new->priority);
	more = 0;
	for (i = 0; i < new->nneeds; i++) {
		if (!isneed(old, new->needs[i])) {
			jobline(b, "needs", new->needs[i]);
			more = 1;
		}
	}
	if (more || !old->inputs || strcmp(old->inputs, new->inputs) != 0)
		jobline(b, "inputs", new->inputs);
	return more;
}

/* a job that is queued already is not put twice, but told what is new; one that
 * is ready waits again if it needs more */
static int
renew(struct spool *sp, const struct demand *d)
{
	struct buf b = {0};
	struct job j, new;
	char *why = NULL;
	int more, r, st;

	for (st = NEW; st <= READY; st++) {
		r = spoolread(sp, (enum state)st, d->name, &j, &why);
		if (r < 0)
			free(why);
		if (r != 1)
			continue;
		if (jobparse(&new, d->name, d->text, d->len, &why) < 0) {
			free(why);
			jobfree(&j);
			return -1;
		}
		more = revise(&b, &j, &new);
		r = b.len ? spoolnote(sp, (enum state)st, d->name, &b) : 0;
		if (r == 1 && more && st == READY)
			r = spoolmove(sp, READY, WAIT, d->name);
		buffree(&b);
		jobfree(&j);
		jobfree(&new);
		return r < 0 ? -1 : 0;
	}
	return 0;
}

int
demandput(const struct plan *p, struct spool *sp, struct demand *ds, size_t n)
{
	size_t i;
	int r;

	r = draft(sp, ds, n);
	/* a job that was neither in the spool's queue, when that was looked at,
	 * nor in the index, when that was read before, may have ended between:
	 * it would be built a second time */
	if (r == 0 && p && worldstale(p->world))
		r = 1;
	if (r == 0)
		r = publish(sp, ds, n);
	if (r != 0) {
		retract(sp, ds, n);
		spoolsync(sp);
		return r;
	}
	for (i = 0; i < n && r == 0; i++)
		r = ds[i].kept ? renew(sp, &ds[i]) :
		    replace(sp, &ds[i]);
	if (spoolsync(sp) < 0)
		r = -1;
	return r;
}
