#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/table.h"
#include "base/x.h"
#include "repo/index.h"
#include "repo/indexgone.h"
#include "tree/tree.h"
#include "xbps/plist.h"
#include "xbps/repo.h"
#include "xbps/repodata.h"
#include "xbps/version.h"

struct entry {
	const struct plist *p;
	int going;
	const char *user;	/* who keeps it from that */
};

/* who has a name, virtual or of a shared library */
struct owner {
	struct entry *e;
	const char *pkgver;	/* at which it is provided, NULL for a library */
	struct owner *next;
};

struct going {
	struct entry *list;
	size_t n;
	struct tab *names;	/* entries by name */
	struct tab *provided;	/* owners by virtual name */
	struct tab *sonames;	/* owners by soname */
	int changed;
};

static void
add(struct going *g, const struct plist *p, struct tree *t)
{
	g->list = xgrow(g->list, g->n, sizeof *g->list);
	g->list[g->n].p = p;
	g->list[g->n].user = NULL;
	g->list[g->n++].going = treesource(t, p->key) == NULL;
}

/* of a name that is in both, the staged one is what will be */
static void
addall(struct going *g, const struct repodata *rd, struct tree *t)
{
	const struct plist *p;
	uint32_t i;

	for (i = 0; i < rd->index->len; i++) {
		p = plistget(rd->stage, rd->index->u.kids[i].key);
		add(g, p ? p : &rd->index->u.kids[i], t);
	}
	for (i = 0; i < rd->stage->len; i++) {
		if (!plistget(rd->index, rd->stage->u.kids[i].key))
			add(g, &rd->stage->u.kids[i], t);
	}
}

static void
own(struct tab *t, const char *name, struct entry *e, const char *pkgver)
{
	struct owner *o;
	void **place;

	place = tabput(t, name);
	o = xmalloc(sizeof *o);
	o->e = e;
	o->pkgver = pkgver;
	o->next = *place;
	*place = o;
}

static void
mktabs(struct going *g)
{
	const struct plist *list;
	struct entry *e;
	char *name;
	uint32_t i;

	g->names = mktab();
	g->provided = mktab();
	g->sonames = mktab();
	for (e = g->list; e < g->list + g->n; e++) {
		*tabput(g->names, e->p->key) = e;
		list = pliststrs(e->p, "provides");
		for (i = 0; list && i < list->len; i++) {
			name = verdep(list->u.kids[i].u.s);
			own(g->provided, name, e, list->u.kids[i].u.s);
			free(name);
		}
		list = pliststrs(e->p, "shlib-provides");
		for (i = 0; list && i < list->len; i++)
			own(g->sonames, list->u.kids[i].u.s, e, NULL);
	}
}

static void
keep(struct going *g, struct entry *e, const char *user)
{
	if (!e->going)
		return;
	e->going = 0;
	e->user = user;
	g->changed = 1;
}

/* keeps all who have it unless one of them stays anyway */
static void
keepowners(struct going *g, const struct owner *first, const char *dep,
    const char *user)
{
	const struct owner *o;

	for (o = first; o; o = o->next) {
		if (!o->e->going && (!o->pkgver || vermatch(o->pkgver, dep) ||
		    verdepname(dep) == 0))
			return;
	}
	for (o = first; o; o = o->next)
		keep(g, o->e, user);
}

static void
depends(struct going *g, const char *dep, const char *user)
{
	struct entry *e;
	char *name;

	name = verdep(dep);
	e = tabget(g->names, name);
	if (e)
		keep(g, e, user);
	else
		keepowners(g, tabget(g->provided, name), dep, user);
	free(name);
}

static void
needs(struct going *g, const struct entry *e)
{
	const struct plist *list;
	uint32_t i;

	list = pliststrs(e->p, "run_depends");
	for (i = 0; list && i < list->len; i++)
		depends(g, list->u.kids[i].u.s, e->p->key);
	list = pliststrs(e->p, "shlib-requires");
	for (i = 0; list && i < list->len; i++)
		keepowners(g, tabget(g->sonames, list->u.kids[i].u.s),
		    list->u.kids[i].u.s, e->p->key);
}

/* until nothing more has to be kept */
static void
settle(struct going *g, const struct repo *r)
{
	const struct repopkg *p;
	const char *const *dep;
	struct entry *e;
	size_t i;

	for (i = 0; (p = reponext(r, &i));) {
		for (dep = p->depends; *p->sub && *dep; dep++)
			depends(g, *dep, p->name);
	}
	do {
		g->changed = 0;
		for (e = g->list; e < g->list + g->n; e++) {
			if (!e->going)
				needs(g, e);
		}
	} while (g->changed);
}

static void
conclude(struct going *g, struct index *ix)
{
	const char **names;
	struct entry *e;
	size_t i, n;

	names = xcalloc(g->n, sizeof *names);
	n = 0;
	for (e = g->list; e < g->list + g->n; e++) {
		if (e->user) {
			indexnote(ix, "kept", e->p);
			ix->said->len--;
			buffmt(ix->said, "\t%s\n", e->user);
		}
		if (e->going) {
			indexnote(ix, "removed", e->p);
			names[n++] = e->p->key;
		}
	}
	/* this moves the entries */
	for (i = 0; i < n; i++) {
		plistdrop(ix->rd->index, names[i]);
		plistdrop(ix->rd->stage, names[i]);
		ix->changed = 1;
	}
	free(names);
}

static void
freeowners(struct tab *t)
{
	struct owner *next, *o;
	void *value;
	size_t i;

	for (i = 0; tabnext(t, &i, &value);) {
		for (o = value; o; o = next) {
			next = o->next;
			free(o);
		}
	}
	tabdel(t);
}

int
gone(struct index *ix, struct tree *t)
{
	struct going g = { 0 };
	struct repo *r;

	/* what depends on it from elsewhere */
	r = repoopen(ix->dir, ix->arch, 1);
	if (!r)
		return -1;
	addall(&g, ix->rd, t);
	mktabs(&g);
	settle(&g, r);
	conclude(&g, ix);
	tabdel(g.names);
	freeowners(g.provided);
	freeowners(g.sonames);
	free(g.list);
	repodel(r);
	return 0;
}
