#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "base/graph.h"
#include "base/table.h"
#include "base/x.h"
#include "plan/chroot.h"
#include "plan/plan.h"
#include "plan/sides.h"
#include "tree/tmpl.h"
#include "tree/tree.h"
#include "xbps/pkgver.h"
#include "xbps/repo.h"
#include "xbps/repos.h"

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
	p->sides = xcalloc(1, sizeof *p->sides);
	p->chroot = mkchroot(p->sides);
	p->asking = mktable();
	for (i = 0; i < SIDES; i++)
		p->numbers[i] = mktable();
	if (sidesopen(p->sides, bare, anew) < 0) {
		planclose(p);
		return NULL;
	}
	return p;
}

void
planclose(struct plan *p)
{
	size_t i;

	chrootdel(p->chroot);
	sidesclose(p->sides);
	free(p->sides);
	for (i = 0; i < SIDES; i++)
		tabledel(p->numbers[i]);
	for (i = 0; i < p->n; i++) {
		free(p->nodes[i].pkgver);
		free(p->nodes[i].had);
		free(p->nodes[i].behind);
		free(p->nodes[i].broken);
		free(p->nodes[i].fault);
	}
	for (i = 0; i < p->nasked; i++)
		free(p->asked[i].name);
	for (i = 0; i < p->nqueue; i++)
		free(p->queue[i].pkgver);
	free(p->queue);
	free(p->late);
	tabledel(p->asking);
	free(p->nodes);
	free(p->followed);
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

	place = tableput(p->numbers[side], source);
	if (!*place) {
		p->nodes = xgrow(p->nodes, p->n, sizeof *p->nodes);
		p->followed = xgrow(p->followed, p->n, 1);
		p->followed[p->n] = 0;
		v = &p->nodes[p->n++];
		memset(v, 0, sizeof *v);
		v->name = source;
		v->arch = p->sides->sides[side].arch;
		v->side = side;
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

	source = pkgvernameok(name) ? treesource(p->sides->tree, name) : NULL;
	if (!source) {
		near = treenear(p->sides->tree, name);
		if (near)
			warnx("%s: no template makes it: did you mean %s?", name,
			    near);
		else
			warnx("%s: no template makes it", name);
		return -1;
	}
	/* show-build-deps knows no other */
	side = p->sides->bare ? SIDE_TARGET :
	    sidesmaker(p->sides, name, SIDE_TARGET);
	if (side == SIDE_NONE) {
		warnx("%s: no build for %s makes it", name,
		    p->sides->sides[SIDE_TARGET].arch);
		return -1;
	}
	if (side == SIDE_32BIT && sidesopen32(p->sides, 1) < 0)
		return -1;
	place = tableput(p->asking, name);
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

void
planfault(struct pnode *v, char *why)
{
	if (v->fault)
		free(why);
	else
		v->fault = why;
}

void
planqueued(struct plan *p, const char *pkgver, const char *arch)
{
	const char *source;
	char *name;
	int side;

	name = xstrndup(pkgver, pkgvername(pkgver));
	source = treesource(p->sides->tree, name);
	if (source && strcmp(source, name) != 0)
		source = NULL;
	free(name);
	for (side = 0; source && side < SIDES; side++) {
		if (!p->sides->sides[side].arch ||
		    strcmp(p->sides->sides[side].arch, arch) != 0)
			continue;
		p->queue = xgrow(p->queue, p->nqueue, sizeof *p->queue);
		p->queue[p->nqueue++] = (struct queued){
		    .pkgver = xstrdup(pkgver), .node = node(p, side, source) };
		break;
	}
}

/* marks the nodes of jobs that are in the queue at the tree's version */
static void
enqueued(struct plan *p)
{
	const struct queued *q;
	struct pnode *v;

	for (q = p->queue; q < p->queue + p->nqueue; q++) {
		v = &p->nodes[q->node];
		if (v->pkgver && strcmp(v->pkgver, q->pkgver) == 0)
			v->queued = 1;
	}
}

/* takes over what the evaluation of a node's template found */
static void
takeover(struct plan *p, struct pnode *v)
{
	v->t = tmplget(p->sides->sides[v->side].ts, v->name);
	if (!v->t)
		planfault(v, xstrdup("no template"));
	else if (v->t->error)
		planfault(v, xasprintf("template: %s", v->t->error));
	else
		v->pkgver = xasprintf("%s-%s_%s", v->name, v->t->version,
		    v->t->revision);
}

/* templates of one side that are being evaluated for a plan */
struct ahead {
	struct plan *p;
	int side;
	enum planscope scope;
};

/* has what a template needs evaluated in the same go, if the plan will follow it: what
 * is missed here is evaluated with the next wave */
static void
lookahead(void *arg, const struct tmpl *t)
{
	const struct ahead *a = arg;
	const struct side *s = &a->p->sides->sides[a->side];
	struct want want;
	char *pkgver;
	size_t i;
	int has;

	if (t->error)
		return;
	pkgver = xasprintf("%s-%s_%s", t->name, t->version, t->revision);
	has = a->scope != PLAN_ALL && reposexact(s->repos, t->name, pkgver, NULL);
	free(pkgver);
	for (i = 0; !has && sideswant(a->p->sides, t, a->side, i, &want); i++) {
		if (want.source && want.maker == a->side)
			tmplalso(s->ts, want.source);
	}
}

/* evaluates the nodes that are not evaluated yet, those of one side together */
static int
evaluate(struct plan *p, enum planscope scope)
{
	struct ahead a = { .p = p, .scope = scope };
	const char **names;
	size_t i, n;
	int r;

	names = xcalloc(p->n - p->loaded, sizeof *names);
	r = 0;
	for (a.side = 0; a.side < SIDES && r == 0; a.side++) {
		n = 0;
		for (i = p->loaded; i < p->n; i++) {
			if (p->nodes[i].side == a.side)
				names[n++] = p->nodes[i].name;
		}
		if (n > 0)
			r = tmplload(p->sides->sides[a.side].ts, names, n,
			    scope == PLAN_ASKED ? NULL : lookahead, &a);
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
	return want->maker == SIDE_32BIT &&
	    reposdep(p->sides->sides[want->side].repos, want->pattern, NULL);
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
	for (i = 0; sideswant(p->sides, t, side, i, &want); i++) {
		if (!want.source || want.maker == SIDE_NONE ||
		    (scope != PLAN_ALL && had32(p, &want)))
			continue;
		if (want.maker == SIDE_32BIT &&
		    sidesopen32(p->sides, scope != PLAN_ALL) < 0)
			return -1;
		node(p, want.maker, want.source);
	}
	return 0;
}

/* whether a repository has what is newer than the tree's version, and that does
 * not take the newer one back; xbps-src counts such a package as not found */
static char *
newer(const struct plan *p, const struct pnode *v)
{
	const struct repopkg *has;

	has = reposnewer(p->sides->sides[v->side].repos, v->name,
	    pkgverversion(v->pkgver));
	if (!has || tmplreverts(v->t, pkgverversion(has->pkgver)))
		return NULL;
	return xstrdup(pkgverversion(has->pkgver));
}

/* adds the fault of a build whose packages the index would refuse; one that is
 * queued may be just about to enter it, in one sub-repository after the other */
static void
vain(struct plan *p, struct pnode *v)
{
	const struct repos *rs = p->sides->sides[v->side].repos;
	const struct repopkg *has;
	const char *version;
	size_t i;
	int c;

	version = pkgverversion(v->pkgver);
	for (i = 0; i < v->t->nmakes; i++) {
		has = reposours(rs, v->t->makes[i]);
		if (!has)
			continue;
		c = pkgvercmp(pkgverversion(has->pkgver), version);
		if (c == 0)
			planfault(v, xasprintf("the build repository has %s, and "
			    "its index takes no other of that version: raise the "
			    "revision (spiff-bump %s), or -f", has->pkgver,
			    v->name));
		else if (c > 0 && !tmplreverts(v->t, pkgverversion(has->pkgver)))
			planfault(v, xasprintf("the build repository has %s, and "
			    "its index takes no older version unless the template "
			    "reverts it, or with -f", has->pkgver));
	}
}

/* sets why what the build repository has of a node's packages cannot be installed,
 * if it cannot */
static void
findbroken(struct plan *p, struct pnode *v)
{
	const struct repopkg *has;
	const char *soname;
	size_t i;

	for (i = 0; v->t && !v->t->error && i < v->t->nmakes && !v->broken; i++) {
		has = reposours(p->sides->sides[v->side].repos, v->t->makes[i]);
		soname = has ? sidesbroken(p->sides, v->side, has,
		    &v->staged) : NULL;
		if (soname)
			v->broken = xstrdup(soname);
	}
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
		planfault(v, xstrdup(v->t->refused));
	if (!v->pkgver)
		return;
	has = reposname(p->sides->sides[v->side].repos, v->name, NULL);
	v->there = has && strcmp(has->pkgver, v->pkgver) == 0;
	if (has && !v->there)
		v->had = xstrdup(pkgverversion(has->pkgver));
	if (!v->there)
		v->behind = newer(p, v);
	findbroken(p, v);
	if (p->strict && !v->forced && !v->queued && v->t && !v->t->error)
		vain(p, v);
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

/* marks what a followed node needs and no repository has, and collects the nodes
 * to follow from it; own packages are no reason: a build makes them all at once */
static void
follow(struct plan *p, size_t at, enum planscope scope, struct work *w)
{
	struct pdep d;
	size_t i;

	for (i = 0; plandep(p, at, i, &d); i++) {
		if (d.node != at && d.node != PLAN_NONE) {
			if (!d.where)
				mustbuild(p, &p->nodes[d.node]);
			if (!d.where || scope == PLAN_ALL)
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
	if (tmplmakes(v->t, r->name) >= 0 || side != SIDE_TARGET) {
		name = r->name;
		side = SIDE_TARGET;
	}
	pkgver = xasprintf("%s%s", name, v->pkgver + strlen(v->name));
	has = reposexact(p->sides->sides[side].repos, name, pkgver, NULL) != NULL;
	free(pkgver);
	return has;
}

/* A package that is there, but broken, is in the plan so that people see it. What
 * only enqueues it is told what to do, since the index would refuse what comes
 * of it. */
static void
unsound(struct plan *p, struct pnode *v)
{
	if (v->build)
		return;
	findbroken(p, v);
	if (!v->broken)
		return;
	if (p->strict) {
		warnx("%s: %s: %s %s: raise its revision (spiff-bump %s), or -f",
		    v->pkgver, v->staged ? "staged" : "broken",
		    v->staged ? "the stage takes away" : "no repository has",
		    v->broken, v->name);
		p->refused = 1;
		return;
	}
	v->build = v->there = 1;
}

/* whether a package is one for 32 bits that a build for i686 does not make */
static int
without32(const struct plan *p, const struct tmpl *t, const char *name)
{
	char *base;
	int r;

	if (!t || t->error || !treebeside(p->sides->tree, name))
		return 0;
	base = xstrndup(name, strlen(name) - strlen("-32bit"));
	r = tmplno32(t, base);
	free(base);
	return r;
}

static void
start(struct plan *p, enum planscope scope, struct work *w)
{
	const struct asked *a;
	struct pnode *v;

	for (a = p->asked; a < p->asked + p->nasked; a++) {
		v = &p->nodes[a->node];
		v->asked = 1;
		if (scope == PLAN_ASKED)
			findbroken(p, v);
		if (v->forced || !present(p, a))
			mustbuild(p, v);
		else if (scope == PLAN_MISSING)
			unsound(p, v);
		if (v->build && v->side != SIDE_TARGET && without32(p, v->t, a->name))
			planfault(v, xasprintf("its build makes no %s", a->name));
		if (scope == PLAN_ALL || (scope == PLAN_MISSING && v->build))
			push(p, w, a->node);
	}
}

/* what present packages need and no repository has, and so may have to be built */
struct survey {
	struct plan *p;
	struct lack {
		size_t node;
		char *name;	/* binary package */
		const char *pattern;	/* NULL: any version but the present one */
	} *lacks;
	size_t n;
	int r;
};

/* notes that a package is lacking, if a template makes it */
static void
addlack(struct survey *sv, int side, const char *dep, const char *pattern)
{
	struct sides *w = sv->p->sides;
	const char *source;
	char *name;
	int maker;

	name = pkgverdep(dep);
	source = pkgvernameok(name) ? treesource(w->tree, name) : NULL;
	maker = source ? sidesmaker(w, name, side) : SIDE_NONE;
	if (maker == SIDE_32BIT && sidesopen32(w, 1) < 0)
		sv->r = -1;
	if (maker == SIDE_NONE || sv->r < 0) {
		free(name);
		return;
	}
	sv->lacks = xgrow(sv->lacks, sv->n, sizeof *sv->lacks);
	sv->lacks[sv->n++] = (struct lack){ .name = name, .pattern = pattern,
	    .node = node(sv->p, maker, source) };
}

static int
surveyed(const struct member *m, void *arg)
{
	struct survey *sv = arg;
	size_t i;

	if (planawaits(sv->p, m->side, m->pkg->name) != PLAN_NONE)
		return 0;
	for (i = 0; i < m->nlinks; i++) {
		if (!m->links[i].pkg)
			addlack(sv, m->side, m->links[i].pattern,
			    m->links[i].pattern);
	}
	if (sidesbroken(sv->p->sides, m->side, m->pkg, NULL))
		addlack(sv, m->side, m->pkg->name, NULL);
	return 1;
}

/* marks and follows what is lacking and what the tree's version would mend */
static void
mend(struct survey *sv, struct work *w)
{
	const struct lack *l;
	struct pnode *v;
	char *pkgver;

	for (l = sv->lacks; l < sv->lacks + sv->n; l++) {
		v = &sv->p->nodes[l->node];
		if (v->build || !v->pkgver)
			continue;
		pkgver = xasprintf("%s%s", l->name, v->pkgver + strlen(v->name));
		if (l->pattern ? pkgvermatch(pkgver, l->pattern) :
		    !reposexact(sv->p->sides->sides[v->side].repos, l->name,
		    pkgver, NULL)) {
			mustbuild(sv->p, v);
			push(sv->p, w, l->node);
		}
		free(pkgver);
	}
}

/* looks behind the present packages that the followed nodes are built with */
static int
survey(struct plan *p, struct work *w)
{
	struct survey sv = { .p = p };
	struct pdep d;
	size_t at, i;

	chrootbegin(p->chroot);
	for (at = 0; at < p->n; at++) {
		for (i = 0; p->followed[at] && plandep(p, at, i, &d); i++) {
			if (d.where)
				chrootwalk(p->chroot, d.side, d.pkg, surveyed,
				    &sv);
			plandepfree(&d);
		}
	}
	if (sv.r == 0)
		sv.r = evaluate(p, PLAN_MISSING);
	if (sv.r == 0)
		mend(&sv, w);
	for (i = 0; i < sv.n; i++)
		free(sv.lacks[i].name);
	free(sv.lacks);
	return sv.r;
}

/* Follows the nodes in waves until there is nothing new: the templates of a wave
 * are evaluated side by side, and only when the versions of its dependencies are
 * known can be said which of them have to be followed. */
static int
waves(struct plan *p, enum planscope scope, struct work *now)
{
	struct work next = {0}, swap;
	size_t i;
	int r;

	r = 0;
	while (r == 0 && now->n > 0) {
		for (i = 0; r == 0 && i < now->n; i++)
			r = discover(p, now->nodes[i], scope);
		if (r == 0)
			r = evaluate(p, scope);
		next.n = 0;
		for (i = 0; r == 0 && i < now->n; i++)
			follow(p, now->nodes[i], scope, &next);
		swap = *now;
		*now = next;
		next = swap;
	}
	free(next.nodes);
	return r;
}

int
planfollow(struct plan *p, enum planscope scope)
{
	struct work now = {0};
	int r;

	r = evaluate(p, scope);
	if (r == 0) {
		enqueued(p);
		start(p, scope, &now);
	}
	do {
		r = r < 0 ? r : waves(p, scope, &now);
		if (r == 0 && scope == PLAN_MISSING)
			r = survey(p, &now);
	} while (r == 0 && now.n > 0);
	free(now.nodes);
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
	if (!source || side == SIDE_NONE)
		return PLAN_NONE;
	return (size_t)tableget(p->numbers[side], source) - 1;
}

size_t
planawaits(const struct plan *p, int side, const char *name)
{
	const char *source;
	size_t at;

	source = treesource(p->sides->tree, name);
	if (!source)
		return PLAN_NONE;
	at = plannumber(p, sidesmaker(p->sides, name, side), source);
	if (at == PLAN_NONE || !(p->nodes[at].build || p->nodes[at].queued))
		return PLAN_NONE;
	return at;
}

size_t
planfind(const struct plan *p, const char *name)
{
	const char *source;

	source = pkgvernameok(name) ? treesource(p->sides->tree, name) : NULL;
	return plannumber(p, 1, source);
}

/* looks for the binary package that is wanted; sets what d says of it */
static void
satisfy(const struct plan *p, const struct want *want, struct pdep *d)
{
	const struct repos *rs = p->sides->sides[want->side].repos;
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
	    !sideswant(p->sides, v->t, v->side, i, &want))
		return 0;
	d->name = want.name;
	d->pattern = want.pattern;
	d->source = want.source;
	d->arch = p->sides->sides[want.side].arch;
	d->side = want.side;
	d->kind = want.kind;
	d->node = plannumber(p, want.maker, want.source);
	if (want.maker != want.side && d->node != PLAN_NONE &&
	    without32(p, p->nodes[d->node].t, want.name))
		d->node = PLAN_NONE;
	satisfy(p, &want, d);
	return 1;
}

void
plandepfree(struct pdep *d)
{
	free(d->pkgver);
	d->pkgver = NULL;
}
