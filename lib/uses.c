#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"
#include "repo.h"
#include "repos.h"
#include "tab.h"
#include "tmpl.h"
#include "uses.h"
#include "world.h"
#include "x.h"

struct walker {
	const struct plan *p;
	struct tab *told;	/* "pkgver arch kind" of what fn has been told */
	struct tab *closed;	/* "pkgver arch" of what closure has followed */
	void (*fn)(const struct use *u, void *arg);
	void *arg;
	int bad;
};

/* whether this is the first time; the key is freed */
static int
first(struct tab *t, char *key)
{
	void **place;
	int new;

	place = tabput(t, key);
	new = !*place;
	*place = t;
	free(key);
	return new;
}

static void
tell(struct walker *w, const struct use *u)
{
	if (first(w->told, xasprintf("%s %s %d", u->pkgver, u->arch, u->kind)))
		w->fn(u, w->arg);
}

/* follows the run-time dependencies of a package that a repository has */
static void
closure(struct walker *w, const struct repopkg *pkg, const char *arch,
    int target)
{
	const struct repos *rs = w->p->world->sides[target].repos;
	const struct repopkg **stack = NULL, *has;
	const char *const *dep;
	struct use u = { .arch = arch, .kind = TMPL_RUN };
	size_t n;

	n = 0;
	stack = xgrow(stack, n, sizeof(void *));
	stack[n++] = pkg;
	while (n > 0) {
		pkg = stack[--n];
		if (!first(w->closed, xasprintf("%s %s", pkg->pkgver, arch)))
			continue;
		for (dep = pkg->depends; *dep; dep++) {
			has = reposdep(rs, *dep, &u.where);
			if (!has) {
				warnx("%s: needs %s, which no repository has",
				    pkg->pkgver, *dep);
				w->bad = 1;
				continue;
			}
			u.pkgver = has->pkgver;
			u.pkg = has;
			tell(w, &u);
			stack = xgrow(stack, n, sizeof(void *));
			stack[n++] = has;
		}
	}
	free(stack);
}

static void
walk(struct walker *w, size_t node)
{
	struct pdep d;
	struct use u;
	size_t i;

	for (i = 0; plandep(w->p, node, i, &d); i++) {
		/* a build does not use what it makes, but those who use
		 * that need what it depends on */
		if ((d.node != node || d.kind == TMPL_RUN) && d.pkgver) {
			u = (struct use){ .pkgver = d.pkgver, .arch = d.arch,
			    .kind = d.kind, .where = d.where, .pkg = d.pkg };
			tell(w, &u);
			if (d.pkg)
				closure(w, d.pkg, d.arch, d.side);
		}
		plandepfree(&d);
	}
}

int
useseach(const struct plan *p, const size_t *nodes, size_t n,
    void (*fn)(const struct use *u, void *arg), void *arg)
{
	struct walker w = { .p = p, .fn = fn, .arg = arg };
	size_t i;

	w.told = mktab();
	w.closed = mktab();
	for (i = 0; i < n; i++)
		walk(&w, nodes[i]);
	tabdel(w.told);
	tabdel(w.closed);
	return w.bad ? -1 : 0;
}
