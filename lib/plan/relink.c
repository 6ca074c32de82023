#include <err.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/graph.h"
#include "base/table.h"
#include "base/x.h"
#include "plan/plan.h"
#include "plan/relink.h"
#include "plan/sides.h"
#include "spool/job.h"
#include "spool/record.h"
#include "spool/spool.h"
#include "tree/tmpl.h"
#include "tree/tree.h"
#include "xbps/interface.h"
#include "xbps/pkgver.h"
#include "xbps/repo.h"
#include "xbps/repos.h"

struct relinks {
	struct plan *plan;
	struct spool spool;
	struct interfaces *interfaces;
	struct table *places;	/* source packages to node + 1 of the graph; NULL: not
				 * made yet */
	size_t *component;	/* by node */
};

int
relinksopen(struct plan *p)
{
	struct relinks *rl;

	if (access(confget(CONF_SPOOL), F_OK) < 0)
		return 0;
	rl = xcalloc(1, sizeof *rl);
	if (spoolopen(&rl->spool, confget(CONF_SPOOL), 0) < 0) {
		free(rl);
		return -1;
	}
	rl->plan = p;
	rl->interfaces = interfacesopen(confget(CONF_CACHE));
	p->relinks = rl;
	return 0;
}

void
relinksclose(struct relinks *rl)
{
	if (!rl)
		return;
	interfacesclose(rl->interfaces);
	spoolclose(&rl->spool);
	tabledel(rl->places);
	free(rl->component);
	free(rl);
}

/* returns the job whose build was the last one of a package, if it succeeded and
 * SPIFF_HISTORY knows of it, NULL otherwise; the caller owns it */
static char *
recorded(const char *base)
{
	const char *arch = strrchr(base, '.');
	char *job, *outcome, *version;

	outcome = recordfield(base, RECORD_OUTCOME);
	version = recordfield(base, RECORD_VERSION);
	job = strcmp(outcome, "built") != 0 || !arch ? NULL : xasprintf(
	    "%.*s-%s%s", (int)(arch - base), base, version, arch);
	free(outcome);
	free(version);
	return job;
}

/* makes that job, if it is the one of that name, from what SPIFF_HISTORY has: 1, or 0 */
static int
makerecorded(const char *name, struct job *j)
{
	struct buf b = {0};
	char *base, *inputs, *job, *pkgver, *why;
	int r;

	base = jobbase(name);
	job = recordread() == 0 && recordget(base) ? recorded(base) : NULL;
	r = job && strcmp(job, name) == 0;
	if (r) {
		pkgver = xstrndup(name, (size_t)(strrchr(name, '.') - name));
		inputs = recordfield(base, RECORD_INPUTS);
		jobline(&b, "pkgver", pkgver);
		jobline(&b, "arch", strrchr(name, '.') + 1);
		jobline(&b, "inputs", inputs);
		r = jobparse(j, name, b.s, b.len, &why) == 0;
		if (!r)
			free(why);
		free(pkgver);
		free(inputs);
	}
	buffree(&b);
	free(base);
	free(job);
	return r;
}

int
relinksjob(const struct relinks *rl, const char *pkgver, const char *arch,
    struct job *j)
{
	char *name, *why;
	int r;

	name = xasprintf("%s.%s", pkgver, arch);
	r = spoolread(&rl->spool, DONE, name, j, &why);
	if (r < 0) {
		warnx("%s/done/%s: %s", rl->spool.path, name, why);
		free(why);
	}
	if (r == 0)
		r = makerecorded(name, j);
	free(name);
	return r == 1;
}

char *
relinkdep(const struct relinks *rl, int side, const struct job *j)
{
	const struct side *s = rl->plan->sides->side;
	const struct repos *target = s[side].repos;

	return j->against ? interfacesother(rl->interfaces, s[SIDE_HOST].repos ?
	    s[SIDE_HOST].repos : target, target, j->against) : NULL;
}

/* the same for the build repository's package of that name */
static char *
presentdep(const struct relinks *rl, int side, const char *name)
{
	const struct side *s = &rl->plan->sides->side[side];
	const struct repopkg *has;
	struct job j;
	char *dep;

	has = reposours(s->repos, name);
	if (!has || !relinksjob(rl, has->pkgver, s->arch, &j))
		return NULL;
	dep = relinkdep(rl, side, &j);
	jobfree(&j);
	return dep;
}

/* whether a word of SPIFF_RELINK is the package's name, a pattern of it, or its
 * build style */
static int
isnamed(const struct pnode *v)
{
	char *copy, *save, *word;
	int found;

	copy = xstrdup(confget(CONF_RELINK));
	found = 0;
	for (word = strtok_r(copy, " ", &save); word && !found;
	    word = strtok_r(NULL, " ", &save))
		found = fnmatch(word, v->name, 0) == 0 ||
		    (v->t && !v->t->error && strcmp(word, v->t->style) == 0);
	free(copy);
	return found;
}

static size_t
nodefor(struct relinks *rl, struct graph *g, const char *source)
{
	void **place;

	place = tableput(rl->places, source);
	if (!*place)
		*place = (void *)(graphnode(g) + 1);
	return (size_t)*place - 1;
}

/* adds edges from a job's source to the sources of the packages in its chroot */
static int
addjob(struct relinks *rl, void *arg, const struct job *j)
{
	struct graph *g = arg;
	const char *source;
	char *save, *text, *word;
	size_t from;

	from = nodefor(rl, g, j->pkgname);
	text = xstrdup(j->against ? j->against : "");
	for (word = strtok_r(text, " ", &save); word;
	    word = strtok_r(NULL, " ", &save)) {
		if (strchr(word, ':'))
			word = strchr(word, ':') + 1;
		word[strcspn(word, "=")] = '\0';
		word[pkgvername(word)] = '\0';
		source = pkgvernameok(word) ?
		    treesource(rl->plan->sides->tree, word) : NULL;
		if (source && strcmp(source, j->pkgname) != 0)
			graphedge(g, from, nodefor(rl, g, source), 0);
	}
	free(text);
	return 0;
}

/* appends the jobs that SPIFF_HISTORY knows of and done/ does not have */
static void
addrecorded(struct relinks *rl, char ***list, size_t *n)
{
	const char *base;
	char *job;
	size_t i;

	if (recordread() < 0)
		return;
	for (i = 0; (base = recordnext(&i));) {
		job = recorded(base);
		if (job && jobnameok(job) &&
		    faccessat(rl->spool.states[DONE], job, F_OK, 0) < 0) {
			*list = xreallocarray(*list, *n + 1, sizeof **list);
			(*list)[(*n)++] = job;
		} else {
			free(job);
		}
	}
}

/* calls fn(rl, arg, job) for the jobs of an architecture, NULL for any, in done/, or of
 * which SPIFF_HISTORY tells, until it returns -1; -1 then, or after a message */
static int
eachdone(struct relinks *rl, const char *arch,
    int (*fn)(struct relinks *rl, void *arg, const struct job *j), void *arg)
{
	char **list, *dot;
	struct job j;
	size_t i, n;
	int r;

	if (spoollist(&rl->spool, DONE, &list, &n) < 0)
		return -1;
	addrecorded(rl, &list, &n);
	for (i = 0, r = 0; i < n && r == 0; i++) {
		if (!jobnameok(list[i]))
			continue;
		dot = strrchr(list[i], '.');
		*dot = '\0';
		if ((arch && strcmp(dot + 1, arch) != 0) ||
		    !relinksjob(rl, list[i], dot + 1, &j))
			continue;
		r = fn(rl, arg, &j);
		jobfree(&j);
	}
	spoollistfree(list, n);
	return r;
}

static void
findcircles(struct relinks *rl)
{
	struct graph *g;
	size_t *order, n;

	rl->places = mktable();
	g = mkgraph();
	eachdone(rl, NULL, addjob, g);
	n = graphlen(g);
	order = xcalloc(n, sizeof *order);
	rl->component = xcalloc(n, sizeof *rl->component);
	graphorder(g, order, rl->component);
	free(order);
	graphdel(g);
}

static int
incircle(struct relinks *rl, const char *source, const char *dep)
{
	size_t a, b;

	if (!rl->places)
		findcircles(rl);
	dep = treesource(rl->plan->sides->tree, dep);
	a = (size_t)tableget(rl->places, source);
	b = dep ? (size_t)tableget(rl->places, dep) : 0;
	return a && b && rl->component[a - 1] == rl->component[b - 1];
}

char *
relinkdue(struct relinks *rl, const struct pnode *v)
{
	char *dep;

	dep = rl && isnamed(v) ? presentdep(rl, v->side, v->name) : NULL;
	if (dep && incircle(rl, v->name, dep)) {
		free(dep);
		dep = NULL;
	}
	return dep;
}

struct names {
	char **list;
	size_t n;
	int all;
};

static int
addname(struct relinks *rl, void *arg, const struct job *j)
{
	struct names *names = arg;
	char *dep;

	if (!treesource(rl->plan->sides->tree, j->pkgname))
		return 0;
	dep = names->all ? NULL : presentdep(rl, SIDE_TARGET, j->pkgname);
	if (names->all || dep) {
		names->list = xgrow(names->list, names->n, sizeof *names->list);
		names->list[names->n++] = xstrdup(j->pkgname);
	}
	free(dep);
	return 0;
}

int
relinksnames(struct relinks *rl, int all, char ***list, size_t *n)
{
	struct names names = { .all = all };
	int r;

	r = eachdone(rl, rl->plan->sides->side[SIDE_TARGET].arch, addname, &names);
	*list = names.list;
	*n = names.n;
	return r;
}
