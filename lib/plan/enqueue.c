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
#include "tree/tmpl.h"

/* Writes all drafts before the first job is published, so that a full disk leaves the
 * queue untouched. */
static int
writedrafts(struct spool *sp, struct newjob *ds, size_t n)
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

/* removes drafts, and published jobs that spiff-run has not taken yet */
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

/* Publishes the jobs, dependencies first, so that after a kill in between those that
 * are there can be built. */
static int
publishjobs(struct spool *sp, struct newjob *ds, size_t n)
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

/* Moves a superseded job to cancel/ from whatever state it has got to. The new job is
 * in new/ by then, so that a kill in between leaves one of them. The note comes before
 * the move, which it explains; in a job that has moved on meanwhile it does no harm. */
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
			r = spoolcancel(sp, states[i], old);
	}
	return r;
}

/* writes the new job into a cancelled one, so that jobs which wait for that wait for the
 * new one */
static int
setsuccessor(struct spool *sp, const struct buf *note, const char *old)
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

/* calls fn for each of the names; -1 when one call fails */
static int
eachname(struct spool *sp, const struct buf *note, const char *names,
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

/* cancels the jobs that a new one supersedes */
static int
replaceold(struct spool *sp, const struct newjob *d)
{
	struct buf note = {0};
	int r;

	jobline(&note, "class", "superseded");
	buffmt(&note, "reason superseded by %s\n", d->name);
	jobline(&note, "by", d->name);
	r = eachname(sp, &note, d->old, supersede);
	if (r == 0)
		r = eachname(sp, &note, d->past, setsuccessor);
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

/* writes a list of a job anew unless it is the same; 1 when something was added */
static int
rewritelist(struct buf *b, const char *name, char *const *old, size_t nold,
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

/* Appends what the plan changes in a queued job: force, a higher priority and, unless
 * it is being built, or by another host than that of the plan, its needs, inputs and
 * commits; 1 when it has more needs than before. */
static int
addchanges(struct buf *b, const struct job *old, const struct job *new, int state)
{
	int more;

	if (new->force && !old->force)
		jobnumber(b, "force", 1);
	if (old->priority < new->priority)
		jobnumber(b, "priority", new->priority);
	if (state > READY || strcmp(old->host, new->host) != 0)
		return 0;
	more = rewritelist(b, "needs", old->needs, old->nneeds, new->needs,
	    new->nneeds);
	rewritelist(b, "makes", old->makes, old->nmakes, new->makes, new->nmakes);
	rewritelist(b, "commit", old->commits, old->ncommits, new->commits,
	    new->ncommits);
	if (!old->inputs || strcmp(old->inputs, new->inputs) != 0)
		jobline(b, "inputs", new->inputs);
	if (new->with && (!old->with || strcmp(old->with, new->with) != 0))
		jobline(b, "with", new->with);
	return more;
}

static int
needsany(const struct job *j, const struct table *put)
{
	size_t i;

	for (i = 0; i < j->nneeds && !tablekey(put, j->needs[i]); i++)
		;
	return i < j->nneeds;
}

static void
addrestarted(struct newjobs *all, const char *job)
{
	all->again = xgrow(all->again, all->nagain, sizeof *all->again);
	all->again[all->nagain++] = xstrdup(job);
}

/* Writes into a queued job what the plan changes. A job in ready/ goes back to wait/ if
 * it needs more than before; so does one in run/ that needs one of the new jobs. */
static int
updatekept(struct spool *sp, struct newjobs *all, const struct newjob *d,
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
		back = st == RUN && strcmp(j.host, new.host) == 0 &&
		    needsany(&new, put);
		if (addchanges(&b, &j, &new, back ? WAIT : st) && st == READY)
			back = 1;
		r = b.len ? spoolnote(sp, (enum state)st, d->name, &b) : 1;
		if (r == 1 && back)
			r = spoolmove(sp, (enum state)st, WAIT, d->name);
		if (back && st == RUN && r == 1)
			addrestarted(all, d->name);
		buffree(&b);
		jobfree(&j);
	}
	jobfree(&new);
	return r < 0 ? -1 : 0;
}

/* Adds a need to a queued job that was not asked for, which goes back to wait/ from
 * ready/ and run/. */
static int
addneed(struct spool *sp, struct newjobs *all, const struct pnode *v,
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
			addrestarted(all, name);
	}
	free(name);
	buffree(&b);
	return r < 0 ? -1 : 0;
}

/* makes queued jobs wait for the new ones that will be in their chroots */
static int
updatequeue(const struct plan *p, struct spool *sp, struct newjobs *all)
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
		r = d->kept ? updatekept(sp, all, d, put) : replaceold(sp, d);
	for (l = p->late; l < p->late + p->nlate && r == 0; l++) {
		if (bynode[l->to])
			r = addneed(sp, all, &p->nodes[l->from],
			    bynode[l->to]->name);
	}
	free(bynode);
	tabledel(put);
	return r;
}

/* whether repositories, or the templates of jobs that are not in the queue yet, have
 * changed since the plan was made */
static int
isstale(const struct plan *p, const struct newjobs *all)
{
	const struct newjob *d;
	const struct pnode *v;

	for (d = all->list; d < all->list + all->n; d++) {
		v = &p->nodes[d->node];
		if (!d->kept && !d->failed &&
		    sidestmplstale(p->sides, v->side, v->name))
			return 1;
	}
	return sidesstale(p->sides);
}

int
newjobsput(const struct plan *p, struct spool *sp, struct newjobs *all,
    int anyhow)
{
	int r;

	r = writedrafts(sp, all->list, all->n);
	/* A job may have ended after the index was read and before the queue was: in
	 * neither of them, it would be built a second time. An older version may have
	 * been planned than another process has queued meanwhile. */
	if (r == 0 && !anyhow && isstale(p, all))
		r = 1;
	if (r == 0)
		r = publishjobs(sp, all->list, all->n);
	if (r != 0) {
		retract(sp, all->list, all->n);
		spoolsync(sp);
		return r;
	}
	r = updatequeue(p, sp, all);
	if (spoolsync(sp) < 0)
		r = -1;
	return r;
}
