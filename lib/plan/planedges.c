#include <stdlib.h>
#include <string.h>

#include "base/graph.h"
#include "base/x.h"
#include "plan/chroot.h"
#include "plan/plan.h"
#include "plan/sides.h"
#include "tree/tmpl.h"
#include "xbps/pkgver.h"
#include "xbps/repo.h"
#include "xbps/repos.h"

struct pedge {
	size_t from, to;
	int kind;
	int soft;	/* a repository has what is needed, though not the one that
			 * will be built */
};

struct edges {
	struct plan *p;
	struct pedge *list;
	size_t n;
	size_t *last;	/* by node: where its last edge comes from + 1 */
	size_t at;	/* whose edges are added */
	const struct member **rivals;	/* of its chroot: those that conflict with
					 * others */
	size_t nrivals;
	const struct pdep *dep;	/* the one that is walked behind */
};

/* adds an edge unless there is one */
static void
join(struct edges *e, size_t to, int kind, int soft)
{
	if (to == e->at || e->last[to] == e->at + 1)
		return;
	e->last[to] = e->at + 1;
	e->list = xgrow(e->list, e->n, sizeof *e->list);
	e->list[e->n++] = (struct pedge){ .from = e->at, .to = to, .kind = kind,
	    .soft = soft };
}

/* whether what a package needs at run time can be had once all is built: by what
 * the tree makes, or from a repository */
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

/* A build that needs a package of its own beforehand. xbps-src looks away where
 * it is needed at run time, and where a subpackage is needed to run on a machine
 * for which it is built. */
static int
needsitself(const struct plan *p, size_t at, const struct pdep *d)
{
	const struct pnode *v = &p->nodes[at];

	if (d->node != at || d->where || d->kind == TMPL_RUN)
		return 0;
	return d->kind == TMPL_MAKE || strcmp(d->name, v->name) == 0;
}

char *
planunmet(const struct plan *p, size_t at, const struct pdep *d)
{
	if (needsitself(p, at, d))
		return xasprintf("needs itself, %s, before it is built, and no "
		    "repository has that", d->name);
	if (d->node == PLAN_NONE && !d->where)
		return xasprintf("needs %s, which no %s makes and no repository "
		    "has", d->name, d->source ? "build" : "template");
	if (!canrun(p, d))
		return xasprintf("needs %s, but the tree makes %s, and no "
		    "repository has another", d->pattern, d->pkgver);
	return NULL;
}

size_t
planmeets(const struct plan *p, int side, const char *pattern)
{
	const struct pnode *v;
	char *name, *pkgver;
	size_t at;
	int met;

	name = pkgverdep(pattern);
	at = pkgvernameok(name) ? planawaits(p, side, name) : PLAN_NONE;
	met = 0;
	if (at != PLAN_NONE && p->nodes[at].pkgver) {
		v = &p->nodes[at];
		pkgver = xasprintf("%s%s", name, v->pkgver + strlen(v->name));
		met = strcmp(name, pattern) == 0 || pkgvermatch(pkgver, pattern);
		free(pkgver);
	}
	free(name);
	return met ? at : PLAN_NONE;
}

static void
lacking(struct edges *e, const struct member *m, const char *what,
    const char *why)
{
	const char *dep = e->dep->pkg->pkgver;

	planfault(&e->p->nodes[e->at], strcmp(dep, m->pkg->pkgver) == 0 ?
	    xasprintf("needs %s, which needs %s%s", dep, what, why) :
	    xasprintf("needs %s, and by that %s, which needs %s%s", dep,
	    m->pkg->pkgver, what, why));
}

/* comes by a present package of the chroot: what is to be built in its place, or
 * what it lacks, is waited for */
static int
visit(const struct member *m, void *arg)
{
	struct edges *e = arg;
	const char *soname;
	size_t i, to;

	to = planawaits(e->p, m->side, m->pkg->name);
	if (to != PLAN_NONE) {
		join(e, to, e->dep->kind, 1);
		return 0;
	}
	if (*m->pkg->conflicts) {
		e->rivals = xgrow(e->rivals, e->nrivals, sizeof *e->rivals);
		e->rivals[e->nrivals++] = m;
	}
	for (i = 0; i < m->nlinks; i++) {
		if (m->links[i].pkg)
			continue;
		to = planmeets(e->p, m->side, m->links[i].pattern);
		if (to != PLAN_NONE)
			join(e, to, e->dep->kind, 1);
		else
			lacking(e, m, m->links[i].pattern,
			    ", which no repository has");
	}
	soname = sidesbroken(e->p->sides, m->side, m->pkg, NULL);
	if (soname)
		lacking(e, m, soname, ", which no repository provides any more");
	return 1;
}

/* comes by a present package that is no reason for a fault */
static int
visitlate(const struct member *m, void *arg)
{
	struct edges *e = arg;
	size_t to;

	to = planawaits(e->p, m->side, m->pkg->name);
	if (to != PLAN_NONE)
		join(e, to, e->dep ? e->dep->kind : TMPL_RUN, 1);
	return to == PLAN_NONE || to == e->at;
}

/* What the packages of a node needed at run time when they were built the last time,
 * libraries above all, they will need again, and who is built with them too: so it
 * comes before them. */
static void
needed(struct edges *e, size_t at)
{
	const struct pnode *v = &e->p->nodes[at];
	const struct repopkg *has;
	size_t i;

	e->dep = NULL;
	for (i = 0; v->t && !v->t->error && i < v->t->nmakes; i++) {
		has = reposname(e->p->sides->side[v->side].repos,
		    v->t->makes[i], NULL);
		if (has)
			chrootwalk(e->p->chroot, v->side, has, visitlate, e);
	}
}

/* adds the fault of a build whose chroot cannot have all that it needs, since one
 * conflicts with another */
static void
conflicts(struct edges *e)
{
	const struct repopkg *other;
	const struct member *m;
	const char *const *pattern;
	char *name;
	size_t i;

	for (i = 0; i < e->nrivals; i++) {
		m = e->rivals[i];
		for (pattern = m->pkg->conflicts; *pattern; pattern++) {
			name = pkgverdep(*pattern);
			other = strcmp(name, m->pkg->name) == 0 ? NULL :
			    chroothas(e->p->chroot, m->side, name);
			free(name);
			if (other && pkgvermatch(other->pkgver, *pattern) &&
			    planawaits(e->p, m->side, other->name) == PLAN_NONE)
				planfault(&e->p->nodes[e->at], xasprintf("needs "
				    "both %s and %s, which conflict",
				    m->pkg->pkgver, other->pkgver));
		}
	}
	e->nrivals = 0;
}

/* adds the edges of a followed node: those that its template names first */
static void
followed(struct edges *e, size_t at, enum planscope scope)
{
	const struct pnode *v;
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
			join(e, d.node, d.kind, d.where && scope != PLAN_ALL);
		plandepfree(&d);
	}
	if (scope != PLAN_MISSING)
		return;
	chrootbegin(e->p->chroot);
	for (i = 0; plandep(e->p, at, i, &d); i++) {
		e->dep = &d;
		if (d.where)
			chrootwalk(e->p->chroot, d.side, d.pkg, visit, e);
		plandepfree(&d);
	}
	conflicts(e);
	needed(e, at);
}

/* adds the edges of a queued job that nobody asked for */
static void
queuedonly(struct edges *e, size_t at)
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
			join(e, d.node, d.kind, 1);
		else if (d.where)
			chrootwalk(e->p->chroot, d.side, d.pkg, visitlate, e);
		plandepfree(&d);
	}
}

static struct graph *
graphof(const struct plan *p)
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

	g = graphof(p);
	for (i = 0; i < n; i++)
		graphedge(g, list[i].from, list[i].to, list[i].kind);
	order = xcalloc(p->n, sizeof *order);
	component = xcalloc(p->n, sizeof *component);
	graphorder(g, order, component);
	free(order);
	graphdel(g);
	return component;
}

/* a circle of packages whose soft edges gave way */
struct circle {
	size_t n;	/* nodes; 0: no edge gave way */
	size_t *nodes;
};

/* finds the circles, by component; the caller frees them with circlesfree */
static struct circle *
circles(const struct edges *e, size_t nedges, const size_t *component)
{
	const struct pedge *l;
	struct circle *list, *c;
	char *gave;
	size_t i;

	list = xcalloc(e->p->n, sizeof *list);
	gave = xcalloc(e->p->n, 1);
	for (l = e->list; l < e->list + nedges; l++) {
		if (l->soft && component[l->from] == component[l->to])
			gave[component[l->from]] = 1;
	}
	for (i = 0; i < e->p->n; i++) {
		c = &list[component[i]];
		if (!gave[component[i]])
			continue;
		c->nodes = xgrow(c->nodes, c->n, sizeof *c->nodes);
		c->nodes[c->n++] = i;
	}
	free(gave);
	return list;
}

static void
circlesfree(struct circle *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(list[i].nodes);
	free(list);
}

/* Makes the graph of the edges. Soft ones give way where they close a circle, since
 * what is present will do; who waits for one of a circle waits for all of it, as
 * the one may have been built before another that will be in the chroot too. */
static void
makegraph(struct plan *p, const struct edges *e, size_t nedges)
{
	const struct circle *c;
	const struct pedge *l;
	struct circle *list;
	size_t *component, *last, i;

	component = components(p, e->list, nedges);
	list = circles(e, nedges, component);
	last = xcalloc(p->n, sizeof *last);
	p->graph = graphof(p);
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
	circlesfree(list, p->n);
	free(component);
}

/* notes what queued jobs that nobody asked for wait for, but for circles */
static void
makelate(struct plan *p, const struct edges *e, size_t from)
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

	if (planfollow(p, scope) < 0)
		return -1;
	e.last = xcalloc(p->n, sizeof *e.last);
	for (i = 0; i < p->n; i++) {
		if (p->followed[i])
			followed(&e, i, scope);
	}
	nedges = e.n;
	makegraph(p, &e, nedges);
	for (i = 0; i < p->n; i++) {
		if (p->nodes[i].queued && !p->followed[i])
			queuedonly(&e, i);
	}
	makelate(p, &e, nedges);
	free(e.list);
	free(e.last);
	free(e.rivals);
	return 0;
}
