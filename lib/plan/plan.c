#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/graph.h"
#include "base/table.h"
#include "base/x.h"
#include "plan/chroot.h"
#include "plan/plan.h"
#include "plan/relink.h"
#include "plan/sides.h"
#include "spool/limits.h"
#include "tree/tmpl.h"
#include "tree/tree.h"
#include "xbps/pkgver.h"
#include "xbps/repo.h"
#include "xbps/repos.h"

/* the nodes that are followed next */
struct wave {
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
	p->limits = mklimits();
	limitsread(p->limits);
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

	relinksclose(p->relinks);
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
		free(p->nodes[i].relink);
		free(p->nodes[i].fault);
	}
	for (i = 0; i < p->nasked; i++)
		free(p->asked[i].name);
	for (i = 0; i < p->nqueue; i++)
		free(p->queue[i].pkgver);
	free(p->queue);
	free(p->late);
	tabledel(p->asking);
	limitsdel(p->limits);
	free(p->nodes);
	free(p->followed);
	free(p->asked);
	graphdel(p->graph);
	free(p);
}

/* returns the node of a source package, which it makes if need be */
static size_t
nodefor(struct plan *p, int side, const char *source)
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
		v->arch = p->sides->side[side].arch;
		v->side = side;
		*place = (void *)p->n;
	}
	return (size_t)*place - 1;
}

int
planask(struct plan *p, const char *name, int how)
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
	/* as for xbps-src show-build-deps */
	side = p->sides->bare ? SIDE_TARGET :
	    sidesmaker(p->sides, name, SIDE_TARGET);
	if (side == SIDE_NONE) {
		warnx("%s: no build for %s makes it", name,
		    p->sides->side[SIDE_TARGET].arch);
		return -1;
	}
	if (side == SIDE_32BIT && sidesopen32(p->sides, 1) < 0)
		return -1;
	place = tableput(p->asking, name);
	if (!*place) {
		p->asked = xgrow(p->asked, p->nasked, sizeof *p->asked);
		r = &p->asked[p->nasked++];
		r->name = xstrdup(name);
		r->node = nodefor(p, side, source);
		r->path = 1;
		*place = (void *)p->nasked;
	}
	r = &p->asked[(size_t)*place - 1];
	r->path &= (how & PLAN_PATH) != 0;
	if (how & PLAN_FORCED)
		p->nodes[r->node].forced = 1;
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
		if (!p->sides->side[side].arch ||
		    strcmp(p->sides->side[side].arch, arch) != 0)
			continue;
		p->queue = xgrow(p->queue, p->nqueue, sizeof *p->queue);
		p->queue[p->nqueue++] = (struct queued){
		    .pkgver = xstrdup(pkgver), .node = nodefor(p, side, source) };
		break;
	}
}

/* marks the nodes whose jobs in the queue build the tree's version */
static void
markqueued(struct plan *p)
{
	const struct queued *q;
	struct pnode *v;

	for (q = p->queue; q < p->queue + p->nqueue; q++) {
		v = &p->nodes[q->node];
		if (v->pkgver && strcmp(v->pkgver, q->pkgver) == 0)
			v->queued = 1;
	}
}

static void
readtmpl(struct plan *p, struct pnode *v)
{
	v->t = sidestmpl(p->sides, v->side, v->name);
	if (!v->t)
		planfault(v, xstrdup("no template"));
	else if (v->t->error)
		planfault(v, xasprintf("template: %s", v->t->error));
	else
		v->pkgver = xasprintf("%s-%s_%s", v->name, v->t->version,
		    v->t->revision);
}

struct loading {
	struct plan *p;
	int side;
	enum planscope scope;
};

/* has the dependencies of an evaluated template evaluated at once if the plan follows
 * them; those overlooked here come with the next wave */
static void
loadneeds(void *arg, const struct tmpl *t)
{
	const struct loading *l = arg;
	const struct side *s = &l->p->sides->side[l->side];
	struct want want;
	char *pkgver;
	size_t i;
	int has;

	if (t->error)
		return;
	pkgver = xasprintf("%s-%s_%s", t->name, t->version, t->revision);
	has = l->scope != PLAN_ALL && reposexact(s->repos, t->name, pkgver, NULL);
	free(pkgver);
	for (i = 0; !has && sideswant(l->p->sides, t, l->side, i, &want); i++) {
		if (want.source && want.maker == l->side)
			tmplalso(s->ts, want.source);
	}
}

/* evaluates the packages of a side that cannot be cross-built as the target itself builds
 * them, where that is possible */
static int
evaluatenative(struct plan *p, int side, const char **names, size_t n)
{
	struct side *s = &p->sides->side[side];
	const struct tmpl *t;
	size_t i, count;
	int r;

	for (i = count = 0; i < n; i++) {
		t = tmplget(s->ts, names[i]);
		if (t && !t->error && t->refused && !t->native &&
		    strncmp(t->refused, "nocross:", 8) == 0)
			names[count++] = names[i];
	}
	r = count > 0 ? sidesopennative(p->sides, side) : 0;
	return r == 1 ? tmplload(s->native, names, count, NULL, NULL) : r;
}

/* evaluates the new nodes, those of one side together */
static int
evaluate(struct plan *p, enum planscope scope)
{
	struct loading l = { .p = p, .scope = scope };
	const char **names;
	size_t i, n;
	int r;

	names = xcalloc(p->n - p->loaded, sizeof *names);
	r = 0;
	for (l.side = 0; l.side < SIDES && r == 0; l.side++) {
		n = 0;
		for (i = p->loaded; i < p->n; i++) {
			if (p->nodes[i].side == l.side)
				names[n++] = p->nodes[i].name;
		}
		if (n > 0)
			r = tmplload(p->sides->side[l.side].ts, names, n,
			    scope == PLAN_ASKED ? NULL : loadneeds, &l);
		if (r == 0)
			r = evaluatenative(p, l.side, names, n);
	}
	free(names);
	for (; r == 0 && p->loaded < p->n; p->loaded++)
		readtmpl(p, &p->nodes[p->loaded]);
	return r;
}

/* whether a repository has a 32-bit package: any version will do, so the side that
 * makes it need not be opened */
static int
has32(const struct plan *p, const struct want *want)
{
	return want->maker == SIDE_32BIT &&
	    reposdep(p->sides->side[want->side].repos, want->pattern, NULL);
}

/* makes nodes of a node's dependencies; -1 after a message */
static int
makenodes(struct plan *p, size_t at, enum planscope scope)
{
	const struct pnode *v = &p->nodes[at];
	const struct tmpl *t = v->t;
	struct want want;
	int side;
	size_t i;

	if (!t || t->error)
		return 0;
	side = v->side;	/* nodefor may move v */
	for (i = 0; sideswant(p->sides, t, side, i, &want); i++) {
		if (!want.source || want.maker == SIDE_NONE ||
		    (scope != PLAN_ALL && has32(p, &want)))
			continue;
		if (want.maker == SIDE_32BIT &&
		    sidesopen32(p->sides, scope != PLAN_ALL) < 0)
			return -1;
		nodefor(p, want.maker, want.source);
	}
	return 0;
}

/* returns a version that a repository has, newer than the template's and not reverted
 * by it, NULL if none; the caller owns it; xbps-src counts such a package as missing */
static char *
newerversion(const struct plan *p, const struct pnode *v)
{
	const struct repopkg *has;

	has = reposnewer(p->sides->side[v->side].repos, v->name,
	    pkgverversion(v->pkgver));
	if (!has || tmplreverts(v->t, pkgverversion(has->pkgver)))
		return NULL;
	return xstrdup(pkgverversion(has->pkgver));
}

/* sets the fault of a node whose packages the build repository's index would refuse */
static void
checkindex(struct plan *p, struct pnode *v)
{
	const struct repos *rs = p->sides->side[v->side].repos;
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

/* sets a node's broken if its packages in the build repository cannot be installed,
 * and relink if they are to be built against another interface */
static void
checkbroken(struct plan *p, struct pnode *v)
{
	const struct repopkg *has;
	const char *soname;
	size_t i;

	for (i = 0; v->t && !v->t->error && i < v->t->nmakes && !v->broken; i++) {
		has = reposours(p->sides->side[v->side].repos, v->t->makes[i]);
		soname = has ? sidesbroken(p->sides, v->side, has,
		    &v->staged) : NULL;
		if (soname)
			v->broken = xstrdup(soname);
	}
	if (p->relinks && !v->relink)
		v->relink = relinkdue(p->relinks, v);
}

const char *
planheld(const struct plan *p, const struct pnode *v, int *never)
{
	const char *held;
	char *job;

	job = xasprintf("%s.%s", v->pkgver, v->arch);
	held = limitshold(p->limits, job, v->t->style, never);
	free(job);
	return held;
}

static void
markbuild(struct plan *p, struct pnode *v)
{
	const struct repopkg *has;
	const char *held;
	int never;

	if (v->build)
		return;
	v->build = 1;
	if (v->t && !v->t->error && v->t->refused)
		planfault(v, xstrdup(v->t->refused));
	if (!v->pkgver)
		return;
	held = planheld(p, v, &never);
	if (held && never)
		planfault(v, xstrdup(held));
	has = reposname(p->sides->side[v->side].repos, v->name, NULL);
	v->there = has && strcmp(has->pkgver, v->pkgver) == 0;
	if (has && !v->there)
		v->had = xstrdup(pkgverversion(has->pkgver));
	if (!v->there)
		v->behind = newerversion(p, v);
	checkbroken(p, v);
	/* the packages of a queued job may be entering the index right now */
	if (p->strict && !v->forced && !v->queued && v->t && !v->t->error)
		checkindex(p, v);
}

/* appends a node to the wave unless it is followed already */
static void
pushwave(struct plan *p, struct wave *w, size_t at)
{
	if (p->followed[at])
		return;
	p->followed[at] = 1;
	w->nodes = xgrow(w->nodes, w->n, sizeof *w->nodes);
	w->nodes[w->n++] = at;
}

/* marks the dependencies of a followed node that no repository has, and appends the
 * nodes to follow from it; a build makes its own packages all at once */
static void
followdeps(struct plan *p, size_t at, enum planscope scope, struct wave *w)
{
	struct pdep d;
	size_t i;

	for (i = 0; plandep(p, at, i, &d); i++) {
		if (d.node != at && d.node != PLAN_NONE) {
			if (!d.where)
				markbuild(p, &p->nodes[d.node]);
			if (!d.where || scope == PLAN_ALL)
				pushwave(p, w, d.node);
		}
		plandepfree(&d);
	}
}

/* whether the package asked for is in a repository at the template's version */
static int
ispresent(const struct plan *p, const struct asked *r)
{
	const struct pnode *v = &p->nodes[r->node];
	const char *name;
	char *pkgver;
	int has, side;

	if (!v->pkgver)
		return 0;
	/* few builds make a -dbg package, so the source's own name decides for it; a
	 * -32bit package is made by one side and lies in another's repositories */
	name = v->name;
	side = v->side;
	if (tmplmakes(v->t, r->name) >= 0 || side != SIDE_TARGET) {
		name = r->name;
		side = SIDE_TARGET;
	}
	pkgver = xasprintf("%s%s", name, v->pkgver + strlen(v->name));
	has = reposexact(p->sides->side[side].repos, name, pkgver, NULL) != NULL;
	free(pkgver);
	return has;
}

/* Plans a package asked for that is present but broken. Who enqueues it gets a message
 * instead, since the index would refuse another build of the same version. */
static void
planbroken(struct plan *p, struct pnode *v)
{
	if (v->build)
		return;
	checkbroken(p, v);
	if (!v->broken && !v->relink)
		return;
	if (p->strict) {
		warnx("%s: %s %s: raise its revision (spiff-bump %s), or -f",
		    v->pkgver, !v->broken ? "relink: another interface now has" :
		    v->staged ? "staged: the stage takes away" :
		    "broken: no repository has", v->broken ? v->broken : v->relink,
		    v->name);
		p->refused = 1;
		return;
	}
	v->build = v->there = 1;
}

/* whether a build for i686 makes no such -32bit package */
static int
lacks32(const struct plan *p, const struct tmpl *t, const char *name)
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

char *
planunmade(const struct plan *p, const struct pnode *v, const char *name)
{
	char *base, *why;

	if (!v->t || v->t->error || v->t->refused)
		return NULL;
	base = xstrdup(name);
	/* xbps-src makes these of a package */
	while (treebeside(p->sides->tree, base))
		*strrchr(base, '-') = '\0';
	why = tmplmakes(v->t, base) >= 0 ? NULL : xasprintf("the link srcpkgs/%s "
	    "leads to %s, whose template makes no %s for %s: remove the link, if it "
	    "makes none at all", base, v->name, base, v->arch);
	free(base);
	return why;
}

/* marks the packages asked for, and begins the first wave with them */
static void
startwave(struct plan *p, enum planscope scope, struct wave *w)
{
	const struct asked *a;
	struct pnode *v;
	char *why;

	for (a = p->asked; a < p->asked + p->nasked; a++) {
		v = &p->nodes[a->node];
		v->asked = 1;
		why = a->path ? NULL : planunmade(p, v, a->name);
		if (why) {
			/* before others, and also if a repository has the rest */
			planfault(v, why);
			markbuild(p, v);
		}
		if (scope == PLAN_ASKED)
			checkbroken(p, v);
		if (v->forced || !ispresent(p, a))
			markbuild(p, v);
		else if (scope == PLAN_MISSING)
			planbroken(p, v);
		if (v->build && v->side != SIDE_TARGET && lacks32(p, v->t, a->name))
			planfault(v, xasprintf("its build makes no %s", a->name));
		if (scope == PLAN_ALL || (scope == PLAN_MISSING && v->build))
			pushwave(p, w, a->node);
	}
}

/* what present packages need and no repository has */
struct survey {
	struct plan *p;
	struct lack {
		size_t node;
		char *name;	/* binary package */
		const char *pattern;	/* NULL: any but the present, broken version */
	} *lacks;
	size_t n;
	int r;
};

/* adds a package that no repository has, if a template makes it */
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
	    .node = nodefor(sv->p, maker, source) };
}

static int
visitlacks(const struct member *m, void *arg)
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

static int
isunmade(const struct plan *p, const struct pnode *v, const char *name)
{
	char *why;

	why = planunmade(p, v, name);
	free(why);
	return why != NULL;
}

/* marks the lacking packages whose version in the tree would do, and appends them to
 * the wave */
static void
planlacks(struct survey *sv, struct wave *w)
{
	const struct lack *l;
	struct pnode *v;
	char *pkgver;

	for (l = sv->lacks; l < sv->lacks + sv->n; l++) {
		v = &sv->p->nodes[l->node];
		if (v->build || !v->pkgver || isunmade(sv->p, v, l->name))
			continue;
		pkgver = xasprintf("%s%s", l->name, v->pkgver + strlen(v->name));
		if (l->pattern ? pkgvermatch(pkgver, l->pattern) :
		    !reposexact(sv->p->sides->side[v->side].repos, l->name,
		    pkgver, NULL)) {
			markbuild(sv->p, v);
			pushwave(sv->p, w, l->node);
		}
		free(pkgver);
	}
}

/* walks the run-time dependencies of the present packages in the chroots of the
 * followed nodes, and plans what they lack */
static int
survey(struct plan *p, struct wave *w)
{
	struct survey sv = { .p = p };
	struct pdep d;
	size_t at, i;

	chrootbegin(p->chroot);
	for (at = 0; at < p->n; at++) {
		for (i = 0; p->followed[at] && plandep(p, at, i, &d); i++) {
			if (d.where)
				chrootwalk(p->chroot, d.side, d.pkg, visitlacks,
				    &sv);
			plandepfree(&d);
		}
	}
	if (sv.r == 0)
		sv.r = evaluate(p, PLAN_MISSING);
	if (sv.r == 0)
		planlacks(&sv, w);
	for (i = 0; i < sv.n; i++)
		free(sv.lacks[i].name);
	free(sv.lacks);
	return sv.r;
}

/* Follows the nodes in waves until a wave finds no new ones. The templates of a wave
 * are evaluated side by side; which of them to follow depends on their versions. */
static int
followwaves(struct plan *p, enum planscope scope, struct wave *now)
{
	struct wave next = {0}, swap;
	size_t i;
	int r;

	r = 0;
	while (r == 0 && now->n > 0) {
		for (i = 0; r == 0 && i < now->n; i++)
			r = makenodes(p, now->nodes[i], scope);
		if (r == 0)
			r = evaluate(p, scope);
		next.n = 0;
		for (i = 0; r == 0 && i < now->n; i++)
			followdeps(p, now->nodes[i], scope, &next);
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
	struct wave now = {0};
	int r;

	r = evaluate(p, scope);
	if (r == 0) {
		markqueued(p);
		startwave(p, scope, &now);
	}
	do {
		r = r < 0 ? r : followwaves(p, scope, &now);
		if (r == 0 && scope == PLAN_MISSING)
			r = survey(p, &now);
	} while (r == 0 && now.n > 0);
	free(now.nodes);
	return r;
}

const char *
planhost(const struct pnode *v)
{
	return v->t && !v->t->error && v->t->native ? v->arch : confget(CONF_HOST);
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
	/* the table has node + 1; 0 for none becomes PLAN_NONE */
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
	return plannumber(p, SIDE_TARGET, source);
}

/* finds a wanted package in the repositories; sets pkgver, pkg and where of d */
static void
finddep(const struct plan *p, const struct want *want, struct pdep *d)
{
	const struct repos *rs = p->sides->side[want->side].repos;
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
	d->arch = p->sides->side[want.side].arch;
	d->side = want.side;
	d->kind = want.kind;
	d->node = plannumber(p, want.maker, want.source);
	if (want.maker != want.side && d->node != PLAN_NONE &&
	    lacks32(p, p->nodes[d->node].t, want.name))
		d->node = PLAN_NONE;
	finddep(p, &want, d);
	return 1;
}

void
plandepfree(struct pdep *d)
{
	free(d->pkgver);
	d->pkgver = NULL;
}
