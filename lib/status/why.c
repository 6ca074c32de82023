#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/graph.h"
#include "base/text.h"
#include "base/x.h"
#include "plan/plan.h"
#include "plan/sides.h"
#include "queue/available.h"
#include "spool/job.h"
#include "spool/limits.h"
#include "spool/spool.h"
#include "status/explain.h"
#include "status/forecast.h"
#include "status/status.h"
#include "status/why.h"
#include "tree/tmpl.h"
#include "tree/tree.h"
#include "xbps/pkgver.h"
#include "xbps/repo.h"
#include "xbps/repos.h"

enum {
	ACTIVE = 1u << NEW | 1u << WAIT | 1u << READY | 1u << RUN | 1u << BUILT,
	HOPS = 100		/* replacements of replacements */
};

/* appends a line "what TAB text", both cleaned; text is emptied */
static void
answer(struct buf *b, const char *what, struct buf *text)
{
	textclean(b, what);
	bufchar(b, '\t');
	bufadd(text, "", 0);
	textclean(b, text->s);
	bufchar(b, '\n');
	buffree(text);
}

/* appends a line that says where a failed job's log is, and how to build it again by
 * hand, if there is a log */
static void
answerlog(const struct status *st, const struct sjob *j, struct buf *b)
{
	static const char *const suffixes[] = { ".log.gz", ".log" };
	const char *dir = st->sp->path;
	struct buf text = {0};
	char *file;
	size_t i;

	for (i = 0; i < 2 && !text.len; i++) {
		file = xasprintf("%s%s", j->name, suffixes[i]);
		if (faccessat(st->sp->log, file, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			buffmt(&text, "log: zless +%lld %s/log/%s; again by hand: "
			    "spiff-build -k %s/fail/%s", j->job.logline ?
			    (long long)j->job.logline : 1, dir, file, dir,
			    j->name);
		free(file);
	}
	if (text.len)
		answer(b, j->name, &text);
}

static void
answerjob(const struct status *st, const struct sjob *j, const char *mark,
    struct buf *b)
{
	struct buf text = {0};

	explainlong(st, j, mark, &text);
	answer(b, j->name, &text);
	if (j->state == FAIL && j->read && !j->fault)
		answerlog(st, j, b);
}

/* marks the jobs on a shortest way from one to another */
static void
markpath(const struct status *st, size_t from, size_t to, char *mark)
{
	struct walk w;
	size_t i;

	if (graphpath(st->graph, from, to, &w)) {
		for (i = 0; i < w.n; i++)
			mark[w.nodes[i]] = 1;
		graphwalkfree(&w);
	}
}

/* appends a line for each of the marked jobs, before those it waits for */
static void
marked(const struct status *st, const char *mark, struct buf *b)
{
	size_t *component, *order, i;

	order = xcalloc(st->n, sizeof *order);
	component = xcalloc(st->n, sizeof *component);
	graphorder(st->graph, order, component);
	for (i = st->n; i-- > 0;) {
		if (mark[order[i]])
			answerjob(st, st->jobs[order[i]], mark, b);
	}
	free(order);
	free(component);
}

/* appends a line for the job, and one for each on the way to the root causes, or,
 * where there are none, to those that will move by themselves */
static void
path(const struct status *st, const struct sjob *j, struct buf *b)
{
	const struct sjob *to;
	char *mark, *reached;
	size_t i;

	mark = xcalloc(st->n, 1);
	reached = xcalloc(st->n, 1);
	mark[j->at] = reached[j->at] = 1;
	graphreach(st->graph, reached);
	for (i = 0; i < st->n; i++) {
		to = st->jobs[i];
		if (reached[i] && (j->root ? to->root == to :
		    graphdegree(st->graph, i) == 0))
			markpath(st, j->at, i, mark);
	}
	marked(st, mark, b);
	free(mark);
	free(reached);
}

/* notes what one may do about a job, the first time */
static void
advise(struct status *st, const struct sjob *j)
{
	const char *sp = st->sp->path;

	if (st->next)
		return;
	if (j->root && j->root != j)
		j = j->root;
	if (j->state == FAIL && !j->fault)
		st->next = xasprintf("spiff-enqueue -f -a %s %s, when its cause is "
		    "mended; the log is %s/log/%s.log.gz", j->job.arch,
		    j->job.pkgname, sp, j->name);
	else if (j->state == CANCEL && !j->fault && !j->job.by)
		st->next = xasprintf("mv %s/cancel/%s %s/new/", sp, j->name, sp);
	else if (j->state == DONE && j->root)
		st->next = xasprintf("spiff-enqueue -f -a %s %s", j->job.arch,
		    j->job.pkgname);
	else if (!j->root && !st->runner)
		st->next = xasprintf("spiff-run -s %s", sp);
	else if (!j->root && st->paused)
		st->next = xasprintf("rm %s/pause", sp);
}

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
			path(st, j, b);
		}
	}
}

static void
addcycle(const char *text, void *arg)
{
	struct buf line = {0};

	buffmt(&line, "cannot be built: %s", text);
	answer(arg, "cycle", &line);
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
			answer(b, v->name, &line);
			free(path);
			graphwalkfree(&w);
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
	struct buf text = {0};
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
			j->request = 1;
			answerjob(st, j, NULL, b);
		}
		free(why);
	}
	buffree(&text);
	return waits;
}

/* tells, in lines, what became of the package's job, or else of requests for it and
 * of other versions, and what would keep it from being built: the plan is for that
 * package alone, name is how it was asked about, job what would make it */
static void
unasked(struct status *st, const struct plan *p, const char *name,
    const char *job, struct buf *b)
{
	const struct pnode *v = &p->nodes[p->asked[0].node];
	const char *held;
	struct sjob *j;
	struct buf line = {0}, rest = {0};
	int waits;

	j = statusget(st, job);
	if (j)
		statusread(st, j);
	if (j && j->state != NSTATE) {
		path(st, j, b);
		advise(st, j);
		return;
	}
	waits = requests(st, name, v->name, &rest);
	held = v->fault ? NULL : limitshold(st->limits, job, v->t->style, NULL);
	if (v->fault)
		buffmt(&line, "refused: %s", v->fault);
	else
		bufstr(&line, waits ? "asked for, and no job yet" :
		    "not asked for");
	if (held)
		buffmt(&line, "; %s", held);
	if (v->had)
		buffmt(&line, "; the repository has version %s", v->had);
	answer(b, job, &line);
	bufadd(b, rest.s, rest.len);
	buffree(&rest);
	others(st, job, b);
	if (!v->fault)
		obstacles(p, b);
	if (!v->fault && !waits && !st->next)
		st->next = xasprintf("spiff-enqueue -a %s %s", v->arch, name);
}

static int
makes(const struct job *j, const char *name)
{
	size_t i;

	if (strcmp(j->arch, confget(CONF_ARCH)) != 0)
		return 0;
	if (strcmp(j->pkgname, name) == 0)
		return 1;
	for (i = 0; i < j->nmakes; i++) {
		if (strcmp(j->makes[i], name) == 0)
			return 1;
	}
	return 0;
}

/* returns the job of that name, or that makes the package, if it has not ended,
 * NULL when there is none */
static const struct sjob *
underway(const struct status *st, const char *what)
{
	const struct sjob *j;
	size_t i;

	for (i = 0; i < st->n; i++) {
		j = st->jobs[i];
		if (j->state == NSTATE || !(ACTIVE & 1u << j->state))
			continue;
		if (strcmp(j->name, what) == 0 ||
		    (j->read && !j->fault && makes(&j->job, what)))
			return j;
	}
	return NULL;
}

/* says where the package is: 1 in an index, 0 in a stage, -1 in none, unsaid */
static int
present(const struct repos *rs, const char *name, const char *pkgver,
    struct buf *b)
{
	const struct repopkg *pkg;
	const struct repo *where;
	struct buf text = {0};

	pkg = reposexact(rs, name, pkgver, &where);
	if (!pkg)
		return -1;
	buffmt(&text, pkg->staged ? "built, and in the stage of %s: there until "
	    "what uses the libraries it replaces is built too" : "built: in %s",
	    repowhere(where));
	answer(b, pkgver, &text);
	return !pkg->staged;
}

/* answers for a package by its template; wanted is the pkgver that is asked
 * about, or NULL */
static int
bytemplate(struct status *st, struct plan *p, const char *name,
    const char *wanted, struct buf *b)
{
	const struct pnode *v;
	struct buf line = {0};
	char *job, *pkgver;
	size_t i;
	int r;

	if (planask(p, name, 0) < 0 || planmake(p, PLAN_MISSING) < 0)
		return -1;
	v = &p->nodes[p->asked[0].node];
	if (!v->pkgver) {
		buffmt(&line, "cannot be built: %s", v->fault);
		answer(b, v->name, &line);
		return 0;
	}
	if (wanted && strcmp(pkgverversion(wanted), pkgverversion(v->pkgver)) != 0) {
		buffmt(&line, "not in the spool; the template makes %s now",
		    v->pkgver);
		answer(b, wanted, &line);
		return 0;
	}
	/* as xbps-src makes them, all packages of a template have its version */
	for (i = 0; i < v->t->nmakes && strcmp(v->t->makes[i], name) != 0; i++)
		;
	if (i == v->t->nmakes)
		name = v->name;
	pkgver = xasprintf("%s%s", name, v->pkgver + strlen(v->name));
	r = present(p->sides->side[v->side].repos, name, pkgver, b);
	free(pkgver);
	if (r >= 0)
		return r;
	job = xasprintf("%s.%s", v->pkgver, v->arch);
	unasked(st, p, name, job, b);
	free(job);
	return 0;
}

/* explains a job that has ended, and the one that took its place */
static void
ended(struct status *st, struct sjob *j, struct buf *b)
{
	int hops;

	for (hops = 0; j && j->state != NSTATE && hops < HOPS; hops++) {
		if (hops > 0 && j->state == DONE)
			break;
		path(st, j, b);
		advise(st, j);
		if (j->state != CANCEL || !j->job.by)
			break;
		j = statusget(st, j->job.by);
		if (j)
			statusread(st, j);
	}
}

/* returns the job for the package that failed last, or else was cancelled last, NULL
 * when there is none */
static struct sjob *
latest(struct status *st, const char *name)
{
	struct sjob *best, *j;
	size_t i;

	best = NULL;
	for (i = 0; i < st->n; i++) {
		j = st->jobs[i];
		if ((j->state != FAIL && j->state != CANCEL) ||
		    !jobnameok(j->name))
			continue;
		statusread(st, j);
		if (!j->read || j->fault || !makes(&j->job, name))
			continue;
		if (!best || (j->state == best->state ? j->since > best->since :
		    j->state == FAIL))
			best = j;
	}
	return best;
}

/* answers for a package that no template makes: wanted is the pkgver that is asked
 * about, or NULL */
static void
notemplate(struct status *st, struct tree *tree, const char *name,
    const char *wanted, struct buf *b)
{
	struct buf line = {0};
	struct sjob *j;
	const char *near;

	j = latest(st, name);
	if (j)
		ended(st, j, b);
	buffmt(&line, "no template in %s makes it", confget(CONF_DISTDIR));
	near = j ? NULL : treenear(tree, name);
	if (near)
		buffmt(&line, ": did you mean %s?", near);
	answer(b, wanted ? wanted : name, &line);
}

static int
package(struct status *st, const char *name, const char *wanted,
    struct buf *b)
{
	struct plan *p;
	struct sjob *j;
	int r;

	p = planopen(0, 0);
	if (!p) {
		/* the spool knows what became of it, whatever the trees are */
		j = latest(st, name);
		if (j)
			ended(st, j, b);
		return j ? 0 : -1;
	}
	r = 0;
	if (pkgvernameok(name) && treesource(p->sides->tree, name))
		r = bytemplate(st, p, name, wanted, b);
	else
		notemplate(st, p->sides->tree, name, wanted, b);
	planclose(p);
	return r;
}

/* answers for a job that is nowhere: what the template says of it is for one
 * architecture */
static int
nojob(struct status *st, const char *job, const char *name, const char *pkgver,
    struct buf *b)
{
	struct buf line = {0};
	const char *arch;

	arch = strrchr(job, '.') + 1;
	if (strcmp(arch, confget(CONF_ARCH)) == 0)
		return package(st, name, pkgver, b);
	buffmt(&line, "not in a repository, and not in the spool; %s=%s tells "
	    "more", confname(CONF_ARCH), arch);
	answer(b, job, &line);
	return 0;
}

/* answers for a job that is not under way */
static int
pastjob(struct status *st, const char *job, struct buf *b)
{
	struct sjob *j;
	struct repos *rs;
	char *name, *pkgver;
	int r;

	rs = reposopen(strrchr(job, '.') + 1, 0);
	if (!rs)
		return -1;
	pkgver = xstrndup(job, (size_t)(strrchr(job, '.') - job));
	name = xstrndup(pkgver, pkgvername(pkgver));
	r = present(rs, name, pkgver, b);
	reposdel(rs);
	j = statusget(st, job);
	if (j)
		statusread(st, j);
	if (r < 0 && j && j->state != NSTATE) {
		ended(st, j, b);
		r = 0;
	} else if (r < 0) {
		r = nojob(st, job, name, pkgver, b);
	}
	free(name);
	free(pkgver);
	return r;
}

/* answers for a job that is under way */
static int
presentjob(struct status *st, const struct sjob *j, struct buf *b)
{
	struct forecast e;
	int r;

	/* for the places in the order */
	r = j->root ? 0 : forecastmake(st, 0, &e);
	if (r == 0) {
		path(st, j, b);
		advise(st, j);
	}
	return r;
}

/* answers for a package at a version, as the programs print it */
static int
version(struct status *st, const char *pkgver, struct buf *b)
{
	const struct sjob *j;
	char *job, *name;
	int r;

	name = xstrndup(pkgver, pkgvername(pkgver));
	j = underway(st, name);
	free(name);
	if (j && strcmp(pkgverversion(j->job.pkgver), pkgverversion(pkgver)) == 0)
		return presentjob(st, j, b);
	job = xasprintf("%s.%s", pkgver, confget(CONF_ARCH));
	r = pastjob(st, job, b);
	free(job);
	return r;
}

/* whether a tree has a package of that name, though it looks like a pkgver */
static int
isname(const char *name)
{
	char **dirs, *path;
	size_t i, n;
	int r;

	dirs = conflist(CONF_DISTDIR, &n);
	r = 0;
	for (i = 0; i < n && !r; i++) {
		path = xasprintf("%s/srcpkgs/%s", dirs[i], name);
		r = access(path, F_OK) == 0;
		free(path);
	}
	free(dirs);
	return r;
}

int
why(const struct spool *sp, const char *what, struct buf *b, char **next)
{
	const struct sjob *j;
	struct status st;
	struct available *available;
	int r;

	available = mkavailable();
	r = statusopen(&st, sp);
	if (r == 0) {
		statuslink(&st, available);
		j = underway(&st, what);
		if (j)
			r = presentjob(&st, j, b);
		else if (jobnameok(what))
			r = pastjob(&st, what, b);
		else if (pkgverok(what) && !isname(what))
			r = version(&st, what, b);
		else
			r = package(&st, what, NULL, b);
	}
	*next = st.next;
	statusclose(&st);
	availabledel(available);
	return r;
}
