#include <err.h>
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

/* makes the list of the repository's packages, none of which goes */
static void
addpackages(struct going *g, const struct repo *r)
{
	const char *const *s;
	struct entry *e;
	char *name;

	g->n = repolen(r);
	g->list = xcalloc(g->n + 1, sizeof *g->list);
	for (e = g->list; e < g->list + g->n; e++) {
		e->pkg = repoat(r, (size_t)(e - g->list));
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

/* notes what stays, and unless stays is set drops what goes */
static void
dropgoing(const struct going *g, const struct indexset *s, const char *arch, int stays)
{
	struct plist *dict;
	const struct entry *e;
	struct index *ix;

	for (e = g->list; e < g->list + g->n; e++) {
		if (!e->user && !e->going)
			continue;
		ix = indexsetget(s, e->pkg->sub, arch);
		dict = e->pkg->staged ? ix->rd->stage : ix->rd->index;
		if (e->user) {
			indexnote(ix, "kept", plistget(dict, e->pkg->name));
			ix->said->len--;
			buffmt(ix->said, "\t%s\n", e->user->pkg->name);
		} else if (!stays) {
			indexnote(ix, "removed", plistget(dict, e->pkg->name));
			plistdrop(dict, e->pkg->name);
			ix->changed = 1;
		}
	}
}

/* returns the repository that the list is made of; freegoing frees both */
static struct repo *
initgoing(struct going *g, const struct indexset *s, const char *arch)
{
	struct repo *r;

	memset(g, 0, sizeof *g);
	g->arena = mkarena();
	g->provided = mktable();
	g->sonames = mktable();
	r = indexsetrepo(s, arch);
	addpackages(g, r);
	return r;
}

static void
freegoing(struct going *g, struct repo *r)
{
	tabledel(g->provided);
	tabledel(g->sonames);
	arenadel(g->arena);
	free(g->list);
	repodel(r);
}

void
indexgone(struct index *ix, const struct indexset *s, struct tree *t)
{
	struct going g;
	struct entry *e;
	struct repo *r;

	r = initgoing(&g, s, ix->arch);
	for (e = g.list; e < g.list + g.n; e++)
		e->going = strcmp(e->pkg->sub, ix->sub) == 0 &&
		    !treesource(t, e->pkg->name);
	keepall(&g);
	dropgoing(&g, s, ix->arch, 0);
	freegoing(&g, r);
}

/* marks the packages of that name as going: whether there are any */
static int
markname(struct going *g, const char *name)
{
	struct entry *e;
	int any;

	for (e = g->list, any = 0; e < g->list + g->n; e++) {
		if (strcmp(e->pkg->name, name) == 0)
			e->going = any = 1;
	}
	return any;
}

size_t
indexdrop(const struct indexset *s, const char *arch, char *const *names, size_t n,
    int force)
{
	struct going g;
	struct entry *e;
	struct repo *r;
	size_t i, refused;

	r = initgoing(&g, s, arch);
	for (i = 0, refused = 0; i < n; i++) {
		if (markname(&g, names[i]))
			continue;
		warnx("%s: the repository has no package of that name for %s",
		    names[i], arch);
		refused++;
	}
	if (!force)
		keepall(&g);
	for (e = g.list; e < g.list + g.n; e++)
		refused += e->user != NULL;
	dropgoing(&g, s, arch, refused > 0);
	freegoing(&g, r);
	return refused;
}
