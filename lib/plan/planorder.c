#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/graph.h"
#include "base/x.h"
#include "plan/plan.h"
#include "plan/sides.h"

void
planlabel(const struct pnode *v, struct buf *b)
{
	bufstr(b, v->name);
	if (v->side != SIDE_TARGET)
		buffmt(b, ".%s", v->arch);
}

void
plancause(const struct pnode *v, struct buf *b)
{
	if (v->broken)
		buffmt(b, "%s %s", v->staged ? "staged" : "broken", v->broken);
	else
		buffmt(b, "relink %s", v->relink);
}

void
planreason(const struct pnode *v, struct buf *b)
{
	if (v->behind)
		buffmt(b, "behind %s", v->behind);
	else if (v->broken || v->relink)
		plancause(v, b);
	else if (v->had)
		buffmt(b, "outdated %s", v->had);
	else
		bufstr(b, v->there && v->forced ? "requested" : "missing");
}

char *
planwalk(const struct plan *p, const struct walk *w)
{
	struct buf b = {0};
	size_t i;

	for (i = 0; i < w->n; i++) {
		if (i > 0)
			bufstr(&b, " -> ");
		planlabel(&p->nodes[w->nodes[i]], &b);
	}
	for (i = 1; i < w->n; i++)
		buffmt(&b, "%s%s", i > 1 ? ", " : " (",
		    plankind(w->labels[i]));
	if (w->n > 1)
		bufchar(&b, ')');
	return buftake(&b);
}

size_t
plancycles(const struct plan *p, size_t *order, char *bad,
    void (*fn)(const char *text, void *arg), void *arg)
{
	const struct graph *g = p->graph;
	struct walk w;
	size_t *component, *size, cycles, i, n;
	char *text;

	component = xcalloc(p->n, sizeof *component);
	n = graphorder(g, order, component);
	size = xcalloc(n, sizeof *size);
	for (i = 0; i < p->n; i++)
		size[component[i]]++;
	cycles = 0;
	for (i = 0; i < n; i++) {
		/* no node has an edge to itself, so one alone is no cycle */
		if (size[i] < 2 || !graphcycle(g, component, i, &w))
			continue;
		cycles++;
		if (fn) {
			text = planwalk(p, &w);
			fn(text, arg);
			free(text);
		}
		graphwalkfree(&w);
	}
	for (i = 0; bad && i < p->n; i++) {
		if (size[component[i]] > 1)
			bad[i] = 1;
	}
	free(size);
	free(component);
	return cycles;
}

static void
warncycle(const char *text, void *arg)
{
	(void)arg;
	warnx("cycle: %s", text);
}

/* marks the nodes that have a fault, after a message for each */
static int
markfaults(const struct plan *p, char *bad)
{
	const struct pnode *v;
	size_t i;
	int any;

	any = 0;
	for (i = 0; i < p->n; i++) {
		v = &p->nodes[i];
		if (!v->fault || !v->build)
			continue;
		any = bad[i] = 1;
		/* tmplload has said what is wrong with a template */
		if (v->pkgver)
			warnx("%s: %s", v->name, v->fault);
	}
	return any;
}

enum { NAMED = 5 };	/* packages that a message names */

/* Marks the nodes of which a repository has a newer version than the tree, after one
 * message for all: who has not updated the tree wants no old versions of half a
 * distribution. Packages asked for by name are built all the same. */
static int
markbehind(const struct plan *p, char *bad)
{
	const struct pnode *v;
	struct buf b = {0};
	size_t i, n;

	n = 0;
	for (i = 0; i < p->n; i++) {
		v = &p->nodes[i];
		if (!v->build || !v->behind || v->fault)
			continue;
		if (v->asked || v->forced) {
			warnx("%s: a repository has %s already", v->pkgver,
			    v->behind);
			continue;
		}
		if (p->anyway)
			continue;
		bad[i] = 1;
		if (n++ < NAMED)
			buffmt(&b, "%s%s", n > 1 ? ", " : "", v->name);
	}
	if (n > 0)
		warnx("the tree is behind the repositories: %zu package%s needed "
		    "would be built older than %s there (%s%s): update the "
		    "tree, or -f builds all", n, n > 1 ? "s that are" :
		    " that is", n > 1 ? "they are" : "it is", b.s,
		    n > NAMED ? ", ..." : "");
	buffree(&b);
	return n > 0;
}

/* sets keep for the packages asked for that reach no bad node, and for all that they
 * need; says which of the others need a bad node */
static void
keepsound(const struct plan *p, const char *bad, char *keep)
{
	struct graph *back;
	char *needsbad;
	size_t at, i;

	needsbad = xcalloc(p->n, 1);
	memcpy(needsbad, bad, p->n);
	back = graphreverse(p->graph);
	graphreach(back, needsbad);
	graphdel(back);
	for (i = 0; i < p->nasked; i++) {
		at = p->asked[i].node;
		if (!needsbad[at])
			keep[at] = 1;
		else if (!bad[at])
			warnx("%s: needs what cannot be built",
			    p->asked[i].name);
	}
	free(needsbad);
	graphreach(p->graph, keep);
}

int
planorder(const struct plan *p, size_t **list, size_t *n)
{
	size_t *order, cycles, i;
	char *bad, *keep;
	int faulty;

	order = xcalloc(p->n, sizeof *order);
	bad = xcalloc(p->n, 1);
	keep = xcalloc(p->n, 1);
	cycles = plancycles(p, order, bad, warncycle, NULL);
	faulty = markfaults(p, bad);
	faulty |= markbehind(p, bad);
	keepsound(p, bad, keep);
	*n = 0;
	for (i = 0; i < p->n; i++) {
		if (keep[order[i]] && p->nodes[order[i]].build)
			order[(*n)++] = order[i];
	}
	*list = order;
	free(bad);
	free(keep);
	if (cycles > 0)
		return 3;
	return faulty ? 1 : 0;
}
