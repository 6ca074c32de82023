#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/graph.h"
#include "base/x.h"
#include "plan/chroot.h"
#include "plan/conflict.h"
#include "plan/plan.h"
#include "plan/relink.h"
#include "plan/sides.h"
#include "tree/tmpl.h"
#include "xbps/pkgver.h"
#include "xbps/repo.h"
#include "xbps/repos.h"

struct pedge {
	size_t from, to;
	int kind;
	int soft;	/* a repository has another version of the package, which will
			 * do where the edges go in a circle */
};

struct edges {
	struct plan *p;
	struct pedge *list;
	size_t n;
	size_t *last;	/* by node: the last node with an edge to it + 1 */
	size_t at;	/* the node whose edges are added */
	struct conflicts *conflicts;
	const struct pdep *dep;	/* its dependency that is walked, or NULL */
};

/* adds an edge from e->at unless there is one */
static void
addedge(struct edges *e, size_t to, int kind, int soft)
{
	if (to == e->at || e->last[to] == e->at + 1)
		return;
	e->last[to] = e->at + 1;
	e->list = xgrow(e->list, e->n, sizeof *e->list);
	e->list[e->n++] = (struct pedge){ .from = e->at, .to = to, .kind = kind,
	    .soft = soft };
}

/* whether the tree's version, or one of a repository, meets a run-time dependency */
static int
canrun(const struct plan *p, const struct pdep *d)
{
	if (d->kind != TMPL_RUN || !d->pkgver || strchr(d->pattern, '?'))
		return 1;
	return strcmp(d->pkgver, d->pattern) == 0 ||
	    strcmp(d->name, d->pattern) == 0 ||
	    pkgvermatch(d->pkgver, d->pattern) ||
	    reposdep(p->sides->side[d->side].repos, d->pattern, NULL);
}

/* Whether a build needs one of its own packages beforehand. xbps-src ignores that for
 * a run-time dependency, and for a subpackage in hostmakedepends. */
static int
needsown(const struct plan *p, size_t at, const struct pdep *d)
{
	const struct pnode *v = &p->nodes[at];

	if (d->node != at || d->where || d->kind == TMPL_RUN)
		return 0;
	return d->kind == TMPL_MAKE || strcmp(d->name, v->name) == 0;
}

char *
planunmet(const struct plan *p, size_t at, const struct pdep *d)
{
	char *s, *why;

	if (needsown(p, at, d))
		return xasprintf("needs itself, %s, before it is built, and no "
		    "repository has that", d->name);
	if (d->node == PLAN_NONE && !d->where)
		return xasprintf("needs %s, which no %s makes and no repository "
		    "has", d->name, d->source ? "build" : "template");
	/* one that is refused is not built, for lack of it perhaps */
	why = d->where || p->nodes[at].t->refused ? NULL :
	    planunmade(p, &p->nodes[d->node], d->name);
	if (why) {
		s = xasprintf("needs %s: %s", d->name, why);
		free(why);
		return s;
	}
	if (!canrun(p, d))
		return xasprintf("needs %s, but the tree makes %s, and no "
		    "repository has another", d->pattern, d->pkgver);
	return NULL;
}

size_t
planmeets(const struct plan *p, int side, const char *pattern)
{
	const struct pnode *v;
	char *name, *pkgver, *unmade;
	size_t at;
	int met;

	name = pkgverdep(pattern);
	at = pkgvernameok(name) ? planawaits(p, side, name) : PLAN_NONE;
	met = 0;
	if (at != PLAN_NONE && p->nodes[at].pkgver) {
		v = &p->nodes[at];
		pkgver = xasprintf("%s%s", name, v->pkgver + strlen(v->name));
		unmade = planunmade(p, v, name);
		met = !unmade && (strcmp(name, pattern) == 0 ||
		    pkgvermatch(pkgver, pattern));
		free(unmade);
		free(pkgver);
	}
	free(name);
	return met ? at : PLAN_NONE;
}

/* sets a node's fault: a package of its chroot needs what cannot be had */
static void
faultlack(struct edges *e, const struct member *m, const char *what,
    const char *why)
{
	const char *dep = e->dep->pkg->pkgver;

	planfault(&e->p->nodes[e->at], strcmp(dep, m->pkg->pkgver) == 0 ?
	    xasprintf("needs %s, which needs %s%s", dep, what, why) :
	    xasprintf("needs %s, and by that %s, which needs %s%s", dep,
	    m->pkg->pkgver, what, why));
}

/* for a present package of the chroot, adds edges to the nodes that replace it or
 * build what it lacks */
static int
addbehind(const struct member *m, void *arg)
{
	struct edges *e = arg;
	const char *soname;
	size_t i, to;

	to = planawaits(e->p, m->side, m->pkg->name);
	if (to != PLAN_NONE) {
		addedge(e, to, e->dep->kind, 1);
		return 0;
	}
	for (i = 0; i < m->nlinks; i++) {
		if (m->links[i].pkg)
			continue;
		to = planmeets(e->p, m->side, m->links[i].pattern);
		if (to != PLAN_NONE)
			addedge(e, to, e->dep->kind, 1);
		else
			faultlack(e, m, m->links[i].pattern,
			    ", which no repository has");
	}
	soname = sidesbroken(e->p->sides, m->side, m->pkg, NULL);
	if (soname)
		faultlack(e, m, soname, ", which no repository provides any more");
	return 1;
}

/* the same where a lack is no fault */
static int
addsoftly(const struct member *m, void *arg)
{
	struct edges *e = arg;
	size_t to;

	to = planawaits(e->p, m->side, m->pkg->name);
	if (to != PLAN_NONE)
		addedge(e, to, e->dep ? e->dep->kind : TMPL_RUN, 1);
	return to == PLAN_NONE || to == e->at;
}

/* Adds edges to what a repository's versions of a node's packages need at run time:
 * the new ones will need the same, libraries above all, and so will the chroots of
 * those who are built with them. */
static void
addruntime(struct edges *e, size_t at)
{
	const struct pnode *v = &e->p->nodes[at];
	const struct repopkg *has;
	size_t i;

	e->dep = NULL;
	for (i = 0; v->t && !v->t->error && i < v->t->nmakes; i++) {
		has = reposname(e->p->sides->side[v->side].repos,
		    v->t->makes[i], NULL);
		if (has)
			chrootwalk(e->p->chroot, v->side, has, addsoftly, e);
	}
}

/* adds the edges of a followed node, those to dependencies of its template first */
static void
addedges(struct edges *e, size_t at, enum planscope scope)
{
	const struct pnode *v;
	struct conflict k;
	struct pdep d;
	char *why;
	size_t i;

	e->at = at;
	for (i = 0; plandep(e->p, at, i, &d); i++) {
		why = planunmet(e->p, at, &d);
		if (why)
			planfault(&e->p->nodes[at], why);
		v = d.node == PLAN_NONE ? NULL : &e->p->nodes[d.node];
		if (v && (v->build || scope == PLAN_ALL || !d.where))
			addedge(e, d.node, d.kind, d.where && scope != PLAN_ALL);
		plandepfree(&d);
	}
	if (scope != PLAN_MISSING)
		return;
	chrootbegin(e->p->chroot);
	for (i = 0; plandep(e->p, at, i, &d); i++) {
		e->dep = &d;
		if (d.where)
			chrootwalk(e->p->chroot, d.side, d.pkg, addbehind, e);
		plandepfree(&d);
	}
	if (conflictsof(e->conflicts, at, &k))
		planfault(&e->p->nodes[at], conflictwords(&k));
	addruntime(e, at);
}

/* adds the edges of a queued job that was not asked for */
static void
addqueued(struct edges *e, size_t at)
{
	const struct pnode *v;
	struct pdep d;
	size_t i;

	e->at = at;
	chrootbegin(e->p->chroot);
	for (i = 0; plandep(e->p, at, i, &d); i++) {
		e->dep = &d;
		v = d.node == PLAN_NONE ? NULL : &e->p->nodes[d.node];
		if (v && (v->build || v->queued))
			addedge(e, d.node, d.kind, 1);
		else if (d.where)
			chrootwalk(e->p->chroot, d.side, d.pkg, addsoftly, e);
		plandepfree(&d);
	}
}

static struct graph *
unlinkedgraph(const struct plan *p)
{
	struct graph *g;
	size_t i;

	g = mkgraph();
	for (i = 0; i < p->n; i++)
		graphnode(g);
	return g;
}

/* returns the strongly connected component of each node, soft edges included;
 * the caller frees it */
static size_t *
components(const struct plan *p, const struct pedge *list, size_t n)
{
	struct graph *g;
	size_t *component, i, *order;

	g = unlinkedgraph(p);
	for (i = 0; i < n; i++)
		graphedge(g, list[i].from, list[i].to, list[i].kind);
	order = xcalloc(p->n, sizeof *order);
	component = xcalloc(p->n, sizeof *component);
	graphorder(g, order, component);
	free(order);
	graphdel(g);
	return component;
}

/* the nodes of a component whose soft edges are left out; n is 0 if it has none */
struct circle {
	size_t n;
	size_t *nodes;
};

/* returns the circles by component; freecircles frees them */
static struct circle *
findcircles(const struct edges *e, size_t nedges, const size_t *component)
{
	const struct pedge *l;
	struct circle *list, *c;
	char *has;
	size_t i;

	list = xcalloc(e->p->n, sizeof *list);
	has = xcalloc(e->p->n, 1);
	for (l = e->list; l < e->list + nedges; l++) {
		if (l->soft && component[l->from] == component[l->to])
			has[component[l->from]] = 1;
	}
	for (i = 0; i < e->p->n; i++) {
		c = &list[component[i]];
		if (!has[component[i]])
			continue;
		c->nodes = xgrow(c->nodes, c->n, sizeof *c->nodes);
		c->nodes[c->n++] = i;
	}
	free(has);
	return list;
}

static void
freecircles(struct circle *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(list[i].nodes);
	free(list);
}

/* Makes the graph of the edges, without the soft ones within a circle, since the
 * present packages will do there. Who waits for one node of a circle waits for all:
 * the others will be in the chroot too, and are built in any order. */
static void
makegraph(struct plan *p, const struct edges *e, size_t nedges)
{
	const struct circle *c;
	const struct pedge *l;
	struct circle *list;
	size_t *component, *last, i;

	component = components(p, e->list, nedges);
	list = findcircles(e, nedges, component);
	last = xcalloc(p->n, sizeof *last);
	p->graph = unlinkedgraph(p);
	for (l = e->list; l < e->list + nedges; l++) {
		c = &list[component[l->to]];
		if (l->soft && component[l->from] == component[l->to])
			continue;
		if (last[l->to] != l->from + 1)
			graphedge(p->graph, l->from, l->to, l->kind);
		last[l->to] = l->from + 1;
		for (i = 0; i < c->n && component[l->from] != component[l->to];
		    i++) {
			if (last[c->nodes[i]] != l->from + 1)
				graphedge(p->graph, l->from, c->nodes[i],
				    l->kind);
			last[c->nodes[i]] = l->from + 1;
		}
	}
	free(last);
	freecircles(list, p->n);
	free(component);
}

/* sets p->late to the edges of queued jobs, leaving out circles */
static void
addlate(struct plan *p, const struct edges *e, size_t from)
{
	const struct pedge *l;
	size_t *component;

	component = components(p, e->list, e->n);
	for (l = e->list + from; l < e->list + e->n; l++) {
		if (component[l->from] == component[l->to])
			continue;
		p->late = xgrow(p->late, p->nlate, sizeof *p->late);
		p->late[p->nlate++] = (struct late){ l->from, l->to };
	}
	free(component);
}

int
planmake(struct plan *p, enum planscope scope)
{
	struct edges e = { .p = p };
	size_t i, nedges;

	if (*confget(CONF_RELINK) && !p->relinks && !p->sides->bare &&
	    relinksopen(p) < 0)
		return -1;
	if (planfollow(p, scope) < 0)
		return -1;
	e.conflicts = mkconflicts(p, 0);
	e.last = xcalloc(p->n, sizeof *e.last);
	for (i = 0; i < p->n; i++) {
		if (p->followed[i])
			addedges(&e, i, scope);
	}
	nedges = e.n;
	makegraph(p, &e, nedges);
	for (i = 0; i < p->n; i++) {
		if (p->nodes[i].queued && !p->followed[i])
			addqueued(&e, i);
	}
	addlate(p, &e, nedges);
	free(e.list);
	free(e.last);
	conflictsdel(e.conflicts);
	return 0;
}
