#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/table.h"
#include "base/x.h"
#include "plan/chroot.h"
#include "plan/sides.h"
#include "xbps/repo.h"
#include "xbps/repos.h"

struct chroot {
	const struct sides *sides;
	struct arena *arena;	/* of members and links */
	struct table *members[SIDES];	/* by pkgver */
	unsigned walk;
	struct member **stack;
	size_t n;
};

struct chroot *
mkchroot(const struct sides *w)
{
	struct chroot *c;
	int i;

	c = xcalloc(1, sizeof *c);
	c->sides = w;
	c->arena = mkarena();
	for (i = 0; i < SIDES; i++)
		c->members[i] = mktable();
	return c;
}

void
chrootdel(struct chroot *c)
{
	int i;

	if (!c)
		return;
	for (i = 0; i < SIDES; i++)
		tabledel(c->members[i]);
	arenadel(c->arena);
	free(c->stack);
	free(c);
}

void
chrootbegin(struct chroot *c)
{
	c->walk++;
}

static struct member *
memberfor(struct chroot *c, int side, const struct repopkg *pkg)
{
	struct member *m;
	void **place;

	place = tableput(c->members[side], pkg->pkgver);
	if (!*place) {
		m = arenaget(c->arena, sizeof *m);
		memset(m, 0, sizeof *m);
		m->pkg = pkg;
		m->side = side;
		*place = m;
	}
	return *place;
}

static void
setlinks(struct chroot *c, struct member *m)
{
	const struct repos *rs = c->sides->side[m->side].repos;
	const char *const *dep;
	struct link *l;
	size_t n;

	for (n = 0; m->pkg->depends[n]; n++)
		;
	m->links = arenaget(c->arena, n * sizeof *m->links);
	for (dep = m->pkg->depends; *dep; dep++) {
		l = &m->links[m->nlinks++];
		l->pattern = *dep;
		l->where = NULL;
		l->pkg = reposdep(rs, *dep, &l->where);
	}
	m->known = 1;
}

static void
pushmember(struct chroot *c, int side, const struct repopkg *pkg)
{
	struct member *m;

	m = memberfor(c, side, pkg);
	if (m->walk == c->walk)
		return;
	m->walk = c->walk;
	if (!m->known)
		setlinks(c, m);
	c->stack = xgrow(c->stack, c->n, sizeof *c->stack);
	c->stack[c->n++] = m;
}

void
chrootwalk(struct chroot *c, int side, const struct repopkg *pkg,
    int (*visit)(const struct member *m, void *arg), void *arg)
{
	struct member *m;
	size_t i;

	pushmember(c, side, pkg);
	while (c->n > 0) {
		m = c->stack[--c->n];
		if (!visit(m, arg))
			continue;
		for (i = 0; i < m->nlinks; i++) {
			if (m->links[i].pkg)
				pushmember(c, side, m->links[i].pkg);
		}
	}
}
