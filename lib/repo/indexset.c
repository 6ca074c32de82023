#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/io.h"
#include "base/text.h"
#include "base/x.h"
#include "repo/forced.h"
#include "repo/index.h"
#include "repo/indexset.h"
#include "repo/repolock.h"
#include "xbps/pkgfile.h"
#include "xbps/pkgver.h"
#include "xbps/repo.h"
#include "xbps/repodata.h"
#include "xbps/repos.h"

void
indexsetinit(struct indexset *s, const char *home)
{
	memset(s, 0, sizeof *s);
	s->home = xstrdup(home);
	s->arena = mkarena();
}

static struct index *
findindex(const struct indexset *s, const char *sub, const char *arch)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (strcmp(s->list[i].sub, sub) == 0 &&
		    strcmp(s->list[i].arch, arch) == 0)
			return &s->list[i];
	}
	return NULL;
}

void
indexsetneed(struct indexset *s, const char *sub, const char *arch, int noarch)
{
	struct index *ix;

	ix = findindex(s, sub, arch);
	if (!ix) {
		s->list = xgrow(s->list, s->n, sizeof *s->list);
		ix = &s->list[s->n++];
		indexinit(ix, s->home, sub, arch);
	}
	ix->noarch |= noarch;
}

/* returns the architecture in the name of an index, which the caller owns; NULL for other
 * names */
static char *
archof(const char *name)
{
	size_t n;
	char *arch;

	n = textends(name, "-repodata");
	if (!n)
		return NULL;
	arch = xstrndup(name, n);
	if (!pkgverarchok(arch)) {
		free(arch);
		return NULL;
	}
	return arch;
}

struct scan {
	struct indexset *s;
	const char *sub;
};

static int
needarch(const char *name, void *arg)
{
	struct scan *sc = arg;
	char *arch;

	arch = archof(name);
	if (arch)
		indexsetneed(sc->s, sc->sub, arch, 1);
	free(arch);
	return 0;
}

/* returns the path of a sub-repository's directory, which the caller owns */
static char *
dirof(const struct indexset *s, const char *sub)
{
	return xasprintf("%s%s%s", s->home, *sub ? "/" : "", sub);
}

void
indexsetneedall(struct indexset *s, const char *sub)
{
	struct scan sc = { .s = s, .sub = sub };
	char *path;

	path = dirof(s, sub);
	if (iolistpath(path, needarch, &sc) < 0) {
		warn("%s", path);
		s->failed = 1;
	}
	free(path);
}

int
indexsetcut(struct indexset *s)
{
	size_t i;
	int r;

	for (i = r = 0; i < s->n && r == 0; i++)
		r = forcedhas(s->list[i].dir);
	return r;
}

/* adds the indexes of the same architectures in all sub-repositories, and those that a
 * forced file needs */
static void
needothers(struct indexset *s)
{
	const char *sub;
	char *path;
	size_t i, k, n;
	int r;

	do {
		n = s->n;
		for (i = 0; i < n; i++) {
			for (k = 0; (sub = reposub(k)); k++) {
				path = xasprintf("%s%s%s/%s-repodata", s->home,
				    *sub ? "/" : "", sub, s->list[i].arch);
				if (access(path, F_OK) == 0)
					indexsetneed(s, sub, s->list[i].arch, 0);
				free(path);
			}
		}
		for (k = 0; s->change && (sub = reposub(k)); k++) {
			path = dirof(s, sub);
			r = forcedhas(path);
			free(path);
			if (r < 0)
				s->failed = 1;
			else if (r > 0)
				indexsetneedall(s, sub);
		}
	} while (s->n > n && !s->failed);
}

static int
byname(const void *a, const void *b)
{
	const struct index *x = a, *y = b;
	int r;

	r = strcmp(x->sub, y->sub);
	return r != 0 ? r : strcmp(x->arch, y->arch);
}

/* locks the noarch files of a directory, if one of its indexes, from the first on, says
 * that some will come or go */
static int
locknoarch(const struct indexset *s, struct index *first)
{
	const struct index *ix;

	for (ix = first; ix < s->list + s->n && strcmp(ix->sub, first->sub) == 0;
	    ix++) {
		if (!ix->noarch)
			continue;
		first->noarchlock = repolocknoarch(first->dir);
		return first->noarchlock < 0 ? -1 : 0;
	}
	return 0;
}

void
indexsetdrop(struct indexset *s, const char *arch)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (!arch || strcmp(s->list[i].arch, arch) == 0)
			indexclose(&s->list[i]);
	}
}

static int
openindex(struct indexset *s, struct index *ix, int *locked)
{
	if (s->change && iomkdirs(ix->dir) < 0) {
		warn("%s", ix->dir);
		*locked = -1;
		return -1;
	}
	if (s->change && (ix == s->list || strcmp(ix[-1].sub, ix->sub) != 0))
		*locked = locknoarch(s, ix);
	return *locked < 0 ? -1 : indexopen(ix, s->change);
}

void
indexsetopen(struct indexset *s, int change)
{
	int locked, r;
	size_t i;

	s->change = change;
	needothers(s);
	if (s->failed)
		return;
	if (s->n > 1)
		qsort(s->list, s->n, sizeof *s->list, byname);
	for (i = 0, locked = 0; i < s->n; i++)
		openindex(s, &s->list[i], &locked);
	for (i = 0; i < s->n; i++) {
		if (!s->list[i].rd)
			indexsetdrop(s, s->list[i].arch);
	}
	for (i = 0; i < s->n && change; i++) {
		if (i > 0 && strcmp(s->list[i - 1].sub, s->list[i].sub) == 0)
			continue;
		r = forcedhas(s->list[i].dir);
		if (r > 0)
			r = forcedrecover(s->list, s->n, &s->list[i], s->arena);
		if (r < 0)
			indexsetdrop(s, NULL);
	}
}

struct index *
indexsetget(const struct indexset *s, const char *sub, const char *arch)
{
	struct index *ix;

	ix = findindex(s, sub, arch);
	return ix && ix->rd ? ix : NULL;
}

int
indexsetlame(const struct indexset *s, const char *sub)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (strcmp(s->list[i].sub, sub) == 0 && !s->list[i].rd)
			return 1;
	}
	return 0;
}

struct repo *
indexsetrepo(const struct indexset *s, const char *arch)
{
	const struct repodata **rds;
	struct index *ix;
	struct repo *r;
	const char *sub;
	size_t k, n;

	for (n = 0; reposub(n); n++)
		;
	rds = xcalloc(n, sizeof *rds);
	for (k = 0; (sub = reposub(k)); k++) {
		ix = indexsetget(s, sub, arch);
		if (ix)
			rds[k] = ix->rd;
	}
	r = repoof(s->home, rds);
	free(rds);
	return r;
}

struct repos *
indexsetworld(struct indexset *s, const char *arch)
{
	struct repos *rs;
	size_t i;

	for (i = 0; i < s->nworlds; i++) {
		if (strcmp(reposarch(s->worlds[i]), arch) == 0) {
			reposbuild(s->worlds[i], indexsetrepo(s, arch));
			return s->worlds[i];
		}
	}
	rs = reposwith(indexsetrepo(s, arch), arch);
	if (!rs)
		return NULL;
	s->worlds = xgrow(s->worlds, s->nworlds, sizeof(struct repos *));
	s->worlds[s->nworlds++] = rs;
	return rs;
}

struct sharing {
	const struct indexset *s;
	const struct index *ix;
	const struct pkgfile *p;
	int failed;		/* after a message */
};

/* whether another index of the directory names the package; an open one may be newer in
 * memory */
static int
shares(const char *name, void *arg)
{
	struct sharing *l = arg;
	struct repodata rd;
	struct index other, *open;
	char *arch;
	int r;

	arch = archof(name);
	if (!arch || strcmp(arch, l->ix->arch) == 0) {
		free(arch);
		return 0;
	}
	open = indexsetget(l->s, l->ix->sub, arch);
	indexinit(&other, l->s->home, l->ix->sub, arch);
	free(arch);
	r = open ? 0 : repodataread(&rd, other.path);
	if (!open && r >= 0)
		other.rd = &rd;
	if (r >= 0)
		r = indexnames(open ? open : &other, l->p);
	else
		l->failed = 1;
	if (other.rd)
		repodatafree(&rd);
	other.rd = NULL;
	indexfree(&other);
	return r;
}

int
indexsetshared(const struct indexset *s, const struct index *ix,
    const struct pkgfile *p)
{
	struct sharing l = { .s = s, .ix = ix, .p = p };
	const struct index *other;
	int r;

	/* an index that was not written yet has no file */
	for (other = s->list; other < s->list + s->n; other++) {
		if (other == ix || !other->rd || strcmp(other->sub, ix->sub) != 0)
			continue;
		r = indexnames(other, p);
		if (r > 0)
			return r;
	}
	r = iolist(ix->dirfd, shares, &l);
	if (r < 0 && !l.failed)
		warn("%s", ix->dir);
	return r;
}

void
indexsetclose(struct indexset *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		indexfree(&s->list[i]);
	for (i = 0; i < s->nworlds; i++)
		reposdel(s->worlds[i]);
	free(s->worlds);
	arenadel(s->arena);
	free(s->list);
	free(s->home);
}
