#include <stdlib.h>

#include "arena.h"
#include "pkg.h"
#include "pkgs.h"
#include "pool.h"
#include "x.h"

struct task {
	struct pkgs *ps;
	int dir;
	char *const *files;
	int how;
};

static void
readone(void *arg, size_t i, unsigned thread)
{
	struct task *t = arg;

	pkgread(&t->ps->list[i], t->ps->arenas[thread], t->dir, t->files[i],
	    t->how);
}

void
pkgsread(struct pkgs *ps, int dir, char *const *files, size_t n, int how)
{
	struct task t = { ps, dir, files, how };
	unsigned i;

	ps->n = n;
	ps->list = xcalloc(n, sizeof *ps->list);
	ps->narenas = poolsize();
	ps->arenas = xcalloc(ps->narenas, sizeof *ps->arenas);
	for (i = 0; i < ps->narenas; i++)
		ps->arenas[i] = mkarena();
	poolrun(n, readone, &t);
}

void
pkgsfree(struct pkgs *ps)
{
	unsigned i;

	for (i = 0; i < ps->narenas; i++)
		arenadel(ps->arenas[i]);
	free(ps->arenas);
	free(ps->list);
}
