#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/graph.h"
#include "base/table.h"
#include "base/text.h"
#include "base/x.h"
#include "plan/conflict.h"
#include "plan/inputhash.h"
#include "plan/plan.h"
#include "plan/query.h"
#include "plan/relink.h"
#include "plan/sides.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "tree/tmpl.h"
#include "tree/tree.h"
#include "xbps/pkgver.h"
#include "xbps/repo.h"
#include "xbps/repos.h"

/* whether an earlier dependency has the name of the i-th */
static int
isrepeated(const struct tmpl *t, size_t i)
{
	size_t k;

	for (k = 0; strcmp(t->deps[k].name, t->deps[i].name) != 0; k++)
		;
	return k < i;
}

/* sets names to the source packages of a node's dependencies; -1 after a message */
static int
depsources(const struct plan *p, size_t node, const char **names, size_t *count)
{
	const struct pnode *v = &p->nodes[node];
	struct want w;
	size_t i;
	int own, r;

	r = 0;
	*count = 0;
	for (i = 0; i < v->t->ndeps &&
	    sideswant(p->sides, v->t, v->side, i, &w); i++) {
		if (!w.source) {
			if (!isrepeated(v->t, i))
				warnx("%s: %s: no template makes it", v->name,
				    w.name);
			r = -1;
		} else if ((own = tmplmakes(v->t, w.name)) < 0 ||
		    (own == 0 && w.side != v->side)) {
			names[(*count)++] = w.source;
		}
	}
	return r;
}

static int
adddirect(const struct plan *p, size_t node, struct buf *b)
{
	const struct pnode *v = &p->nodes[node];
	const char **names;
	size_t count, i;
	int r;

	if (!v->pkgver)
		return 1;
	names = xcalloc(v->t->ndeps, sizeof *names);
	r = depsources(p, node, names, &count);
	if (r == 0) {
		qsort(names, count, sizeof *names, textcompare);
		/* xbps-src prints a space behind the colon even if nothing follows */
		buffmt(b, "%s:%s", v->name, count ? "" : " ");
		for (i = 0; i < count; i++) {
			if (i == 0 || strcmp(names[i], names[i - 1]) != 0)
				buffmt(b, " %s", names[i]);
		}
		bufchar(b, '\n');
	}
	free(names);
	return r < 0;
}

/* returns the nodes asked for, each once, and their number; the caller frees them */
static size_t *
askednodes(const struct plan *p, size_t *n)
{
	size_t *nodes, i;
	char *seen;

	nodes = xcalloc(p->nasked, sizeof *nodes);
	seen = xcalloc(p->n, 1);
	*n = 0;
	for (i = 0; i < p->nasked; i++) {
		if (!seen[p->asked[i].node])
			nodes[(*n)++] = p->asked[i].node;
		seen[p->asked[i].node] = 1;
	}
	free(seen);
	return nodes;
}

int
querydirect(const struct plan *p, struct buf *b)
{
	size_t *nodes, i, n;
	int r;

	r = 0;
	nodes = askednodes(p, &n);
	for (i = 0; i < n; i++)
		r |= adddirect(p, nodes[i], b);
	free(nodes);
	return r;
}

int
querywhy(const struct plan *p, const char *name, struct buf *b)
{
	struct walk w;
	size_t *nodes, goal, i, n;
	char *text;
	int r;

	r = 0;
	goal = planfind(p, name);
	nodes = askednodes(p, &n);
	for (i = 0; i < n; i++) {
		if (goal == PLAN_NONE ||
		    !graphpath(p->graph, nodes[i], goal, &w)) {
			r = 1;
			continue;
		}
		text = planwalk(p, &w);
		buffmt(b, "%s\n", text);
		free(text);
		graphwalkfree(&w);
	}
	free(nodes);
	return r;
}

/* whether the template's archs leave out the architecture */
static int
foreign(const struct tmpl *t)
{
	return t && !t->error && t->refused && strncmp(t->refused, "archs:", 6) == 0;
}

int
queryoutdated(const struct plan *p, struct buf *b)
{
	const struct repopkg *has;
	const struct pnode *v;
	size_t *nodes, i, n;
	int r;

	r = 0;
	nodes = askednodes(p, &n);
	for (i = 0; i < n; i++) {
		v = &p->nodes[nodes[i]];
		if (!v->pkgver) {
			r = 1;
			continue;
		}
		has = reposours(p->sides->side[SIDE_TARGET].repos, v->name);
		if (!has && foreign(v->t))
			continue;
		if (has && !v->broken && !v->relink &&
		    pkgvercmp(pkgverversion(has->pkgver),
		    pkgverversion(v->pkgver)) >= 0 &&
		    !tmplreverts(v->t, pkgverversion(has->pkgver)))
			continue;
		buffmt(b, "%s\t%s\t%s", v->name,
		    has ? pkgverversion(has->pkgver) : "?", pkgverversion(v->pkgver));
		if (v->broken || v->relink) {
			bufchar(b, '\t');
			planreason(v, b);
		}
		bufchar(b, '\n');
	}
	free(nodes);
	return r;
}

int
queryreverse(const struct plan *p, size_t n, struct buf *b)
{
	struct graph *back;
	struct table *told;
	void **place;
	size_t i, node;
	char *mark;
	int side;

	mark = xcalloc(p->n, 1);
	told = mktable();
	/* a package for one side may be built with the operand for another side */
	for (i = 0; i < n; i++) {
		place = tableput(told, p->nodes[p->asked[i].node].name);
		*place = mark;
		for (side = 0; side < SIDES; side++) {
			node = plannumber(p, side,
			    p->nodes[p->asked[i].node].name);
			if (node != PLAN_NONE)
				mark[node] = 1;
		}
	}
	back = graphreverse(p->graph);
	graphreach(back, mark);
	graphdel(back);
	for (i = 0; i < p->n; i++) {
		if (!mark[i] || !p->nodes[i].pkgver)
			continue;
		place = tableput(told, p->nodes[i].name);
		if (!*place)
			buffmt(b, "%s\n", p->nodes[i].pkgver);
		*place = mark;
	}
	tabledel(told);
	free(mark);
	return 0;
}

int
queryaskdone(struct plan *p, int all)
{
	char **list;
	size_t i, n;
	int r;

	r = relinksnames(p->relinks, all, &list, &n);
	for (i = 0; i < n && r == 0; i++)
		r = planask(p, list[i], 0);
	spoollistfree(list, n);
	return r;
}

int
queryaskbroken(struct plan *p)
{
	struct sides *w = p->sides;
	const struct repopkg *pkg;
	const struct repo *ours;
	const char *soname, *source;
	size_t i;
	int r;

	r = 0;
	ours = reposat(w->side[SIDE_TARGET].repos, 0);
	for (i = 0; (pkg = reponext(ours, &i)); ) {
		soname = sidesbroken(w, SIDE_TARGET, pkg, NULL);
		if (!soname)
			continue;
		source = treesource(w->tree, pkg->name);
		if (!source)
			warnx("%s: needs %s, and no template makes it any more",
			    pkg->pkgver, soname);
		if (!source || planask(p, source, 1) < 0)
			r = -1;
	}
	if (*confget(CONF_RELINK) && (relinksopen(p) < 0 ||
	    (p->relinks && queryaskdone(p, 0) < 0)))
		r = -1;
	return r;
}

/* says which broken packages no build for the target makes any more, so that no revision
 * helps; 1 when there are any */
static int
warnunmade(const struct plan *p)
{
	const struct repopkg *pkg;
	const struct pnode *v;
	const char *soname;
	size_t at, i;
	int r;

	for (i = 0, r = 0; (pkg = reponext(reposat(p->sides->side[SIDE_TARGET].repos,
	    0), &i));) {
		at = planfind(p, pkg->name);
		v = at == PLAN_NONE ? NULL : &p->nodes[at];
		if (!v || !v->pkgver || tmplmakes(v->t, pkg->name) >= 0)
			continue;
		soname = sidesbroken(p->sides, SIDE_TARGET, pkg, NULL);
		if (!soname)
			continue;
		warnx("%s: needs %s, and %s makes it for %s no more", pkg->pkgver,
		    soname, v->pkgver, v->arch);
		r = 1;
	}
	return r;
}

int
querybroken(const struct plan *p, struct buf *b)
{
	const struct pnode *v;
	size_t *order, i;

	order = xcalloc(p->n, sizeof *order);
	plancycles(p, order, NULL, NULL, NULL);
	for (i = 0; i < p->n; i++) {
		v = &p->nodes[order[i]];
		if (!v->asked || !(v->broken || v->relink) || !v->pkgver)
			continue;
		buffmt(b, "%s\t%s\t", v->pkgver, v->arch);
		plancause(v, b);
		bufchar(b, '\n');
	}
	free(order);
	return warnunmade(p);
}

int
querychanged(struct plan *p, struct buf *b)
{
	struct buf words = {0};
	const struct pnode *v;
	struct job j;
	char *dep, *now;
	size_t i;
	int r;

	for (i = 0, r = 0; i < p->n && r == 0; i++) {
		v = &p->nodes[i];
		if (!v->pkgver || !v->asked ||
		    !relinksjob(p->relinks, v->pkgver, v->arch, &j))
			continue;
		now = inputhash(p, i);
		r = now ? 0 : 111;
		if (now && j.inputs)
			inputhashdiffer(j.inputs, now, &words);
		dep = relinkdep(p->relinks, v->side, &j);
		if (words.len)
			buffmt(b, "%s\t%s\tchanged %s\n", v->pkgver, v->arch,
			    words.s);
		if (dep)
			buffmt(b, "%s\t%s\trelink %s\n", v->pkgver, v->arch, dep);
		words.len = 0;
		free(dep);
		free(now);
		jobfree(&j);
	}
	buffree(&words);
	return r;
}

static void
addcycle(const char *text, void *arg)
{
	buffmt(arg, "cycle\t%s\n", text);
}

static int
checknode(const struct plan *p, size_t node, struct buf *b)
{
	const struct pnode *v = &p->nodes[node];
	struct pdep d;
	char *why;
	size_t i;
	int r;

	r = 0;
	if (!v->pkgver) {
		bufstr(b, "unreadable\t");
		planlabel(v, b);
		buffmt(b, "\t%s\n", v->fault);
		r = 1;
	}
	for (i = 0; plandep(p, node, i, &d); i++) {
		if (!d.source && !d.where) {
			bufstr(b, "missing\t");
			planlabel(v, b);
			buffmt(b, "\t%s\t%s\n", d.name, plankind(d.kind));
			r = 1;
		} else if ((why = planunmet(p, node, &d))) {
			bufstr(b, "unmet\t");
			planlabel(v, b);
			buffmt(b, "\t%s\t%s\n", d.pattern, plankind(d.kind));
			free(why);
			r = 1;
		}
		plandepfree(&d);
	}
	return r;
}

/* an operand that is a link to a template which makes no such package */
static int
checkasked(const struct plan *p, const struct asked *a, struct buf *b)
{
	char *why;

	why = a->path ? NULL : planunmade(p, &p->nodes[a->node], a->name);
	if (!why)
		return 0;
	bufstr(b, "unmet\t");
	planlabel(&p->nodes[a->node], b);
	buffmt(b, "\t%s\tlink\n", a->name);
	free(why);
	return 1;
}

static int
checkconflicts(const struct plan *p, size_t node, struct conflicts *c, struct buf *b)
{
	struct conflict k;

	if (!conflictsof(c, node, &k))
		return 0;
	bufstr(b, "conflict\t");
	planlabel(&p->nodes[node], b);
	buffmt(b, "\t%s\t%s\n", k.a, k.b);
	return 1;
}

int
querycheck(struct plan *p, struct buf *b)
{
	struct conflicts *c;
	size_t *order, i;
	int r;

	r = 0;
	for (i = 0; i < p->nasked; i++)
		r |= checkasked(p, &p->asked[i], b);
	c = mkconflicts(p, 1);
	for (i = 0; i < p->n; i++) {
		if (p->followed[i])
			r |= checknode(p, i, b) | checkconflicts(p, i, c, b);
	}
	conflictsdel(c);
	order = xcalloc(p->n, sizeof *order);
	if (plancycles(p, order, NULL, addcycle, b) > 0)
		r = 3;
	free(order);
	return r;
}
