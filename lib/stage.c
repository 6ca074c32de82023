#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "plist.h"
#include "stage.h"
#include "tab.h"
#include "x.h"

static void
each(const struct plist *entry, const char *key,
    void (*fn)(struct tab *t, const char *soname, const char *name),
    struct tab *t)
{
	const struct plist *p;
	uint32_t i;

	p = pliststrs(entry, key);
	for (i = 0; p && i < p->len; i++)
		fn(t, p->u.kids[i].u.s, entry->key);
}

static void
put(struct tab *t, const char *soname, const char *name)
{
	*tabput(t, soname) = (char *)name;
}

static void
drop(struct tab *t, const char *soname, const char *name)
{
	(void)name;
	tabdrop(t, soname);
}

/* the sonames that the index has now and may lose: each with its provider */
static struct tab *
lost(const struct plist *index, const struct plist *stage)
{
	const struct plist *p;
	struct tab *t;
	uint32_t i;

	t = mktab();
	for (i = 0; i < stage->len; i++) {
		p = plistget(index, stage->u.kids[i].key);
		if (p)
			each(p, "shlib-provides", put, t);
	}
	if (tablen(t) == 0)
		return t;
	for (i = 0; i < index->len; i++) {
		p = &index->u.kids[i];
		if (!plistget(stage, p->key))
			each(p, "shlib-provides", drop, t);
	}
	for (i = 0; i < stage->len; i++)
		each(&stage->u.kids[i], "shlib-provides", drop, t);
	return t;
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
	const char *provider;
	struct rebuild *list;
	struct tab *gone;
	uint32_t i, k;

	list = NULL;
	*n = 0;
	gone = lost(index, stage);
	/* only who is in the index already counts, as it will be */
	for (i = 0; tablen(gone) > 0 && i < index->len; i++) {
		p = plistget(stage, index->u.kids[i].key);
		if (!p)
			p = &index->u.kids[i];
		needs = pliststrs(p, "shlib-requires");
		for (k = 0; needs && k < needs->len; k++) {
			provider = tabget(gone, needs->u.kids[k].u.s);
			if (!provider)
				continue;
			list = xgrow(list, *n, sizeof *list);
			list[*n].soname = needs->u.kids[k].u.s;
			list[*n].provider = provider;
			list[*n].user = p->key;
			++*n;
		}
	}
	tabdel(gone);
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
