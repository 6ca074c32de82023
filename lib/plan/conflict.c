#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/table.h"
#include "base/x.h"
#include "plan/conflict.h"
#include "plan/plan.h"
#include "plan/sides.h"
#include "tree/tmpl.h"
#include "tree/tree.h"
#include "xbps/pkgver.h"
#include "xbps/repo.h"
#include "xbps/repos.h"

/* a package that would be installed on a side */
struct item {
	const char *name, *pkgver;
	int side;
	const struct repopkg *pkg;	/* in a repository; NULL: to be built */
	size_t node;		/* that builds it */
	unsigned of;		/* its index among the packages of the template */
	int known;		/* links is set */
	struct item **links;	/* its run-time dependencies */
	size_t nlinks;
	unsigned walk;		/* the last walk that visited it */
};

struct conflicts {
	struct plan *plan;
	int tree;
	struct arena *arena;
	struct table *items[SIDES];	/* by pkgver */
	unsigned walk;
	struct item **list;	/* the items of the last walk */
	size_t n;
	struct item **roots;	/* the items where it began */
	size_t nroots;
};

struct conflicts *
mkconflicts(struct plan *p, int tree)
{
	struct conflicts *c;
	int i;

	c = xcalloc(1, sizeof *c);
	c->plan = p;
	c->tree = tree;
	c->arena = mkarena();
	for (i = 0; i < SIDES; i++)
		c->items[i] = mktable();
	return c;
}

void
conflictsdel(struct conflicts *c)
{
	struct item *it;
	void *value;
	size_t k;
	int i;

	for (i = 0; i < SIDES; i++) {
		for (k = 0; tablenext(c->items[i], &k, &value); ) {
			it = value;
			free(it->links);
		}
		tabledel(c->items[i]);
	}
	arenadel(c->arena);
	free(c->list);
	free(c->roots);
	free(c);
}

/* returns the item of a name and pkgver, which it makes if need be */
static struct item *
itemwith(struct conflicts *c, int side, const char *name, const char *pkgver)
{
	struct item *it;
	void **place;

	place = tableput(c->items[side], pkgver);
	if (!*place) {
		it = arenaget(c->arena, sizeof *it);
		memset(it, 0, sizeof *it);
		it->name = arenastr(c->arena, name, strlen(name));
		it->pkgver = arenastr(c->arena, pkgver, strlen(pkgver));
		it->side = side;
		*place = it;
	}
	return *place;
}

/* returns the package of that name that a node makes */
static struct item *
builtitem(struct conflicts *c, int side, size_t node, const char *name, int of)
{
	const struct pnode *v = &c->plan->nodes[node];
	struct item *it;
	char *pkgver;

	pkgver = xasprintf("%s%s", name, v->pkgver + strlen(v->name));
	it = itemwith(c, side, name, pkgver);
	free(pkgver);
	it->pkg = NULL;
	it->node = node;
	it->of = (unsigned)of;
	return it;
}

/* returns the package that a build makes for a dependency, NULL for none */
static struct item *
buildfor(struct conflicts *c, int side, const char *name, const char *pattern)
{
	struct plan *p = c->plan;
	const char *source;
	struct item *it;
	size_t at;
	int of;

	source = pkgvernameok(name) ? treesource(p->sides->tree, name) : NULL;
	if (!source)
		return NULL;
	at = c->tree ? plannumber(p, sidesmaker(p->sides, name, side), source) :
	    planawaits(p, side, name);
	of = at != PLAN_NONE && p->nodes[at].pkgver ?
	    tmplmakes(p->nodes[at].t, name) : -1;
	if (of < 0)
		return NULL;
	it = builtitem(c, side, at, name, of);
	return strcmp(pattern, name) == 0 || strcmp(pattern, it->pkgver) == 0 ||
	    pkgvermatch(it->pkgver, pattern) ? it : NULL;
}

/* returns the package that meets a dependency, NULL when that cannot be told */
static struct item *
itemfor(struct conflicts *c, int side, const char *name, const char *pattern)
{
	const struct repopkg *pkg;
	struct item *it;

	if (strchr(pattern, '?'))
		return NULL;
	it = buildfor(c, side, name, pattern);
	if (it)
		return it;
	pkg = reposdep(c->plan->sides->side[side].repos, pattern, NULL);
	if (!pkg || strcmp(pkg->name, name) != 0)
		return NULL;
	it = itemwith(c, side, name, pkg->pkgver);
	it->pkg = pkg;
	return it;
}

static void
addlink(struct item *it, struct item *to)
{
	if (!to)
		return;
	it->links = xgrow(it->links, it->nlinks, sizeof(struct item *));
	it->links[it->nlinks++] = to;
}

static void
setlinks(struct conflicts *c, struct item *it)
{
	const char *const *dep;
	const struct pnode *v;
	struct want want;
	char *name;
	size_t i;

	it->known = 1;
	for (dep = it->pkg ? it->pkg->depends : NULL; dep && *dep; dep++) {
		name = pkgverdep(*dep);
		addlink(it, itemfor(c, it->side, name, *dep));
		free(name);
	}
	v = it->pkg ? NULL : &c->plan->nodes[it->node];
	for (i = 0; v && i < v->t->ndeps; i++) {
		if (v->t->deps[i].kind == TMPL_RUN && v->t->deps[i].of == it->of &&
		    sideswant(c->plan->sides, v->t, v->side, i, &want))
			addlink(it, itemfor(c, it->side, want.name, want.pattern));
	}
}

static void
pushitem(struct conflicts *c, struct item *it)
{
	if (it->walk == c->walk)
		return;
	it->walk = c->walk;
	c->list = xgrow(c->list, c->n, sizeof(struct item *));
	c->list[c->n++] = it;
}

/* lists the roots and all that they need at run time */
static void
walkitems(struct conflicts *c, struct item *const *roots, size_t n)
{
	size_t i, k;

	c->walk++;
	c->n = 0;
	for (i = 0; i < n; i++)
		pushitem(c, roots[i]);
	for (i = 0; i < c->n; i++) {
		if (!c->list[i]->known)
			setlinks(c, c->list[i]);
		for (k = 0; k < c->list[i]->nlinks; k++)
			pushitem(c, c->list[i]->links[k]);
	}
}

/* whether a pkgver is what a pattern asks for, whose name is given */
static int
isaskedfor(const char *pkgver, const char *name, const char *pattern)
{
	size_t n;

	n = pkgvername(pkgver);
	return n == strlen(name) && strncmp(pkgver, name, n) == 0 &&
	    (strcmp(name, pattern) == 0 || pkgvermatch(pkgver, pattern));
}

/* the same for what a package of a repository provides */
static int
providesfor(const struct item *it, const char *name, const char *pattern)
{
	const char *const *pv;

	for (pv = it->pkg ? it->pkg->provides : NULL; pv && *pv; pv++) {
		if (isaskedfor(*pv, name, pattern))
			return 1;
	}
	return 0;
}

/* returns an item of the walk that a pattern in an item's conflicts matches, NULL for
 * none */
static struct item *
installedfor(const struct conflicts *c, const struct item *it, const char *name,
    const char *pattern)
{
	struct item *o;
	size_t i;

	if (strcmp(name, it->name) == 0)
		return NULL;
	for (i = 0; i < c->n; i++) {
		o = c->list[i];
		if (o->side != it->side || strcmp(o->name, it->name) == 0)
			continue;
		if (isaskedfor(o->pkgver, name, pattern) ||
		    providesfor(o, name, pattern))
			return o;
	}
	return NULL;
}

/* returns an item of the walk that an item's conflicts name, NULL for none */
static struct item *
conflicting(const struct conflicts *c, const struct item *it)
{
	const char *const *pattern;
	const struct tmpl *t;
	struct item *o;
	char *name;
	size_t i;

	o = NULL;
	for (pattern = it->pkg ? it->pkg->conflicts : NULL; pattern && *pattern && !o;
	    pattern++) {
		name = pkgverdep(*pattern);
		o = installedfor(c, it, name, *pattern);
		free(name);
	}
	t = it->pkg ? NULL : c->plan->nodes[it->node].t;
	for (i = 0; t && i < t->nconflicts && !o; i++) {
		if (t->conflicts[i].of == it->of)
			o = installedfor(c, it, t->conflicts[i].name,
			    t->conflicts[i].pattern);
	}
	return o;
}

/* whether one of the links is to be built and needs both a and b itself, so that its own
 * node is named for them */
static int
isnamedfor(struct conflicts *c, struct item *const *links, size_t n,
    const struct item *a, const struct item *b)
{
	struct item *link;
	size_t i;

	for (i = 0; i < n; i++) {
		link = links[i];
		if (link->pkg)
			continue;
		walkitems(c, &link, 1);
		if (a->walk == c->walk && b->walk == c->walk)
			return 1;
	}
	return 0;
}

/* sets k to two items in conflict that the roots need; 0 when there are none, or one of
 * the links is named for them */
static int
findpair(struct conflicts *c, struct item *const *roots, size_t nroots,
    struct item *const *links, size_t nlinks, struct conflict *k)
{
	struct item *a, *b;
	size_t i;

	walkitems(c, roots, nroots);
	for (i = 0, b = NULL; i < c->n && !b; i++) {
		a = c->list[i];
		b = conflicting(c, a);
	}
	if (!b || isnamedfor(c, links, nlinks, a, b))
		return 0;
	k->own = a == *roots || b == *roots;
	k->a = k->own ? (*roots)->pkgver : a->pkgver;
	k->b = b == *roots ? a->pkgver : b->pkgver;
	return 1;
}

int
conflictsof(struct conflicts *c, size_t node, struct conflict *k)
{
	const struct pnode *v = &c->plan->nodes[node];
	struct item *it;
	struct want want;
	size_t i;

	if (!v->pkgver)
		return 0;
	for (i = 0; i < v->t->nmakes; i++) {
		it = builtitem(c, v->side, node, v->t->makes[i], (int)i);
		if (!it->known)
			setlinks(c, it);
		if (findpair(c, &it, 1, it->links, it->nlinks, k))
			return 1;
	}
	/* without the packages that xbps-src adds to a cross build */
	c->nroots = 0;
	for (i = 0; i < v->t->ndeps &&
	    sideswant(c->plan->sides, v->t, v->side, i, &want); i++) {
		it = want.kind == TMPL_RUN ? NULL :
		    itemfor(c, want.side, want.name, want.pattern);
		if (!it || (!it->pkg && it->node == node))
			continue;
		c->roots = xgrow(c->roots, c->nroots, sizeof(struct item *));
		c->roots[c->nroots++] = it;
	}
	if (!findpair(c, c->roots, c->nroots, c->roots, c->nroots, k))
		return 0;
	k->own = 0;
	return 1;
}

char *
conflictwords(const struct conflict *k)
{
	return k->own ? xasprintf("makes %s, which needs %s, but the two conflict",
	    k->a, k->b) : xasprintf("needs both %s and %s, which conflict", k->a,
	    k->b);
}
