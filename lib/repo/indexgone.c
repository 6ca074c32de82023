#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/table.h"
#include "base/x.h"
#include "repo/index.h"
#include "repo/indexgone.h"
#include "repo/indexset.h"
#include "tree/tree.h"
#include "xbps/pkgver.h"
#include "xbps/plist.h"
#include "xbps/repo.h"
#include "xbps/repodata.h"

struct entry {
	const struct repopkg *pkg;
	int going;		/* to be dropped */
	const struct entry *user;	/* that keeps it, or NULL */
};

/* a package that provides a name, real or virtual, or a soname */
struct owner {
	struct entry *e;
	const char *pkgver;	/* the name's, NULL for a soname */
	struct owner *next;
};

struct going {
	struct arena *arena;
	struct entry *list;	/* by the packages' ids */
	size_t n;
	struct table *provided;	/* owners by name, real or virtual */
	struct table *sonames;	/* owners by soname */
	int changed;
};

static void
addowner(struct going *g, struct table *t, const char *name, struct entry *e,
    const char *pkgver)
{
	struct owner *o;
	void **place;

	place = tableput(t, name);
	o = arenaget(g->arena, sizeof *o);
	o->e = e;
	o->pkgver = pkgver;
	o->next = *place;
	*place = o;
}

static void
addpackages(struct going *g, const struct repo *r, const char *sub, struct tree *t)
{
	const char *const *s;
	struct entry *e;
	char *name;

	g->n = repolen(r);
	g->list = xcalloc(g->n + 1, sizeof *g->list);
	for (e = g->list; e < g->list + g->n; e++) {
		e->pkg = repoat(r, (size_t)(e - g->list));
		e->going = strcmp(e->pkg->sub, sub) == 0 &&
		    !treesource(t, e->pkg->name);
		addowner(g, g->provided, e->pkg->name, e, e->pkg->pkgver);
		for (s = e->pkg->provides; *s; s++) {
			name = pkgverdep(*s);
			addowner(g, g->provided, name, e, *s);
			free(name);
		}
		for (s = e->pkg->shlibs; *s; s++)
			addowner(g, g->sonames, *s, e, NULL);
	}
}

static void
keepentry(struct going *g, struct entry *e, const struct entry *user)
{
	if (!e->going || e == user)
		return;
	e->going = 0;
	e->user = user;
	g->changed = 1;
}

static int
meets(const struct owner *o, const char *dep, const char *name)
{
	return !o->pkgver || strcmp(dep, name) == 0 || pkgvermatch(o->pkgver, dep);
}

/* keeps all owners that meet the dependency, unless one of them stays anyway */
static void
keepowners(struct going *g, const struct owner *first, const char *dep,
    const char *name, const struct entry *user)
{
	const struct owner *o;

	for (o = first; o; o = o->next) {
		if (!o->e->going && meets(o, dep, name))
			return;
	}
	for (o = first; o; o = o->next) {
		if (meets(o, dep, name))
			keepentry(g, o->e, user);
	}
}

static void
keepneeds(struct going *g, const struct entry *e)
{
	const char *const *s;
	char *name;

	for (s = e->pkg->depends; *s; s++) {
		name = pkgverdep(*s);
		keepowners(g, tableget(g->provided, name), *s, name, e);
		free(name);
	}
	for (s = e->pkg->needs; *s; s++)
		keepowners(g, tableget(g->sonames, *s), *s, *s, e);
}

/* until no more packages have to stay */
static void
keepall(struct going *g)
{
	struct entry *e;

	do {
		g->changed = 0;
		for (e = g->list; e < g->list + g->n; e++) {
			if (!e->going)
				keepneeds(g, e);
		}
	} while (g->changed);
}

static void
dropgoing(const struct going *g, struct index *ix)
{
	struct plist *dict;
	const struct entry *e;

	for (e = g->list; e < g->list + g->n; e++) {
		dict = e->pkg->staged ? ix->rd->stage : ix->rd->index;
		if (e->user) {
			indexnote(ix, "kept", plistget(dict, e->pkg->name));
			ix->said->len--;
			buffmt(ix->said, "\t%s\n", e->user->pkg->name);
		}
		if (e->going) {
			indexnote(ix, "removed", plistget(dict, e->pkg->name));
			plistdrop(dict, e->pkg->name);
			ix->changed = 1;
		}
	}
}

void
indexgone(struct index *ix, const struct indexset *s, struct tree *t)
{
	struct going g = { .arena = mkarena() };
	struct repo *r;

	r = indexsetrepo(s, ix->arch);
	g.provided = mktable();
	g.sonames = mktable();
	addpackages(&g, r, ix->sub, t);
	keepall(&g);
	dropgoing(&g, ix);
	tabledel(g.provided);
	tabledel(g.sonames);
	arenadel(g.arena);
	free(g.list);
	repodel(r);
}
