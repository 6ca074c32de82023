#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/table.h"
#include "base/text.h"
#include "base/x.h"
#include "xbps/pkgver.h"
#include "xbps/repo.h"
#include "xbps/repos.h"
#include "xbps/shlibs.h"

/* a package of the build repository, or one that is installed with such a package */
struct node {
	const struct repopkg *pkg;
	size_t repo;		/* its repository's number: 0 is the build repository */
	struct node **deps;	/* the packages that meet its dependencies */
	size_t ndeps;
	struct node **users;	/* the nodes that have this one in deps */
	size_t nusers;
	unsigned met, also;	/* the last walks that met it */
	unsigned told;		/* the last pair in conflict that it, or a dependency
				 * of it, was named for */
};

/* a package that has a soname, or provides a virtual package */
struct owner {
	const struct repopkg *pkg;
	size_t repo;
	const char *pkgver;	/* of the virtual package; NULL for a soname */
	int hidden;		/* an earlier repository has a package of its name */
	struct owner *next;
};

/* a lack of a package of any repository */
struct fault {
	struct node *of;
	struct lack lack;
};

struct search {
	const struct repos *rs;
	int stage;
	struct arena *arena;
	struct node ***nodes;	/* by repository and id, NULL: no node */
	struct node **list;	/* all nodes */
	size_t n;
	struct table *reals;	/* patterns to the nodes of that name that meet them */
	struct table *virtuals;	/* names to their owners */
	struct table *shlibs;	/* sonames to their owners */
	struct node **walk;	/* those that the last walk met */
	size_t nwalk;
	unsigned walks;
	int hasusers;		/* the nodes' users are filled in */
	struct fault *faults;
	size_t nfaults;
	struct lack *lacks;
	size_t nlacks;
};

/* whether the i-th of the packages of one name counts, by its stage */
static int
isvisible(const struct search *w, const struct repopkg *list, size_t i)
{
	if (!w->stage)
		return !list[i].staged;
	return list[i].staged || i == 0 || !list[i - 1].staged ||
	    strcmp(list[i - 1].sub, list[i].sub) != 0;
}

static struct node *
nodefor(struct search *w, size_t repo, const struct repopkg *pkg)
{
	struct node **place, *v;

	place = &w->nodes[repo][pkg->id];
	if (*place)
		return *place;
	*place = v = arenaget(w->arena, sizeof *v);
	memset(v, 0, sizeof *v);
	v->pkg = pkg;
	v->repo = repo;
	w->list = xgrow(w->list, w->n, sizeof *w->list);
	w->list[w->n++] = v;
	return v;
}

static void
addowner(struct search *w, struct table *t, const char *name, struct owner o)
{
	struct owner *copy;
	void **place;

	copy = arenaget(w->arena, sizeof *copy);
	*copy = o;
	place = tableput(t, name);
	copy->next = *place;
	*place = copy;
}

static int
ishidden(const struct search *w, size_t repo, const char *name)
{
	const struct repopkg *list;
	size_t i, n;

	while (repo-- > 0) {
		list = repoall(reposat(w->rs, repo), name, &n);
		for (i = 0; i < n; i++) {
			if (isvisible(w, list, i))
				return 1;
		}
	}
	return 0;
}

static void
readpkg(struct search *w, size_t repo, const struct repopkg *pkg)
{
	struct owner o = { .pkg = pkg, .repo = repo };
	const char *const *s;
	char *name;

	if (*pkg->shlibs)
		o.hidden = ishidden(w, repo, pkg->name);
	for (s = pkg->shlibs; *s; s++)
		addowner(w, w->shlibs, *s, o);
	for (s = pkg->provides; *s; s++) {
		name = pkgverdep(*s);
		o.pkgver = *s;
		addowner(w, w->virtuals, name, o);
		free(name);
	}
}

/* adds the owners of a repository's sonames and virtual packages, from the last to the
 * first, so that the first heads the list */
static void
readrepo(struct search *w, size_t repo)
{
	const struct repopkg *list;
	struct repo *r;
	size_t i, n;

	r = reposat(w->rs, repo);
	w->nodes[repo] = xcalloc(repolen(r) + 1, sizeof *w->nodes[repo]);
	for (i = repolen(r); i-- > 0;) {
		list = repoall(r, repoat(r, i)->name, &n);
		if (isvisible(w, list, (size_t)(repoat(r, i) - list)))
			readpkg(w, repo, repoat(r, i));
	}
}

/* whether a pkgver meets a pattern, which may be a bare name */
static int
meets(const char *pkgver, const char *name, const char *pattern)
{
	return strcmp(name, pattern) == 0 || pkgvermatch(pkgver, pattern);
}

/* returns the node of the first package of that name that meets the pattern */
static struct node *
findreal(struct search *w, const char *name, const char *pattern)
{
	const struct repopkg *list;
	struct node *v;
	struct repo *r;
	size_t i, n, repo;

	v = tableget(w->reals, pattern);
	for (repo = 0; !v && (r = reposat(w->rs, repo)); repo++) {
		list = repoall(r, name, &n);
		for (i = 0; !v && i < n; i++) {
			if (isvisible(w, list, i) &&
			    meets(list[i].pkgver, name, pattern))
				v = nodefor(w, repo, &list[i]);
		}
	}
	if (v)
		*tableput(w->reals, pattern) = v;
	return v;
}

static int
dependson(const struct node *v, const struct node *dep)
{
	size_t i;

	for (i = 0; i < v->ndeps; i++) {
		if (v->deps[i] == dep)
			return 1;
	}
	return 0;
}

/* returns the node of a package that provides what the pattern asks for: one that v
 * depends on already, else the first; NULL if there is none */
static struct node *
findvirtual(struct search *w, const struct node *v, const char *name,
    const char *pattern)
{
	const struct owner *first, *o;
	struct node *dep;

	first = NULL;
	for (o = tableget(w->virtuals, name); o; o = o->next) {
		if (!meets(o->pkgver, name, pattern))
			continue;
		dep = w->nodes[o->repo][o->pkg->id];
		if (dep && (dep == v || dependson(v, dep)))
			return dep;
		if (!first)
			first = o;
	}
	return first ? nodefor(w, first->repo, first->pkg) : NULL;
}

static void
addfault(struct search *w, enum lackkind kind, struct node *v, const char *what,
    const struct node *whose)
{
	struct fault *f;

	w->faults = xgrow(w->faults, w->nfaults, sizeof *w->faults);
	f = &w->faults[w->nfaults++];
	f->of = v;
	f->lack.kind = kind;
	f->lack.pkg = v->pkg;
	f->lack.what = what;
	f->lack.whose = whose->pkg;
}

/* sets a node's deps, those found by name first, since they may provide what the others
 * ask for */
static void
finddeps(struct search *w, struct node *v)
{
	const char *const *d;
	struct node *dep;
	size_t n;
	int virtuals;
	char *name;

	for (n = 0; v->pkg->depends[n]; n++)
		;
	v->deps = arenaget(w->arena, (n + 1) * sizeof(struct node *));
	for (virtuals = 0; virtuals < 2; virtuals++) {
		for (d = v->pkg->depends; *d; d++) {
			name = pkgverdep(*d);
			dep = findreal(w, name, *d);
			if (virtuals && !dep && !(dep = findvirtual(w, v, name, *d)))
				addfault(w, LACK_DEPEND, v, *d, v);
			free(name);
			if (dep && dep != v && !dependson(v, dep))
				v->deps[v->ndeps++] = dep;
		}
	}
}

/* makes the nodes */
static void
makenodes(struct search *w)
{
	const struct repopkg *list;
	struct repo *r;
	size_t i, n;

	r = reposat(w->rs, 0);
	for (i = 0; i < repolen(r); i++) {
		list = repoall(r, repoat(r, i)->name, &n);
		if (isvisible(w, list, (size_t)(repoat(r, i) - list)))
			nodefor(w, 0, repoat(r, i));
	}
	/* finddeps appends nodes */
	for (i = 0; i < w->n; i++)
		finddeps(w, w->list[i]);
}

static void
setusers(struct search *w)
{
	struct node *dep, *v;
	size_t i, k;

	if (w->hasusers)
		return;
	w->hasusers = 1;
	for (i = 0; i < w->n; i++) {
		for (k = 0; k < w->list[i]->ndeps; k++)
			w->list[i]->deps[k]->nusers++;
	}
	for (i = 0; i < w->n; i++) {
		v = w->list[i];
		v->users = arenaget(w->arena,
		    (v->nusers + 1) * sizeof(struct node *));
		v->nusers = 0;
	}
	for (i = 0; i < w->n; i++) {
		for (k = 0; k < w->list[i]->ndeps; k++) {
			dep = w->list[i]->deps[k];
			dep->users[dep->nusers++] = w->list[i];
		}
	}
}

/* adds a node to the walk unless it is there */
static void
meetnode(struct search *w, struct node *v)
{
	if (v->met == w->walks)
		return;
	v->met = w->walks;
	w->walk[w->nwalk++] = v;
}

/* walks from a node to all that depend on it, not beyond packages of the build repository
 * if isshort is set */
static void
walkup(struct search *w, struct node *v, int isshort)
{
	size_t i, k;

	setusers(w);
	w->walks++;
	w->nwalk = 0;
	meetnode(w, v);
	for (i = 0; i < w->nwalk; i++) {
		v = w->walk[i];
		for (k = 0; k < v->nusers && !(isshort && v->repo == 0); k++)
			meetnode(w, v->users[k]);
	}
}

static int
hasshlib(const struct search *w, const struct node *v, const char *soname)
{
	const struct owner *o;

	for (o = tableget(w->shlibs, soname); o; o = o->next) {
		if (!repoloads(v->pkg, o->pkg))
			continue;
		if (!o->hidden || dependson(v, w->nodes[o->repo][o->pkg->id]))
			return 1;
	}
	return 0;
}

static void
checkshlibs(struct search *w)
{
	const char *const *s;
	size_t i;

	for (i = 0; i < w->n; i++) {
		for (s = w->list[i]->pkg->needs; *s; s++) {
			if (!hasshlib(w, w->list[i], *s))
				addfault(w, LACK_SHLIB, w->list[i], *s, w->list[i]);
		}
	}
}

/* whether both walks have met a dependency of the node */
static int
isdeeper(const struct node *v, unsigned one, unsigned two)
{
	size_t i;

	for (i = 0; i < v->ndeps; i++) {
		if (v->deps[i]->also == one && v->deps[i]->met == two)
			return 1;
	}
	return 0;
}

/* adds the fault of a node that depends on both a and b, and marks all that depend on it
 * as told */
static void
reportclash(struct search *w, struct node *v, struct node *a, struct node *b,
    unsigned pair)
{
	size_t i;

	if (v->told == pair)
		return;
	addfault(w, LACK_CONFLICT, v, b->pkg->name, a);
	walkup(w, v, 0);
	for (i = 0; i < w->nwalk; i++)
		w->walk[i]->told = pair;
}

/* finds the nodes that depend on both a and b while none of their dependencies does; of a
 * circle of dependencies, one node */
static void
findclash(struct search *w, struct node *a, struct node *b)
{
	struct node **both, *v;
	unsigned one, two;
	size_t i, n;

	walkup(w, a, 0);
	one = w->walks;
	for (i = 0; i < w->nwalk; i++)
		w->walk[i]->also = one;
	walkup(w, b, 0);
	two = w->walks;
	both = xcalloc(2 * w->nwalk, sizeof(struct node *));
	for (i = n = 0; i < 2 * w->nwalk; i++) {
		v = w->walk[i % w->nwalk];
		/* the second time round, nodes of circles */
		if (v->also == one && (i >= w->nwalk || !isdeeper(v, one, two)))
			both[n++] = v;
	}
	for (i = 0; i < n; i++)
		reportclash(w, both[i], a, b, two);
	free(both);
}

static void
checkpair(struct search *w, struct table *seen, struct node *a, size_t repo,
    const struct repopkg *pkg)
{
	struct node *b;
	char *key;

	b = w->nodes[repo][pkg->id];
	if (!b || strcmp(a->pkg->name, pkg->name) == 0)
		return;
	key = strcmp(a->pkg->name, pkg->name) < 0 ?
	    xasprintf("%s %s", a->pkg->name, pkg->name) :
	    xasprintf("%s %s", pkg->name, a->pkg->name);
	if (!tablekey(seen, key)) {
		tableput(seen, key);
		findclash(w, a, b);
	}
	free(key);
}

static void
checkconflicts(struct search *w)
{
	const struct repopkg *list;
	const struct owner *o;
	const char *const *c;
	struct table *seen;
	struct repo *r;
	char *name;
	size_t i, k, n, repo;

	seen = mktable();
	for (i = 0; i < w->n; i++) {
		for (c = w->list[i]->pkg->conflicts; *c; c++) {
			name = pkgverdep(*c);
			for (repo = 0; (r = reposat(w->rs, repo)); repo++) {
				list = repoall(r, name, &n);
				for (k = 0; k < n; k++) {
					if (meets(list[k].pkgver, name, *c))
						checkpair(w, seen, w->list[i],
						    repo, &list[k]);
				}
			}
			for (o = tableget(w->virtuals, name); o; o = o->next) {
				if (meets(o->pkgver, name, *c))
					checkpair(w, seen, w->list[i], o->repo,
					    o->pkg);
			}
			free(name);
		}
	}
	tabledel(seen);
}

/* makes lacks of the faults: of packages of the build repository, and of those that
 * depend on a package of a main repository with a fault */
static void
makelacks(struct search *w)
{
	const struct fault *f;
	size_t i, k;

	for (k = 0; k < w->nfaults; k++) {
		f = &w->faults[k];
		walkup(w, f->of, 1);
		for (i = 0; i < w->nwalk; i++) {
			if (w->walk[i]->repo != 0)
				continue;
			w->lacks = xgrow(w->lacks, w->nlacks, sizeof *w->lacks);
			w->lacks[w->nlacks] = f->lack;
			w->lacks[w->nlacks++].pkg = w->walk[i]->pkg;
		}
	}
}

static int
byname(const void *a, const void *b)
{
	const struct lack *x = a, *y = b;
	int r;

	r = strcmp(x->pkg->name, y->pkg->name);
	if (r == 0)
		r = strcmp(x->pkg->sub, y->pkg->sub);
	if (r == 0)
		r = (int)x->kind - (int)y->kind;
	return r != 0 ? r : strcmp(x->what, y->what);
}

static void
freesearch(struct search *w)
{
	size_t i;

	for (i = 0; reposat(w->rs, i); i++)
		free(w->nodes[i]);
	free(w->nodes);
	free(w->list);
	free(w->walk);
	free(w->faults);
	tabledel(w->reals);
	tabledel(w->virtuals);
	tabledel(w->shlibs);
	arenadel(w->arena);
}

struct lack *
shlibslack(const struct repos *rs, int stage, size_t *n)
{
	struct search w = { .rs = rs, .stage = stage };
	size_t i, repos;

	for (repos = 0; reposat(rs, repos); repos++)
		;
	w.nodes = xcalloc(repos, sizeof *w.nodes);
	w.arena = mkarena();
	w.reals = mktable();
	w.virtuals = mktable();
	w.shlibs = mktable();
	for (i = repos; i-- > 0;)
		readrepo(&w, i);
	makenodes(&w);
	w.walk = xcalloc(w.n + 1, sizeof *w.walk);
	checkshlibs(&w);
	checkconflicts(&w);
	makelacks(&w);
	freesearch(&w);
	*n = w.nlacks;
	if (w.nlacks > 1)
		qsort(w.lacks, w.nlacks, sizeof *w.lacks, byname);
	return w.lacks;
}

void
shlibswords(struct buf *b, const struct lack *l)
{
	if (l->kind == LACK_CONFLICT) {
		textclean(b, l->whose->pkgver);
		bufstr(b, " conflicts with ");
	}
	textclean(b, l->what);
	if (l->kind != LACK_CONFLICT && l->whose != l->pkg) {
		bufstr(b, " of ");
		textclean(b, l->whose->pkgver);
	}
}
