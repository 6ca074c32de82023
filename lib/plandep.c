#include <stdlib.h>
#include <string.h>

#include "plan.h"
#include "repo.h"
#include "repos.h"
#include "tab.h"
#include "tmpl.h"
#include "tree.h"
#include "ver.h"
#include "world.h"
#include "x.h"

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
