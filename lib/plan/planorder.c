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
planreason(const struct pnode *v, struct buf *b)
{
	if (v->behind)
		buffmt(b, "behind %s", v->behind);
	else if (v->broken)
		buffmt(b, "%s %s", v->staged ? "staged" : "broken", v->broken);
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
		text = planwalk(p, &w);
		fn(text, arg);
		free(text);
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
saycycle(const char *text, void *arg)
{
	(void)arg;
	warnx("cycle: %s", text);
}

/* marks the nodes that have a fault, and says it */
static int
faults(const struct plan *p, char *bad)
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
		/* what is wrong with a template was said when it was read */
		if (v->pkgver)
			warnx("%s: %s", v->name, v->fault);
	}
	return any;
}

enum { NAMED = 5 };	/* packages that a message names */

/* Marks what has to be built since the tree is behind a repository, and says how
 * much that is: nobody wants old versions of half a distribution. What was asked
 * for by name is built all the same. */
static int
behind(const struct plan *p, char *bad)
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

/* says which of the packages asked for cannot be had since something else that
 * they need is bad; sets keep for all that the others need */
static void
choose(const struct plan *p, const char *bad, char *keep)
{
	struct graph *back;
	char *spoilt;
	size_t at, i;

	spoilt = xcalloc(p->n, 1);
	memcpy(spoilt, bad, p->n);
	back = graphreverse(p->graph);
	graphreach(back, spoilt);
	graphdel(back);
	for (i = 0; i < p->nasked; i++) {
		at = p->asked[i].node;
		if (!spoilt[at])
			keep[at] = 1;
		else if (!bad[at])
			warnx("%s: needs what cannot be built",
			    p->asked[i].name);
	}
	free(spoilt);
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
	cycles = plancycles(p, order, bad, saycycle, NULL);
	faulty = faults(p, bad);
	faulty |= behind(p, bad);
	choose(p, bad, keep);
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
