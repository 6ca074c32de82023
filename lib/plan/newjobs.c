#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/graph.h"
#include "base/table.h"
#include "base/x.h"
#include "plan/guess.h"
#include "plan/inputhash.h"
#include "plan/newjobs.h"
#include "plan/plan.h"
#include "plan/sides.h"
#include "spool/job.h"
#include "spool/record.h"
#include "spool/settings.h"
#include "spool/spool.h"
#include "tree/commit.h"
#include "tree/tmpl.h"
#include "tree/tree.h"

enum {
	ACTIVE = 1u << NEW | 1u << WAIT | 1u << READY | 1u << RUN | 1u << BUILT
};

char *
newjobsname(const struct pnode *v)
{
	return xasprintf("%s.%s", v->pkgver, v->arch);
}

int
newjobsqueued(const struct spool *sp, struct plan *p)
{
	char **list, *pkgver;
	const char *dot;
	size_t i, n;
	int r, st;

	for (st = NEW, r = 0; st <= BUILT && r == 0; st++) {
		r = spoollist(sp, (enum state)st, &list, &n);
		for (i = 0; r == 0 && i < n; i++) {
			if (!jobnameok(list[i]))
				continue;
			dot = strrchr(list[i], '.');
			pkgver = xstrndup(list[i], (size_t)(dot - list[i]));
			planqueued(p, pkgver, dot + 1);
			free(pkgver);
		}
		if (r == 0)
			spoollistfree(list, n);
	}
	return r;
}

/* adds what the chroot of the build is begun with */
static void
addwith(struct buf *b, const struct plan *p, size_t node)
{
	struct buf words = {0};
	struct pdep d;
	size_t i;

	for (i = 0; plandep(p, node, i, &d); i++) {
		if (d.node != node && d.pkgver)
			buffmt(&words, "%s%s%s", words.len ? " " : "",
			    d.side == p->nodes[node].side ? "" : "host:", d.pkgver);
		plandepfree(&d);
	}
	if (words.len)
		jobline(b, "with", words.s);
	buffree(&words);
}

/* adds the commit of each tree that has one, that of the tree with the template first */
static void
addcommits(struct buf *b, const struct plan *p, size_t node, char *const *commits)
{
	const char *const *dirs;
	struct stat st;
	size_t first, i, k, n;
	char *value;
	int owner;

	dirs = treedirs(p->sides->tree, &n);
	for (i = 0; i < n && !commits[i]; i++)
		;
	owner = i < n ? treestat(p->sides->tree, p->nodes[node].name, &st) : -1;
	if (owner < 0)
		return;
	first = (size_t)owner;
	for (i = 0; i < n; i++) {
		/* the others keep their order */
		k = i == 0 ? first : i <= first ? i - 1 : i;
		if (!commits[k] && i > 0)
			continue;
		value = xasprintf("%s %s", commits[k] ? commits[k] : "-", dirs[k]);
		jobline(b, "commit", value);
		free(value);
	}
}

static int
makejob(struct newjob *d, struct plan *p, size_t node, int priority,
    const char *settings, char *const *commits)
{
	const struct pnode *v = &p->nodes[node];
	const struct graph *g = p->graph;
	struct buf b = {0};
	char *need;
	size_t i;

	d->name = newjobsname(v);
	d->node = node;
	d->priority = priority;
	d->forced = v->forced;
	d->inputs = inputhash(p, node);
	if (!d->inputs)
		return -1;
	jobline(&b, "pkgver", v->pkgver);
	jobline(&b, "arch", v->arch);
	jobline(&b, "host", planhost(v));
	for (i = 0; i < v->t->nmakes; i++)
		jobline(&b, "makes", v->t->makes[i]);
	for (i = 0; i < graphdegree(g, node); i++) {
		need = newjobsname(&p->nodes[graphnext(g, node, i, NULL)]);
		jobline(&b, "needs", need);
		free(need);
	}
	d->asked = time(NULL);
	jobnumber(&b, "asked", d->asked);
	jobnumber(&b, "priority", priority);
	jobnumber(&b, "tries", 0);
	if (v->forced)
		jobnumber(&b, "force", 1);
	if (v->t->noarch)
		jobnumber(&b, "noarch", 1);
	if (!v->t->native && sidesbase(p->sides, v->side, v->name))
		jobline(&b, "sysroot", "no");
	addcommits(&b, p, node, commits);
	if (*v->t->style)
		jobline(&b, "style", v->t->style);
	jobnumber(&b, "guess", guesssecs(p, node));
	jobline(&b, "inputs", d->inputs);
	addwith(&b, p, node);
	jobline(&b, "settings", settings);
	d->len = b.len;
	d->text = buftake(&b);
	return 0;
}

int
newjobsmake(struct newjobs *all, struct plan *p, const size_t *nodes,
    size_t n, int priority)
{
	const char *const *dirs;
	char **commits, *settings;
	size_t i, ndirs;
	int r;

	settings = settingsline();
	if (!settings) {
		warn("settings");
		return -1;
	}
	dirs = treedirs(p->sides->tree, &ndirs);
	commits = xcalloc(ndirs, sizeof *commits);
	for (i = 0; i < ndirs && n > 0; i++)
		commits[i] = commitread(dirs[i]);
	all->list = xcalloc(n, sizeof *all->list);
	for (all->n = 0, r = 0; all->n < n && r == 0; all->n++)
		r = makejob(&all->list[all->n], p, nodes[all->n], priority, settings,
		    commits);
	for (i = 0; i < ndirs; i++)
		free(commits[i]);
	free(commits);
	free(settings);
	return r;
}

/* adds the jobs of a state to a table: NAME.ARCH to the names of the jobs of all its
 * versions, with spaces between */
static int
readfamilies(const struct spool *sp, enum state st, struct table *names)
{
	char *both, **list, *key, *old;
	size_t i, n;

	if (spoollist(sp, st, &list, &n) < 0)
		return -1;
	for (i = 0; i < n; i++) {
		if (!jobnameok(list[i]))
			continue;
		key = jobbase(list[i]);
		old = tableget(names, key);
		both = old ? xasprintf("%s %s", old, list[i]) :
		    xstrdup(list[i]);
		free(old);
		*tableput(names, key) = both;
		free(key);
	}
	spoollistfree(list, n);
	return 0;
}

/* returns the jobs for other versions of the same package, NULL when there are none */
static char *
familyof(const struct table *names, const char *job)
{
	struct buf b = {0};
	const char *p;
	char *key;
	size_t n;

	key = jobbase(job);
	for (p = tableget(names, key); p && *p; p += n + (p[n] == ' ')) {
		n = strcspn(p, " ");
		if (n == strlen(job) && memcmp(p, job, n) == 0)
			continue;
		if (b.len)
			bufchar(&b, ' ');
		bufadd(&b, p, n);
	}
	free(key);
	return b.len ? buftake(&b) : NULL;
}

/* whether a failure of that class would come again; one of the machine may not */
static int
islasting(const char *class)
{
	static const char *const lasting[] = { "package", "unavailable",
	    "stopped" };
	size_t i;

	for (i = 0; i < sizeof lasting / sizeof lasting[0]; i++) {
		if (strcmp(class, lasting[i]) == 0)
			return 1;
	}
	return 0;
}

/* the same as failedsame by SPIFF_HISTORY, when the spool does not have the job any
 * more */
static char *
failedrecord(const struct newjob *d)
{
	char *base, *inputs, *job, *outcome, *reason, *version;
	const char *arch;

	base = jobbase(d->name);
	if (recordread() < 0 || !recordget(base)) {
		free(base);
		return NULL;
	}
	arch = strrchr(base, '.');
	outcome = recordfield(base, RECORD_OUTCOME);
	version = recordfield(base, RECORD_VERSION);
	inputs = recordfield(base, RECORD_INPUTS);
	job = xasprintf("%.*s-%s%s", (int)(arch - base), base, version, arch);
	reason = !islasting(outcome) || strcmp(inputs, d->inputs) != 0 ||
	    strcmp(job, d->name) != 0 ? NULL :
	    xasprintf("%s, says %s", outcome, confget(CONF_HISTORY));
	free(base);
	free(inputs);
	free(job);
	free(outcome);
	free(version);
	return reason;
}

/* returns why the job failed if its inputs are the same still, so that it would fail
 * again, else NULL */
static char *
failedsame(const struct spool *sp, const struct newjob *d)
{
	char *why = NULL, *reason = NULL;
	struct job j;
	int r;

	if (d->forced)
		return NULL;
	r = spoolread(sp, FAIL, d->name, &j, &why);
	if (r < 0)
		free(why);
	if (r != 1)
		return r == 0 ? failedrecord(d) : NULL;
	if (j.class && j.inputs && islasting(j.class) && strcmp(j.inputs, d->inputs) == 0)
		reason = xstrdup(j.reason ? j.reason : j.class);
	jobfree(&j);
	return reason;
}

/* Has the job asked for no earlier than those of these names, whatever the clock says
 * by now: of two jobs that build the same package, spiff-run lets the later one win. */
static void
putlast(const struct spool *sp, struct newjob *d, char *names)
{
	struct buf b = {0};
	char *name, *save, *why;
	struct job j;
	int64_t last;
	int r, st;

	last = d->asked;
	for (name = names ? strtok_r(names, " ", &save) : NULL; name;
	    name = strtok_r(NULL, " ", &save)) {
		st = (int)spoolfind(sp, name, ACTIVE);
		r = st == NSTATE ? 0 : spoolread(sp, (enum state)st, name, &j, &why);
		if (r == 1) {
			last = j.asked > last ? j.asked : last;
			jobfree(&j);
		} else if (r < 0) {
			free(why);
		}
	}
	free(names);
	if (last == d->asked)
		return;
	d->asked = last;
	bufadd(&b, d->text, d->len);
	jobnumber(&b, "asked", last);
	free(d->text);
	d->len = b.len;
	d->text = buftake(&b);
}

int
newjobscompare(const struct spool *sp, struct newjobs *all)
{
	struct table *built, *cancelled, *queue;
	struct newjob *d;
	int r, st;

	queue = mktable();
	built = mktable();
	cancelled = mktable();
	r = readfamilies(sp, FAIL, queue);
	for (st = NEW; st <= RUN && r == 0; st++)
		r = readfamilies(sp, (enum state)st, queue);
	if (r == 0)
		r = readfamilies(sp, BUILT, built);
	if (r == 0)
		r = readfamilies(sp, CANCEL, cancelled);
	for (d = all->list; d < all->list + all->n && r == 0; d++) {
		d->kept = spoolfind(sp, d->name, ACTIVE) != NSTATE;
		d->failed = d->kept ? NULL : failedsame(sp, d);
		if (!d->kept) {
			d->old = familyof(queue, d->name);
			d->past = familyof(cancelled, d->name);
			putlast(sp, d, d->old ? xstrdup(d->old) : NULL);
			putlast(sp, d, familyof(built, d->name));
		}
	}
	tabledelall(queue);
	tabledelall(built);
	tabledelall(cancelled);
	return r;
}

void
newjobsfree(struct newjobs *all)
{
	struct newjob *d;
	size_t i;

	for (d = all->list; d < all->list + all->n; d++) {
		free(d->name);
		free(d->text);
		free(d->inputs);
		free(d->old);
		free(d->past);
		free(d->failed);
	}
	for (i = 0; i < all->nagain; i++)
		free(all->again[i]);
	free(all->list);
	free(all->again);
}
