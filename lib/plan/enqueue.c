#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/table.h"
#include "base/x.h"
#include "plan/newjobs.h"
#include "plan/plan.h"
#include "plan/sides.h"
#include "spool/job.h"
#include "spool/spool.h"

/* writes every draft before the first job is published: what can go wrong, a
 * full disk above all, goes wrong while the queue is still untouched */
static int
draft(struct spool *sp, struct newjob *ds, size_t n)
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
retract(struct spool *sp, struct newjob *ds, size_t n)
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
publish(struct spool *sp, struct newjob *ds, size_t n)
{
	struct newjob *d;
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
replace(struct spool *sp, const struct newjob *d)
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
hasword(char *const *list, size_t n, const char *word)
{
	size_t i;

	for (i = 0; i < n && strcmp(list[i], word) != 0; i++)
		;
	return i < n;
}

/* writes a list of the job anew unless it has the same already; 1 when it has more
 * than before, 0 when not */
static int
reviselist(struct buf *b, const char *name, char *const *old, size_t nold,
    char *const *new, size_t nnew)
{
	size_t i, more;

	for (i = more = 0; i < nnew; i++)
		more += !hasword(old, nold, new[i]);
	if (more == 0 && nold == nnew)
		return 0;
	jobline(b, name, "");
	for (i = 0; i < nnew; i++)
		jobline(b, name, new[i]);
	return more > 0;
}

/* Appends what the new plan says of a job that is queued already: that it is to
 * replace what the repository has, its priority, if that is higher, and, unless it
 * is being built, what it needs and from what it is made by now; 1 when it has to
 * wait for more than before. */
static int
revise(struct buf *b, const struct job *old, const struct job *new, int state)
{
	int more;

	if (new->force && !old->force)
		jobnumber(b, "force", 1);
	if (old->priority < new->priority)
		jobnumber(b, "priority", new->priority);
	if (state > READY)
		return 0;
	more = reviselist(b, "needs", old->needs, old->nneeds, new->needs,
	    new->nneeds);
	reviselist(b, "makes", old->makes, old->nmakes, new->makes, new->nmakes);
	if (!old->inputs || strcmp(old->inputs, new->inputs) != 0)
		jobline(b, "inputs", new->inputs);
	return more;
}

static int
needsnew(const struct job *j, const struct table *put)
{
	size_t i;

	for (i = 0; i < j->nneeds && !tablekey(put, j->needs[i]); i++)
		;
	return i < j->nneeds;
}

static void
addagain(struct newjobs *all, const char *job)
{
	all->again = xgrow(all->again, all->nagain, sizeof *all->again);
	all->again[all->nagain++] = xstrdup(job);
}

/* a job that is queued already is not put twice, but told what is new; one that
 * is ready waits again if it needs more, and one that is being built with what
 * others are to replace now is begun again behind them */
static int
renew(struct spool *sp, struct newjobs *all, const struct newjob *d,
    const struct table *put)
{
	struct buf b = {0};
	struct job j, new;
	char *why = NULL;
	int back, r, st;

	if (jobparse(&new, d->name, d->text, d->len, &why) < 0) {
		free(why);
		return -1;
	}
	r = 0;
	for (st = NEW; st <= BUILT && r == 0; st++) {
		r = spoolread(sp, (enum state)st, d->name, &j, &why);
		if (r < 0)
			free(why);
		if (r != 1) {
			r = 0;
			continue;
		}
		back = st == RUN && needsnew(&new, put);
		if (revise(&b, &j, &new, back ? WAIT : st) && st == READY)
			back = 1;
		r = b.len ? spoolnote(sp, (enum state)st, d->name, &b) : 1;
		if (r == 1 && back)
			r = spoolmove(sp, (enum state)st, WAIT, d->name);
		if (back && st == RUN && r == 1)
			addagain(all, d->name);
		buffree(&b);
		jobfree(&j);
	}
	jobfree(&new);
	return r < 0 ? -1 : 0;
}

/* a queued job that nobody has asked for now gets one more need; if it is being
 * built already it is begun again behind that */
static int
postpone(struct spool *sp, struct newjobs *all, const struct pnode *v,
    const char *need)
{
	struct buf b = {0};
	char *name;
	int r, st;

	jobline(&b, "needs", need);
	name = newjobsname(v);
	for (st = NEW, r = 0; st <= RUN && r == 0; st++) {
		r = spoolnote(sp, (enum state)st, name, &b);
		if (r == 1 && st >= READY)
			r = spoolmove(sp, (enum state)st, WAIT, name);
		if (r == 1 && st == RUN)
			addagain(all, name);
	}
	free(name);
	buffree(&b);
	return r < 0 ? -1 : 0;
}

/* what is in the queue waits for what has come into it and will be in its chroot */
static int
settle(const struct plan *p, struct spool *sp, struct newjobs *all)
{
	struct newjob *ds = all->list;
	struct newjob **bynode, *d;
	const struct late *l;
	size_t n = all->n;
	struct table *put;
	int r;

	put = mktable();
	bynode = xcalloc(p->n, sizeof *bynode);
	for (d = ds; d < ds + n; d++) {
		if (d->put) {
			bynode[d->node] = d;
			tableput(put, d->name);
		}
	}
	r = 0;
	for (d = ds; d < ds + n && r == 0; d++)
		r = d->kept ? renew(sp, all, d, put) : replace(sp, d);
	for (l = p->late; l < p->late + p->nlate && r == 0; l++) {
		if (bynode[l->to])
			r = postpone(sp, all, &p->nodes[l->from],
			    bynode[l->to]->name);
	}
	free(bynode);
	tabledel(put);
	return r;
}

int
newjobsput(const struct plan *p, struct spool *sp, struct newjobs *all,
    int anyhow)
{
	int r;

	r = draft(sp, all->list, all->n);
	/* a job that was neither in the spool's queue, when that was looked at,
	 * nor in the index, when that was read before, may have ended between:
	 * it would be built a second time */
	if (r == 0 && !anyhow && sidesstale(p->sides))
		r = 1;
	if (r == 0)
		r = publish(sp, all->list, all->n);
	if (r != 0) {
		retract(sp, all->list, all->n);
		spoolsync(sp);
		return r;
	}
	r = settle(p, sp, all);
	if (spoolsync(sp) < 0)
		r = -1;
	return r;
}
