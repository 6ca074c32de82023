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
#include "spool/record.h"
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
	SHORT = 12,		/* digits of a commit */
	HOPS = 100		/* jobs that took the place of each other */
};

/* appends a line "WHAT TAB TEXT", both cleaned, and frees text */
static void
writeline(struct buf *b, const char *what, struct buf *text)
{
	textclean(b, what);
	bufchar(b, '\t');
	bufadd(text, "", 0);
	textclean(b, text->s);
	bufchar(b, '\n');
	buffree(text);
}

/* if a failed job has a log, says where, and how to repeat the build by hand; nothing
 * stands behind a command, so that it can be copied */
static void
writelog(const struct status *st, const struct sjob *j, struct buf *b)
{
	static const char *const suffixes[] = { ".log.gz", ".log" };
	const char *dir = st->sp->path;
	struct buf text = {0};
	char *file;
	size_t i;

	for (i = 0; i < 2 && !text.len; i++) {
		file = xasprintf("%s%s", j->name, suffixes[i]);
		if (faccessat(st->sp->log, file, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			buffmt(&text, "log: zless +%lld %s/log/%s", j->job.logline ?
			    (long long)j->job.logline : 1, dir, file);
		free(file);
	}
	if (!text.len)
		return;
	writeline(b, j->name, &text);
	buffmt(&text, "again by hand: spiff-build -k %s/fail/%s", dir, j->name);
	writeline(b, j->name, &text);
}

/* says from which commits of the trees the job was planned or built */
static void
writecommits(const struct sjob *j, struct buf *b)
{
	struct buf text = {0};
	struct jobcommit c;
	size_t i;

	for (i = 0; i < j->job.ncommits; i++) {
		jobcommit(&c, j->job.commits[i]);
		if (c.len > 0)
			buffmt(&text, "%s%.*s%s of %s", text.len ? ", " :
			    j->job.ended ? "built from commit " :
			    "planned from commit ", SHORT, c.hash,
			    c.dirty ? " with changes" : "", c.dir);
	}
	if (text.len)
		writeline(b, j->name, &text);
}

static void
writejob(const struct status *st, const struct sjob *j, const char *mark,
    struct buf *b)
{
	struct buf text = {0};

	explainlong(st, j, mark, &text);
	writeline(b, j->name, &text);
	if (j->state == FAIL && j->read && !j->fault)
		writelog(st, j, b);
	if (j->read && !j->fault)
		writecommits(j, b);
}

/* marks the jobs on a shortest path from one to another */
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

/* writes the marked jobs, each before those that it waits for */
static void
writemarked(const struct status *st, const char *mark, struct buf *b)
{
	size_t *component, *order, i;

	order = xcalloc(st->n, sizeof *order);
	component = xcalloc(st->n, sizeof *component);
	graphorder(st->graph, order, component);
	for (i = st->n; i-- > 0;) {
		if (mark[order[i]])
			writejob(st, st->jobs[order[i]], mark, b);
	}
	free(order);
	free(component);
}

/* writes the job, and each on the way to the root causes or, if there are none, to jobs
 * that wait for no other */
static void
writepath(const struct status *st, const struct sjob *j, struct buf *b)
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
	writemarked(st, mark, b);
	free(mark);
	free(reached);
}

/* sets st->next to what may help the job, unless it is set */
static void
advise(struct status *st, const struct sjob *j)
{
	const char *sp = st->sp->path;

	if (st->next)
		return;
	if (j->root && j->root != j)
		j = j->root;
	if (j->state == FAIL && !j->fault)
		st->next = xasprintf("spiff-enqueue -f -a %s %s  # when its cause is "
		    "mended", j->job.arch, j->job.pkgname);
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

/* writes the failed and cancelled jobs of other versions */
static void
writeothers(struct status *st, const char *job, struct buf *b)
{
	struct sjob *j;
	size_t i;

	for (i = 0; i < st->n; i++) {
		j = st->jobs[i];
		if ((j->state == FAIL || j->state == CANCEL) &&
		    jobnameok(j->name) && strcmp(j->name, job) != 0 &&
		    jobsame(j->name, job)) {
			statusread(st, j);
			writepath(st, j, b);
		}
	}
}

static void
addcycle(const char *text, void *arg)
{
	struct buf line = {0};

	buffmt(&line, "cannot be built: %s", text);
	writeline(arg, "cycle", &line);
}

/* writes what would keep a package that is not asked for from being built */
static void
writeobstacles(const struct plan *p, struct buf *b)
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
			writeline(b, v->name, &line);
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
hasoperand(const char *text, const char *name)
{
	size_t n;

	for (; *text; text += n + (text[n] != '\0')) {
		n = strcspn(text, "\n");
		if (n == strlen(name) && memcmp(text, name, n) == 0)
			return 1;
	}
	return 0;
}

/* writes the requests for a package; returns whether one is still in new/ */
static int
writerequests(struct status *st, const char *name, const char *source,
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
		    (hasoperand(text.s, name) || hasoperand(text.s, source))) {
			statusread(st, j);
			waits |= j->state == NEW;
			j->request = 1;
			writejob(st, j, NULL, b);
		}
		free(why);
	}
	buffree(&text);
	return waits;
}

/* appends what SPIFF_HISTORY knows of the last build of a job's package */
static void
writelast(const struct status *st, const char *job, struct buf *line)
{
	const struct record *r;
	char *base, *outcome, *version;

	base = jobbase(job);
	r = recordread() == 0 ? recordget(base) : NULL;
	if (r) {
		outcome = recordfield(base, RECORD_OUTCOME);
		version = recordfield(base, RECORD_VERSION);
		buffmt(line, "; the last build, of version %s, ended ", version);
		textspan(line, st->now - r->ended);
		buffmt(line, " ago: %s", outcome);
		free(outcome);
		free(version);
	}
	free(base);
}

/* Writes the package's job, or else requests for it, jobs of other versions, and
 * obstacles. The plan is for that package alone; name is the operand, job would make
 * it. */
static void
writeunbuilt(struct status *st, const struct plan *p, const char *name,
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
		writepath(st, j, b);
		advise(st, j);
		return;
	}
	waits = writerequests(st, name, v->name, &rest);
	held = v->fault ? NULL : limitshold(st->limits, job, v->t->style, NULL);
	if (v->fault)
		buffmt(&line, "refused: %s", v->fault);
	else
		bufstr(&line, waits ? "asked for, and no job yet" :
		    "not asked for");
	if (held)
		buffmt(&line, "; %s", held);
	writelast(st, job, &line);
	if (v->had)
		buffmt(&line, "; the repository has version %s", v->had);
	writeline(b, job, &line);
	bufadd(b, rest.s, rest.len);
	buffree(&rest);
	writeothers(st, job, b);
	if (!v->fault)
		writeobstacles(p, b);
	if (!v->fault && !waits && !st->next)
		st->next = xasprintf("spiff-enqueue -a %s %s", v->arch, name);
}

static int
jobmakes(const struct job *j, const char *name)
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

/* returns the job of that name, or that makes that package, if it has not ended, or
 * NULL */
static const struct sjob *
activejob(const struct status *st, const char *what)
{
	const struct sjob *j;
	size_t i;

	for (i = 0; i < st->n; i++) {
		j = st->jobs[i];
		if (j->state == NSTATE || !(ACTIVE & 1u << j->state))
			continue;
		if (strcmp(j->name, what) == 0 ||
		    (j->read && !j->fault && jobmakes(&j->job, what)))
			return j;
	}
	return NULL;
}

/* writes where the package is: 1 in an index, 0 in a stage; -1 in none, nothing
 * written */
static int
writepresent(const struct repos *rs, const char *name, const char *pkgver,
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
	writeline(b, pkgver, &text);
	return !pkg->staged;
}

/* says what a package that is there suffers from; whether that keeps people from
 * installing it */
static int
writecause(const struct pnode *v, struct buf *b)
{
	struct buf line = {0};

	if (!v->broken && !v->relink)
		return 0;
	plancause(v, &line);
	buffmt(&line, v->broken && !v->staged ? ": cannot be installed" :
	    v->staged ? ": to be built again before the stage is opened" :
	    ": was built with another interface of it");
	buffmt(&line, "; spiff-bump %s raises its revision", v->name);
	writeline(b, v->pkgver, &line);
	return v->broken && !v->staged;
}

/* returns the job of a template's version, read; NULL if the spool has none that is
 * good */
static struct sjob *
jobof(struct status *st, const struct pnode *v)
{
	struct sjob *j;
	char *job;

	job = xasprintf("%s.%s", v->pkgver, v->arch);
	j = statusget(st, job);
	if (j)
		statusread(st, j);
	free(job);
	return j && j->read && !j->fault ? j : NULL;
}

/* says that a package that is there was to be built once more, and failed: 1 then */
static int
writeagain(struct status *st, struct sjob *j, struct buf *b)
{
	if (!j || j->state != FAIL || !j->job.force)
		return 0;
	writepath(st, j, b);
	advise(st, j);
	return 1;
}

/* answers for a package by its template; wanted is the pkgver in question, or NULL */
static int
bytemplate(struct status *st, struct plan *p, const char *name,
    const char *wanted, struct buf *b)
{
	const struct pnode *v;
	struct buf line = {0};
	struct sjob *j;
	char *job, *pkgver;
	size_t i;
	int r;

	if (planask(p, name, 0) < 0 || planmake(p, PLAN_MISSING) < 0)
		return -1;
	v = &p->nodes[p->asked[0].node];
	if (!v->pkgver) {
		buffmt(&line, "cannot be built: %s", v->fault);
		writeline(b, v->name, &line);
		return 0;
	}
	if (wanted && strcmp(pkgverversion(wanted), pkgverversion(v->pkgver)) != 0) {
		buffmt(&line, "not in the spool; the template makes %s now",
		    v->pkgver);
		writeline(b, wanted, &line);
		return 0;
	}
	/* all packages of a template have its version */
	for (i = 0; i < v->t->nmakes && strcmp(v->t->makes[i], name) != 0; i++)
		;
	if (i == v->t->nmakes)
		name = v->name;
	pkgver = xasprintf("%s%s", name, v->pkgver + strlen(v->name));
	r = writepresent(p->sides->side[v->side].repos, name, pkgver, b);
	free(pkgver);
	j = jobof(st, v);
	if (r >= 0 && j && j->state == DONE)
		writecommits(j, b);
	if (r > 0 && writecause(v, b))
		r = 0;
	if (r >= 0)
		return writeagain(st, j, b) ? 0 : r;
	job = xasprintf("%s.%s", v->pkgver, v->arch);
	writeunbuilt(st, p, name, job, b);
	free(job);
	return 0;
}

/* writes a job that has ended, and the one that took its place */
static void
writeended(struct status *st, struct sjob *j, struct buf *b)
{
	int hops;

	for (hops = 0; j && j->state != NSTATE && hops < HOPS; hops++) {
		if (hops > 0 && j->state == DONE)
			break;
		writepath(st, j, b);
		advise(st, j);
		if (j->state != CANCEL || !j->job.by)
			break;
		j = statusget(st, j->job.by);
		if (j)
			statusread(st, j);
	}
}

/* returns the package's job that failed last, or else was cancelled last, or NULL */
static struct sjob *
latestfailed(struct status *st, const char *name)
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
		if (!j->read || j->fault || !jobmakes(&j->job, name))
			continue;
		if (!best || (j->state == best->state ? j->since > best->since :
		    j->state == FAIL))
			best = j;
	}
	return best;
}

/* answers for a package that no template makes; wanted is the pkgver in question, or
 * NULL */
static void
byspool(struct status *st, struct tree *tree, const char *name,
    const char *wanted, struct buf *b)
{
	struct buf line = {0};
	struct sjob *j;
	const char *near;

	j = latestfailed(st, name);
	if (j)
		writeended(st, j, b);
	buffmt(&line, "no template in %s makes it", confget(CONF_DISTDIR));
	near = j ? NULL : treenear(tree, name);
	if (near)
		buffmt(&line, ": did you mean %s?", near);
	writeline(b, wanted ? wanted : name, &line);
}

static int
bypackage(struct status *st, const char *name, const char *wanted,
    struct buf *b)
{
	struct plan *p;
	struct sjob *j;
	int r;

	p = planopen(0, 0);
	if (!p) {
		/* without a tree the spool may still know the package's job */
		j = latestfailed(st, name);
		if (j)
			writeended(st, j, b);
		return j ? 0 : -1;
	}
	r = 0;
	if (pkgvernameok(name) && treesource(p->sides->tree, name))
		r = bytemplate(st, p, name, wanted, b);
	else
		byspool(st, p->sides->tree, name, wanted, b);
	planclose(p);
	return r;
}

/* answers for a job that is nowhere; its template is read for SPIFF_ARCH alone */
static int
byunknownjob(struct status *st, const char *job, const char *name, const char *pkgver,
    struct buf *b)
{
	struct buf line = {0};
	const char *arch;

	arch = strrchr(job, '.') + 1;
	if (strcmp(arch, confget(CONF_ARCH)) == 0)
		return bypackage(st, name, pkgver, b);
	buffmt(&line, "not in a repository, and not in the spool; %s=%s tells "
	    "more", confname(CONF_ARCH), arch);
	writeline(b, job, &line);
	return 0;
}

/* answers for a job that is not active */
static int
bypastjob(struct status *st, const char *job, struct buf *b)
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
	r = writepresent(rs, name, pkgver, b);
	reposdel(rs);
	j = statusget(st, job);
	if (j)
		statusread(st, j);
	if (r < 0 && j && j->state != NSTATE) {
		writeended(st, j, b);
		r = 0;
	} else if (r < 0) {
		r = byunknownjob(st, job, name, pkgver, b);
	} else if (j && writeagain(st, j, b)) {
		r = 0;
	}
	free(name);
	free(pkgver);
	return r;
}

/* answers for an active job */
static int
byactivejob(struct status *st, const struct sjob *j, struct buf *b)
{
	struct forecast e;
	int r;

	/* for the job's place among those that wait */
	r = j->root ? 0 : forecastmake(st, 0, &e);
	if (r == 0) {
		writepath(st, j, b);
		advise(st, j);
	}
	return r;
}

/* answers for a pkgver */
static int
bypkgver(struct status *st, const char *pkgver, struct buf *b)
{
	const struct sjob *j;
	char *job, *name;
	int r;

	name = xstrndup(pkgver, pkgvername(pkgver));
	j = activejob(st, name);
	free(name);
	if (j && strcmp(pkgverversion(j->job.pkgver), pkgverversion(pkgver)) == 0)
		return byactivejob(st, j, b);
	job = xasprintf("%s.%s", pkgver, confget(CONF_ARCH));
	r = bypastjob(st, job, b);
	free(job);
	return r;
}

/* whether a tree has a package of that name, which may look like a pkgver */
static int
intree(const char *name)
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
		j = activejob(&st, what);
		if (j)
			r = byactivejob(&st, j, b);
		else if (jobnameok(what))
			r = bypastjob(&st, what, b);
		else if (pkgverok(what) && !intree(what))
			r = bypkgver(&st, what, b);
		else
			r = bypackage(&st, what, NULL, b);
	}
	*next = st.next;
	statusclose(&st);
	availabledel(available);
	return r;
}
