#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/table.h"
#include "base/x.h"
#include "xbps/pkgver.h"
#include "xbps/repo.h"
#include "xbps/repos.h"
#include "xbps/stage.h"

/* a package in the stage, and the one that it would replace */
struct entry {
	const struct repopkg *pkg;
	const struct repopkg *old;	/* in the index, or in a main repository */
	int waits;
};

/* a package that provides a soname, or has or provides a name that patterns ask for */
struct offer {
	const char *pkgver;
	struct entry *entry;	/* NULL: the package is there in any case */
	int isold;		/* 1: it is there while the entry waits, 0: it is the
				 * entry */
	int is32;		/* a soname for -32bit packages alone */
	struct offer *next;
};

/* a soname or a package's name that the stage can add or take away */
struct topic {
	struct offer *offers;
};

struct need {
	const struct repopkg *user;
	struct entry *entry;	/* the user is staged, or a staged one replaces it */
	int ismain;
	const char *what;
	int issoname;
	const struct topic *topic;
};

struct judge {
	const struct repos *rs;
	int xbps;		/* its rule */
	struct arena *arena;
	struct entry *entries;
	size_t n;
	struct table *byname;	/* entries by the package's name, the last of them */
	struct entry **byid;	/* entries by the ids of pkg and old */
	struct table *sonames;	/* topics */
	struct table *names;
	struct need *needs;
	size_t nneeds;
};

/* returns the first package of that name in the main repositories' indexes */
static const struct repopkg *
inmains(const struct judge *j, const char *name)
{
	const struct repopkg *p;
	struct repo *r;
	size_t i, k, n;

	for (i = 1; (r = reposat(j->rs, i)); i++) {
		p = repoall(r, name, &n);
		for (k = 0; k < n; k++) {
			if (!p[k].staged)
				return &p[k];
		}
	}
	return NULL;
}

/* returns the package that a staged one would replace, NULL if none */
static const struct repopkg *
replacedby(const struct judge *j, const struct repopkg *pkg)
{
	const struct repopkg *p;
	size_t i, n;
	int indexed;

	p = repoall(reposat(j->rs, 0), pkg->name, &n);
	for (i = 0, indexed = 0; i < n; i++) {
		if (!p[i].staged && strcmp(p[i].sub, pkg->sub) == 0)
			return &p[i];
		indexed |= !p[i].staged;
	}
	return indexed ? NULL : inmains(j, pkg->name);
}

static struct topic *
addtopic(struct judge *j, struct table *t, const char *name)
{
	void **place;

	place = tableput(t, name);
	if (!*place)
		*place = memset(arenaget(j->arena, sizeof(struct topic)), 0,
		    sizeof(struct topic));
	return *place;
}

/* adds topics of a package's sonames and names */
static void
addtopics(struct judge *j, const struct repopkg *p)
{
	const char *const *s;
	char *name;

	for (s = p->shlibs; *s; s++)
		addtopic(j, j->sonames, *s);
	addtopic(j, j->names, p->name);
	for (s = p->provides; *s; s++) {
		name = pkgverdep(*s);
		addtopic(j, j->names, name);
		free(name);
	}
}

static void
makeentries(struct judge *j)
{
	struct repo *r = reposat(j->rs, 0);
	struct entry *e;
	size_t i;

	for (i = 0; i < repolen(r); i++)
		j->n += (size_t)repoat(r, i)->staged;
	j->entries = xcalloc(j->n + 1, sizeof *j->entries);
	j->byid = xcalloc(repolen(r) + 1, sizeof(struct entry *));
	for (i = 0, e = j->entries; e < j->entries + j->n; i++) {
		if (!repoat(r, i)->staged)
			continue;
		e->pkg = repoat(r, i);
		e->old = replacedby(j, e->pkg);
		j->byid[i] = e;
		if (e->old && repoat(r, e->old->id) == e->old)
			j->byid[e->old->id] = e;
		*tableput(j->byname, e->pkg->name) = e;
		addtopics(j, e->pkg);
		if (e->old)
			addtopics(j, e->old);
		e++;
	}
}

static void
addoffer(struct judge *j, struct topic *t, const char *pkgver, struct entry *e,
    int isold, int is32)
{
	struct offer *o;

	if (!t)
		return;
	o = arenaget(j->arena, sizeof *o);
	o->pkgver = pkgver;
	o->entry = e;
	o->isold = isold;
	o->is32 = is32;
	o->next = t->offers;
	t->offers = o;
}

static void
addneed(struct judge *j, const struct repopkg *user, struct entry *e, int ismain,
    const char *what, const struct topic *t, int issoname)
{
	struct need *n;

	if (!t)
		return;
	j->needs = xgrow(j->needs, j->nneeds, sizeof *j->needs);
	n = &j->needs[j->nneeds++];
	n->user = user;
	n->entry = e;
	n->ismain = ismain;
	n->what = what;
	n->topic = t;
	n->issoname = issoname;
}

/* adds the offers and needs of a package; entry and isold are as in struct offer */
static void
readpkg(struct judge *j, const struct repopkg *p, struct entry *e, int isold,
    int ismain)
{
	const char *const *s;
	char *name;

	for (s = p->shlibs; *s; s++)
		addoffer(j, tableget(j->sonames, *s), NULL, e, isold,
		    repois32(p));
	/* XBPS finds a main repository's package by pattern though ours is newer */
	addoffer(j, tableget(j->names, p->name), p->pkgver, ismain ? NULL : e, isold,
	    0);
	for (s = p->provides; *s; s++) {
		name = pkgverdep(*s);
		addoffer(j, tableget(j->names, name), *s, ismain ? NULL : e, isold,
		    0);
		free(name);
	}
	for (s = p->needs; *s; s++)
		addneed(j, p, e, ismain, *s, tableget(j->sonames, *s), 1);
	for (s = p->depends; *s && e && !isold; s++) {
		name = pkgverdep(*s);
		addneed(j, p, e, ismain, *s, tableget(j->names, name), 0);
		free(name);
	}
}

static void
readbuild(struct judge *j)
{
	struct repo *r = reposat(j->rs, 0);
	const struct repopkg *p;
	struct entry *e;
	size_t i;

	for (i = 0; i < repolen(r); i++) {
		p = repoat(r, i);
		e = j->byid[i];
		readpkg(j, p, e, e && e->pkg != p, 0);
	}
}

/* reads the packages of main repositories that the build repository does not hide in any
 * case; of the others, only their names, for patterns */
static void
readmains(struct judge *j)
{
	const struct repopkg *p;
	struct entry *e;
	struct repo *r;
	size_t i, k, n;

	for (i = 1; (r = reposat(j->rs, i)); i++) {
		for (k = 0; (p = repoat(r, k)); k++) {
			if (p->staged)
				continue;
			e = tableget(j->byname, p->name);
			if (e && e->old == p) {
				readpkg(j, p, e, 1, 1);
				continue;
			}
			repoall(reposat(j->rs, 0), p->name, &n);
			if (n == 0 && inmains(j, p->name) == p)
				readpkg(j, p, NULL, 0, 1);
			else
				addoffer(j, tableget(j->names, p->name), p->pkgver,
				    NULL, 0, 0);
		}
	}
}

/* whether a package is in the index after all: a staged one unless it waits, one that it
 * would replace if it waits */
static int
isthere(const struct entry *e, int isold)
{
	return !e || e->waits == isold;
}

static int
meets(const struct need *n, const struct offer *o)
{
	char *name;
	int r;

	if (n->issoname)
		return !o->is32 || repois32(n->user);
	if (pkgvermatch(o->pkgver, n->what))
		return 1;
	/* a bare name is met by any version */
	name = pkgverdep(n->what);
	r = strcmp(name, n->what) == 0;
	free(name);
	return r;
}

static int
ismet(const struct need *n)
{
	const struct offer *o;

	for (o = n->topic->offers; o; o = o->next) {
		if (isthere(o->entry, o->isold) && meets(n, o))
			return 1;
	}
	return 0;
}

static int
isneeded(const struct judge *j, const struct need *n)
{
	const struct repopkg *index;

	if (!isthere(n->entry, !n->entry || n->entry->pkg != n->user))
		return 0;
	if (!j->xbps)
		return 1;
	/* xbps-rindex asks only for those whose name is in the index */
	index = n->entry ? n->entry->old : n->user;
	return n->issoname && index && !n->ismain;
}

static void
addrebuild(struct staging *st, const struct need *n, const struct entry *e)
{
	struct rebuild *r;

	st->rebuilds = xgrow(st->rebuilds, st->n, sizeof *st->rebuilds);
	r = &st->rebuilds[st->n++];
	r->soname = n->what;
	r->provider = e->pkg->name;
	r->by = e->pkg;
	r->user = n->user->name;
	r->pkg = n->user;
	r->ismain = n->ismain;
}

/* for the staged packages that would take a needed soname away: adds rebuilds to st or,
 * if that is NULL, lets them wait; returns whether there are any */
static int
keepold(struct staging *st, const struct need *n)
{
	const struct offer *o;
	int r;

	for (o = n->topic->offers, r = 0; o && n->issoname; o = o->next) {
		if (!o->isold || o->entry->waits || !meets(n, o))
			continue;
		if (st)
			addrebuild(st, n, o->entry);
		else
			o->entry->waits = 1;
		r = 1;
	}
	return r;
}

/* lets a staged user wait if only a waiting package meets its need; returns whether it
 * does */
static int
keepuser(const struct need *n)
{
	const struct offer *o;

	if (!n->entry || n->entry->pkg != n->user)
		return 0;
	for (o = n->topic->offers; o; o = o->next) {
		if (o->entry && !o->isold && o->entry->waits && meets(n, o)) {
			n->entry->waits = 1;
			return 1;
		}
	}
	return 0;
}

/* finds the packages that miss something if all staged ones enter the index */
static void
findrebuilds(struct judge *j, struct staging *st)
{
	const struct need *n;
	size_t i;

	for (i = 0; i < j->nneeds; i++) {
		n = &j->needs[i];
		if (isneeded(j, n) && !ismet(n))
			keepold(st, n);
	}
}

/* lets packages wait until no package misses what the index or the stage has */
static void
keepall(struct judge *j)
{
	const struct need *n;
	size_t i;
	int changed;

	do {
		changed = 0;
		for (i = 0; i < j->nneeds; i++) {
			n = &j->needs[i];
			if (isneeded(j, n) && !ismet(n))
				changed |= keepold(NULL, n) || keepuser(n);
		}
	} while (changed);
}

static int
bysoname(const void *a, const void *b)
{
	const struct rebuild *x = a, *y = b;
	int r;

	r = strcmp(x->soname, y->soname);
	if (r == 0)
		r = strcmp(x->user, y->user);
	return r != 0 ? r : strcmp(x->provider, y->provider);
}

static void
judge(struct staging *st, const struct repos *rs, int xbps)
{
	struct judge j = { .rs = rs, .xbps = xbps };
	size_t i;

	memset(st, 0, sizeof *st);
	st->waits = xcalloc(repolen(reposat(rs, 0)) + 1, 1);
	j.arena = mkarena();
	j.byname = mktable();
	j.sonames = mktable();
	j.names = mktable();
	makeentries(&j);
	if (j.n > 0) {
		readbuild(&j);
		readmains(&j);
		findrebuilds(&j, st);
	}
	if (!xbps)
		keepall(&j);
	for (i = 0; i < j.n; i++)
		st->waits[j.entries[i].pkg->id] = (char)(xbps ? st->n > 0 :
		    j.entries[i].waits);
	if (st->n > 1)
		qsort(st->rebuilds, st->n, sizeof *st->rebuilds, bysoname);
	free(j.needs);
	free(j.entries);
	free(j.byid);
	tabledel(j.byname);
	tabledel(j.sonames);
	tabledel(j.names);
	arenadel(j.arena);
}

void
stagejudge(struct staging *st, const struct repos *rs)
{
	judge(st, rs, 0);
}

void
stagejudgexbps(struct staging *st, const struct repos *rs)
{
	judge(st, rs, 1);
}

void
stagefree(struct staging *st)
{
	free(st->waits);
	free(st->rebuilds);
}
