#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "base/graph.h"
#include "base/table.h"
#include "base/x.h"
#include "plan/plan.h"
#include "plan/sides.h"
#include "tree/template.h"
#include "tree/tree.h"
#include "xbps/repo.h"
#include "xbps/repos.h"
#include "xbps/version.h"

/* the nodes of a wave */
struct work {
	size_t *nodes;
	size_t n;
};

struct plan *
planopen(int bare, int anew)
{
	struct plan *p;
	int i;

	p = xcalloc(1, sizeof *p);
	p->world = xcalloc(1, sizeof *p->world);
	p->graph = mkgraph();
	p->asking = mktab();
	for (i = 0; i < WORLD_SIDES; i++)
		p->numbers[i] = mktab();
	if (worldopen(p->world, bare, anew) < 0) {
		planclose(p);
		return NULL;
	}
	return p;
}

void
planclose(struct plan *p)
{
	size_t i;

	worldclose(p->world);
	free(p->world);
	for (i = 0; i < WORLD_SIDES; i++)
		tabdel(p->numbers[i]);
	for (i = 0; i < p->n; i++) {
		free(p->nodes[i].pkgver);
		free(p->nodes[i].had);
		free(p->nodes[i].fault);
	}
	for (i = 0; i < p->nasked; i++)
		free(p->asked[i].name);
	tabdel(p->asking);
	free(p->nodes);
	free(p->followed);
	free(p->edgefrom);
	free(p->asked);
	graphdel(p->graph);
	free(p);
}

/* returns the node of a source package, made when new */
static size_t
node(struct plan *p, int side, const char *source)
{
	struct pnode *v;
	void **place;

	place = tabput(p->numbers[side], source);
	if (!*place) {
		p->nodes = xgrow(p->nodes, p->n, sizeof *p->nodes);
		p->followed = xgrow(p->followed, p->n, 1);
		p->followed[p->n] = 0;
		p->edgefrom = xgrow(p->edgefrom, p->n, sizeof *p->edgefrom);
		p->edgefrom[p->n] = 0;
		v = &p->nodes[p->n++];
		memset(v, 0, sizeof *v);
		v->name = source;
		v->arch = p->world->sides[side].arch;
		v->side = side;
		graphnode(p->graph);
		*place = (void *)p->n;
	}
	return (size_t)*place - 1;
}

int
planask(struct plan *p, const char *name, int forced)
{
	const char *near, *source;
	struct asked *r;
	void **place;
	int side;

	source = vernameok(name) ? treesource(p->world->tree, name) : NULL;
	if (!source) {
		near = treenear(p->world->tree, name);
		if (near)
			warnx("%s: no template makes it: did you mean %s?", name,
			    near);
		else
			warnx("%s: no template makes it", name);
		return -1;
	}
	/* show-build-deps knows no other */
	side = p->world->bare ? WORLD_TARGET :
	    worldmaker(p->world, name, WORLD_TARGET);
	if (side == WORLD_NONE) {
		warnx("%s: no build for %s makes it", name,
		    p->world->sides[WORLD_TARGET].arch);
		return -1;
	}
	if (side == WORLD_32BIT && worldopen32(p->world, 1) < 0)
		return -1;
	place = tabput(p->asking, name);
	if (!*place) {
		p->asked = xgrow(p->asked, p->nasked, sizeof *p->asked);
		r = &p->asked[p->nasked++];
		r->name = xstrdup(name);
		r->node = node(p, side, source);
		*place = (void *)p->nasked;
	}
	if (forced)
		p->nodes[p->asked[(size_t)*place - 1].node].forced = 1;
	return 0;
}

static void
addfault(struct pnode *v, char *why)
{
	if (v->fault)
		free(why);
	else
		v->fault = why;
}

/* takes over what the evaluation of a node's template found */
static void
takeover(struct plan *p, struct pnode *v)
{
	v->t = tmplget(p->world->sides[v->side].ts, v->name);
	if (!v->t)
		addfault(v, xstrdup("no template"));
	else if (v->t->error)
		addfault(v, xasprintf("template: %s", v->t->error));
	else
		v->pkgver = xasprintf("%s-%s_%s", v->name, v->t->version,
		    v->t->revision);
}

/* evaluates the nodes that are not evaluated yet, those of one side together */
static int
evaluate(struct plan *p)
{
	const char **names;
	size_t i, n;
	int r, side;

	names = xcalloc(p->n - p->loaded, sizeof *names);
	r = 0;
	for (side = 0; side < WORLD_SIDES && r == 0; side++) {
		n = 0;
		for (i = p->loaded; i < p->n; i++) {
			if (p->nodes[i].side == side)
				names[n++] = p->nodes[i].name;
		}
		if (n > 0)
			r = tmplload(p->world->sides[side].ts, names, n);
	}
	free(names);
	for (; r == 0 && p->loaded < p->n; p->loaded++)
		takeover(p, &p->nodes[p->loaded]);
	return r;
}

/* whether somebody has what only the builds of a side make that may not even be
 * open: that has no version to be known first */
static int
had32(const struct plan *p, const struct want *want)
{
	return want->maker == WORLD_32BIT &&
	    reposdep(p->world->sides[want->side].repos, want->pattern, NULL);
}

/* makes nodes for what a node depends on; -1 after a message */
static int
discover(struct plan *p, size_t at, enum planscope scope)
{
	const struct pnode *v = &p->nodes[at];
	const struct tmpl *t = v->t;
	struct want want;
	int side;
	size_t i;

	if (!t || t->error)
		return 0;
	side = v->side;	/* node() may move what v points to */
	for (i = 0; worldwant(p->world, t, side, i, &want); i++) {
		if (!want.source || want.maker == WORLD_NONE ||
		    (scope != PLAN_ALL && had32(p, &want)))
			continue;
		if (want.maker == WORLD_32BIT &&
		    worldopen32(p->world, scope != PLAN_ALL) < 0)
			return -1;
		node(p, want.maker, want.source);
	}
	return 0;
}

/* marks a node as one that has to be built */
static void
mustbuild(struct plan *p, struct pnode *v)
{
	const struct repopkg *has;

	if (v->build)
		return;
	v->build = 1;
	if (v->t && !v->t->error && v->t->refused)
		addfault(v, xstrdup(v->t->refused));
	has = reposname(p->world->sides[v->side].repos, v->name, NULL);
	if (!has || !v->pkgver)
		return;
	v->there = strcmp(has->pkgver, v->pkgver) == 0;
	if (!v->there)
		v->had = xstrdup(verversion(has->pkgver));
}

/* appends a node to the wave unless it was in one before */
static void
push(struct plan *p, struct work *w, size_t at)
{
	if (p->followed[at])
		return;
	p->followed[at] = 1;
	w->nodes = xgrow(w->nodes, w->n, sizeof *w->nodes);
	w->nodes[w->n++] = at;
}

/* adds an edge unless there is one */
static void
join(struct plan *p, size_t from, size_t to, int kind)
{
	if (p->edgefrom[to] == from + 1)
		return;
	p->edgefrom[to] = from + 1;
	graphedge(p->graph, from, to, kind);
}

/* adds a followed node's edges and collects the nodes to follow from it; own
 * packages need no edge: a build makes them all at once */
static void
connect(struct plan *p, size_t at, enum planscope scope, struct work *w)
{
	struct pdep d;
	size_t i;

	for (i = 0; plandep(p, at, i, &d); i++) {
		if (d.node == at) {
			plandepfree(&d);
			continue;
		}
		if (d.node == PLAN_NONE && !d.where)
			addfault(&p->nodes[at], xasprintf("needs %s, which no "
			    "%s makes and no repository has", d.name,
			    d.source ? "build" : "template"));
		if (d.node != PLAN_NONE && !d.where)
			mustbuild(p, &p->nodes[d.node]);
		if (d.node != PLAN_NONE && (!d.where || scope == PLAN_ALL)) {
			join(p, at, d.node, d.kind);
			push(p, w, d.node);
		}
		plandepfree(&d);
	}
}

/* whether the package asked for is in a repository at the template's version */
static int
present(const struct plan *p, const struct asked *r)
{
	const struct pnode *v = &p->nodes[r->node];
	const char *name;
	char *pkgver;
	int has, side;

	if (!v->pkgver)
		return 0;
	/* -dbg packages are made only where there is need of one; what one side
	 * makes for another is looked for there */
	name = v->name;
	side = v->side;
	if (tmplmakes(v->t, r->name) >= 0 || side != WORLD_TARGET) {
		name = r->name;
		side = WORLD_TARGET;
	}
	pkgver = xasprintf("%s%s", name, v->pkgver + strlen(v->name));
	has = reposexact(p->world->sides[side].repos, name, pkgver, NULL) != NULL;
	free(pkgver);
	return has;
}

static void
start(struct plan *p, enum planscope scope, struct work *w)
{
	struct pnode *v;
	size_t i;

	for (i = 0; i < p->nasked; i++) {
		v = &p->nodes[p->asked[i].node];
		if (v->forced || !present(p, &p->asked[i]))
			mustbuild(p, v);
		if (scope == PLAN_ALL || (scope == PLAN_MISSING && v->build))
			push(p, w, p->asked[i].node);
	}
}

/* Goes over the graph in waves: the templates of one are evaluated side by
 * side, and only when the versions of its dependencies are known too can be
 * said which of them have to be followed. */
int
planmake(struct plan *p, enum planscope scope)
{
	struct work now = {0}, next = {0}, swap;
	size_t i;
	int r;

	r = evaluate(p);
	if (r == 0)
		start(p, scope, &now);
	while (r == 0 && now.n > 0) {
		for (i = 0; r == 0 && i < now.n; i++)
			r = discover(p, now.nodes[i], scope);
		if (r == 0)
			r = evaluate(p);
		next.n = 0;
		for (i = 0; r == 0 && i < now.n; i++)
			connect(p, now.nodes[i], scope, &next);
		swap = now;
		now = next;
		next = swap;
	}
	free(now.nodes);
	free(next.nodes);
	return r;
}

const char *
plankind(int kind)
{
	static const char *const words[] = {
		[TMPL_HOST] = "host",
		[TMPL_CHECK] = "check",
		[TMPL_MAKE] = "make",
		[TMPL_RUN] = "run",
	};

	return words[kind];
}

size_t
plannumber(const struct plan *p, int side, const char *source)
{
	/* the table has node + 1, nothing is 0, and PLAN_NONE is one less */
	if (!source || side == WORLD_NONE)
		return PLAN_NONE;
	return (size_t)tabget(p->numbers[side], source) - 1;
}

size_t
planfind(const struct plan *p, const char *name)
{
	const char *source;

	source = vernameok(name) ? treesource(p->world->tree, name) : NULL;
	return plannumber(p, 1, source);
}

/* looks for the binary package that is wanted; sets what d says of it */
static void
satisfy(const struct plan *p, const struct want *want, struct pdep *d)
{
	const struct repos *rs = p->world->sides[want->side].repos;
	const struct pnode *v;

	v = d->node == PLAN_NONE ? NULL : &p->nodes[d->node];
	if (!v || want->any) {
		d->pkg = reposdep(rs, want->pattern, &d->where);
	} else if (v->pkgver) {
		d->pkgver = xasprintf("%s%s", want->name,
		    v->pkgver + strlen(v->name));
		d->pkg = reposexact(rs, want->name, d->pkgver, &d->where);
	}
	if (!d->pkg)
		d->where = NULL;
	if (!d->pkgver && d->pkg)
		d->pkgver = xstrdup(d->pkg->pkgver);
	else if (!d->pkgver && v && v->pkgver)
		d->pkgver = xasprintf("%s%s", want->name,
		    v->pkgver + strlen(v->name));
}

int
plandep(const struct plan *p, size_t at, size_t i, struct pdep *d)
{
	const struct pnode *v = &p->nodes[at];
	struct want want;

	memset(d, 0, sizeof *d);
	if (!v->t || v->t->error ||
	    !worldwant(p->world, v->t, v->side, i, &want))
		return 0;
	d->name = want.name;
	d->source = want.source;
	d->arch = p->world->sides[want.side].arch;
	d->side = want.side;
	d->kind = want.kind;
	d->node = plannumber(p, want.maker, want.source);
	satisfy(p, &want, d);
	return 1;
}

void
plandepfree(struct pdep *d)
{
	free(d->pkgver);
	d->pkgver = NULL;
}
