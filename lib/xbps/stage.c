#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/table.h"
#include "base/x.h"
#include "xbps/plist.h"
#include "xbps/stage.h"

/* a soname that the index may lose, by its name in a table */
struct loss {
	const char *provider;
};

struct losses {
	struct tab *t;
	struct arena *a;
};

static void
each(const struct plist *entry, struct losses *l,
    void (*fn)(struct losses *l, const char *soname, const char *name))
{
	const struct plist *p;
	uint32_t i;

	p = pliststrs(entry, "shlib-provides");
	for (i = 0; p && i < p->len; i++)
		fn(l, p->u.kids[i].u.s, entry->key);
}

static void
put(struct losses *l, const char *soname, const char *name)
{
	struct loss *loss;

	loss = arenaget(l->a, sizeof *loss);
	loss->provider = name;
	*tabput(l->t, soname) = loss;
}

static void
drop(struct losses *l, const char *soname, const char *name)
{
	(void)name;
	tabdrop(l->t, soname);
}

static void
findlosses(struct losses *l, const struct plist *index, const struct plist *stage)
{
	const struct plist *p;
	uint32_t i;

	for (i = 0; i < stage->len; i++) {
		p = plistget(index, stage->u.kids[i].key);
		if (p)
			each(p, l, put);
	}
	if (tablen(l->t) == 0)
		return;
	for (i = 0; i < index->len; i++) {
		p = &index->u.kids[i];
		if (!plistget(stage, p->key))
			each(p, l, drop);
	}
	for (i = 0; i < stage->len; i++)
		each(&stage->u.kids[i], l, drop);
}

static int
bysoname(const void *a, const void *b)
{
	const struct rebuild *x = a, *y = b;
	int r;

	r = strcmp(x->soname, y->soname);
	return r != 0 ? r : strcmp(x->user, y->user);
}

struct rebuild *
stagebroken(const struct plist *index, const struct plist *stage, size_t *n)
{
	const struct plist *needs, *p;
	const struct loss *loss;
	struct losses l;
	struct rebuild *list;
	uint32_t i, k;

	l.t = mktab();
	l.a = mkarena();
	findlosses(&l, index, stage);
	list = NULL;
	*n = 0;
	/* only who is in the index already counts, as it will be */
	for (i = 0; tablen(l.t) > 0 && i < index->len; i++) {
		p = plistget(stage, index->u.kids[i].key);
		if (!p)
			p = &index->u.kids[i];
		needs = pliststrs(p, "shlib-requires");
		for (k = 0; needs && k < needs->len; k++) {
			loss = tabget(l.t, needs->u.kids[k].u.s);
			if (!loss)
				continue;
			list = xgrow(list, *n, sizeof *list);
			list[*n].soname = needs->u.kids[k].u.s;
			list[*n].provider = loss->provider;
			list[*n].user = p->key;
			++*n;
		}
	}
	tabdel(l.t);
	arenadel(l.a);
	if (*n > 1)
		qsort(list, *n, sizeof *list, bysoname);
	return list;
}

void
stagemove(struct arena *a, struct plist *index, struct plist *stage)
{
	uint32_t i;

	for (i = 0; i < stage->len; i++)
		plistset(a, index, stage->u.kids[i].key, &stage->u.kids[i]);
	stage->len = 0;
}
