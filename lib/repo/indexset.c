#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/x.h"
#include "repo/index.h"
#include "repo/indexset.h"
#include "repo/repolock.h"
#include "repo/sign.h"
#include "xbps/pkgfile.h"
#include "xbps/plist.h"
#include "xbps/repodata.h"
#include "xbps/version.h"

static struct shelf *
find(const struct shelves *ss, const char *sub, const char *arch)
{
	size_t i;

	for (i = 0; i < ss->n; i++) {
		if (strcmp(ss->list[i].sub, sub) == 0 &&
		    strcmp(ss->list[i].arch, arch) == 0)
			return &ss->list[i];
	}
	return NULL;
}

void
shelfneed(struct shelves *ss, const char *sub, const char *arch, int noarch)
{
	struct shelf *s;

	s = find(ss, sub, arch);
	if (s) {
		s->noarch |= noarch;
		return;
	}
	ss->list = xgrow(ss->list, ss->n, sizeof *ss->list);
	s = &ss->list[ss->n++];
	memset(s, 0, sizeof *s);
	s->noarch = noarch;
	s->sub = xstrdup(sub);
	s->arch = xstrdup(arch);
	s->path = xasprintf("%s%s%s", ss->repo, *sub ? "/" : "", sub);
	s->dir = s->lock = -1;
}

/* the architecture that the name of an index has, NULL if it is none; the caller
 * owns it */
static char *
archof(const char *name)
{
	static const char suffix[] = "-repodata";
	size_t n;
	char *arch;

	n = strlen(name);
	if (n < sizeof suffix || strcmp(name + n - sizeof suffix + 1, suffix) != 0)
		return NULL;
	arch = xstrndup(name, n - sizeof suffix + 1);
	if (!verarchok(arch)) {
		free(arch);
		return NULL;
	}
	return arch;
}

struct scan {
	struct shelves *ss;
	const char *sub;
};

static int
needone(const char *name, void *arg)
{
	struct scan *sc = arg;
	char *arch;

	arch = archof(name);
	if (arch)
		shelfneed(sc->ss, sc->sub, arch, 1);
	free(arch);
	return 0;
}

void
shelfneedall(struct shelves *ss, const char *sub)
{
	struct scan sc = { ss, sub };
	char *path;
	int dir;

	path = xasprintf("%s%s%s", ss->repo, *sub ? "/" : "", sub);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir >= 0) {
		iolist(dir, needone, &sc);
		close(dir);
	}
	free(path);
}

static int
byname(const void *a, const void *b)
{
	const struct shelf *x = a, *y = b;
	int r;

	r = strcmp(x->sub, y->sub);
	return r != 0 ? r : strcmp(x->arch, y->arch);
}

static void
shut(struct shelf *s)
{
	if (s->ix) {
		indexclose(s->ix);
		free(s->ix);
		s->ix = NULL;
	}
	if (s->dir >= 0)
		close(s->dir);
	s->dir = -1;
}

/* locks the noarch files of a directory, if there will be any, for all shelves in
 * it, of which this is the first */
static int
locknoarch(const struct shelves *ss, struct shelf *first)
{
	const struct shelf *s;

	for (s = first; s < ss->list + ss->n &&
	    strcmp(s->sub, first->sub) == 0; s++) {
		if (!s->noarch)
			continue;
		first->lock = repolocknoarch(first->path);
		return first->lock < 0 ? -1 : 0;
	}
	return 0;
}

void
shelvesopen(struct shelves *ss)
{
	struct shelf *s;
	int locked;

	if (ss->n > 1)
		qsort(ss->list, ss->n, sizeof *ss->list, byname);
	locked = -1;
	for (s = ss->list; s < ss->list + ss->n; s++) {
		if (iomkdirs(s->path) == 0)
			s->dir = open(s->path,
			    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (s->dir < 0) {
			warn("%s", s->path);
			locked = -1;
			continue;
		}
		if (s == ss->list || strcmp(s[-1].sub, s->sub) != 0)
			locked = locknoarch(ss, s);
		if (locked < 0)
			continue;
		s->ix = xcalloc(1, sizeof *s->ix);
		if (indexopen(s->ix, s->path, s->arch, 1) < 0) {
			free(s->ix);
			s->ix = NULL;
		}
	}
}

struct shelf *
shelfget(const struct shelves *ss, const char *sub, const char *arch)
{
	struct shelf *s;

	s = find(ss, sub, arch);
	return s && s->ix ? s : NULL;
}

/* whether the file has these bytes: 1, 0, -1 with errno */
static int
hashis(int dir, const char *file, const char *sha256)
{
	char hash[PKGHASH];
	uint64_t size;
	int e, fd, r;

	fd = openat(dir, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT || errno == ELOOP ? 0 : -1;
	r = pkghash(fd, hash, &size);
	e = errno;
	close(fd);
	errno = e;
	return r < 0 ? -1 : strcmp(hash, sha256) == 0;
}

/* keeps the name of a file that is to be synced */
static void
keep(struct shelf *s, char *file)
{
	s->placed = xgrow(s->placed, s->nplaced, sizeof *s->placed);
	s->placed[s->nplaced++] = file;
}

/* 1 if it was put there, 0 if its bytes were there */
static int
place(const struct shelf *s, int fromdir, const char *from, const char *file,
    const struct pkg *p)
{
	int r;

	r = hashis(s->dir, file, p->sha256);
	if (r != 0)
		return r < 0 ? -1 : 0;
	r = ioplace(fromdir, from, s->dir, file);
	/* it was hashed before it was copied */
	if (r == 1 && hashis(s->dir, file, p->sha256) != 1) {
		unlinkat(s->dir, file, 0);
		errno = EIO;
		return -1;
	}
	return r < 0 ? -1 : 1;
}

static int
placesig(struct shelf *s, int fromdir, const char *from, const char *file)
{
	char *fromsig, *sig;
	int r;

	fromsig = xasprintf("%s.sig2", from);
	sig = xasprintf("%s.sig2", file);
	r = ioplace(fromdir, fromsig, s->dir, sig);
	free(fromsig);
	if (r < 0)
		free(sig);
	else
		keep(s, sig);
	return r < 0 ? -1 : 0;
}

int
shelfplace(struct shelf *s, int fromdir, const char *from, const struct pkg *p,
    int issigned)
{
	char *file, *sig;
	int r;

	file = xasprintf("%s.%s.xbps", p->pkgver, p->arch);
	r = place(s, fromdir, from, file, p);
	if (r < 0) {
		free(file);
		return -1;
	}
	keep(s, file);
	if (issigned)
		return placesig(s, fromdir, from, file);
	if (r > 0) {
		/* one of the bytes that were there before */
		sig = xasprintf("%s.sig2", file);
		unlinkat(s->dir, sig, 0);
		free(sig);
	}
	return 0;
}

static int
has(const struct plist *dict, const struct pkg *p)
{
	const char *arch, *pkgver;

	dict = plistget(dict, p->name);
	pkgver = pliststr(dict, "pkgver");
	arch = pliststr(dict, "architecture");
	return pkgver && strcmp(pkgver, p->pkgver) == 0 &&
	    arch && strcmp(arch, "noarch") == 0;
}

static int
indexhas(const struct repodata *rd, const struct pkg *p)
{
	return has(rd->index, p) || has(rd->stage, p);
}

struct look {
	const struct shelves *ss;
	const struct shelf *s;
	const struct pkg *p;
	int failed;		/* and has been said */
};

/* looks into one index of the directory, ours excepted: in memory if it is open,
 * since there it may be newer */
static int
lookone(const char *name, void *arg)
{
	struct look *l = arg;
	struct repodata rd;
	struct shelf *other;
	char *arch, *path;
	int r;

	arch = archof(name);
	if (!arch || strcmp(arch, l->s->arch) == 0) {
		free(arch);
		return 0;
	}
	other = shelfget(l->ss, l->s->sub, arch);
	free(arch);
	if (other)
		return indexhas(other->ix->rd, l->p);
	path = xasprintf("%s/%s", l->s->path, name);
	r = repodataread(&rd, path);
	free(path);
	l->failed = r < 0;
	if (r < 0)
		return -1;
	r = indexhas(&rd, l->p);
	repodatafree(&rd);
	return r;
}

int
shelfshared(const struct shelves *ss, const struct shelf *s, const struct pkg *p)
{
	struct look l = { ss, s, p, 0 };
	const struct shelf *other;
	int r;

	/* one that was not written yet is in no file */
	for (other = ss->list; other < ss->list + ss->n; other++) {
		if (other != s && other->ix && strcmp(other->sub, s->sub) == 0 &&
		    indexhas(other->ix->rd, p))
			return 1;
	}
	r = iolist(s->dir, lookone, &l);
	if (r < 0 && !l.failed)
		warn("%s", s->path);
	return r;
}

static int
syncplaced(const struct shelf *s)
{
	size_t failed;

	if (s->nplaced == 0)
		return 0;
	if (iosyncfiles(s->dir, (const char *const *)s->placed, s->nplaced,
	    &failed) < 0) {
		warn("%s/%s", s->path, s->placed[failed]);
		return -1;
	}
	if (iosyncdir(s->dir) < 0) {
		warn("%s", s->path);
		return -1;
	}
	return 0;
}

void
shelveswrite(struct shelves *ss, const struct signer *sg, FILE *out)
{
	struct shelf *s;

	for (s = ss->list; s < ss->list + ss->n; s++) {
		if (!s->ix)
			continue;
		indexsettle(s->ix);
		if (signindex(sg, s->ix) < 0 || syncplaced(s) < 0 ||
		    indexwrite(s->ix, out) < 0)
			shut(s);
	}
}

void
shelvesfree(struct shelves *ss)
{
	struct shelf *s;
	size_t i;

	for (s = ss->list; s < ss->list + ss->n; s++) {
		shut(s);
		if (s->lock >= 0)
			close(s->lock);
		for (i = 0; i < s->nplaced; i++)
			free(s->placed[i]);
		free(s->placed);
		free(s->sub);
		free(s->arch);
		free(s->path);
	}
	free(ss->list);
}
