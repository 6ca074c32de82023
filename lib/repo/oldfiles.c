#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/print.h"
#include "base/table.h"
#include "base/x.h"
#include "repo/index.h"
#include "repo/oldfiles.h"
#include "xbps/pkgver.h"
#include "xbps/plist.h"
#include "xbps/repodata.h"

struct scan {
	const struct index *ix;
	struct table *others;	/* noarch pkgvers that other indexes have */
	char **files;		/* to be removed */
	size_t n;
	int failed;
};

static int
ends(const char *s, const char *with)
{
	size_t m, n;

	n = strlen(s);
	m = strlen(with);
	return n > m && strcmp(s + n - m, with) == 0;
}

static void
remember(struct scan *sc, const struct plist *dict)
{
	const char *arch, *pkgver;
	uint32_t i;

	for (i = 0; i < dict->len; i++) {
		arch = pliststr(&dict->u.kids[i], "architecture");
		pkgver = pliststr(&dict->u.kids[i], "pkgver");
		if (arch && pkgver && strcmp(arch, "noarch") == 0)
			tableput(sc->others, pkgver);
	}
}

/* an index of another architecture: what it has of noarch must stay */
static int
lookindex(const char *name, void *arg)
{
	struct scan *sc = arg;
	struct repodata rd;
	char *path;

	if (*name == '.' || !ends(name, "-repodata"))
		return 0;
	path = xasprintf("%s/%s", sc->ix->dir, name);
	if (strcmp(path, sc->ix->path) != 0) {
		if (repodataread(&rd, path) < 0) {
			sc->failed = 1;
		} else {
			remember(sc, rd.index);
			remember(sc, rd.stage);
			repodatafree(&rd);
		}
	}
	free(path);
	return sc->failed;
}

static int
has(const struct plist *dict, const char *name, const char *pkgver)
{
	const char *s;

	s = pliststr(plistget(dict, name), "pkgver");
	return s && strcmp(s, pkgver) == 0;
}

/* whether a package file of that name is for us to remove, if it is to be removed
 * at all: returns the length of its pkgver, 0 if it is not */
static size_t
ours(const struct scan *sc, const char *file, int *noarch)
{
	const char *arch;
	size_t archlen, n;

	n = ends(file, ".xbps") ? pkgverfile(file, &arch, &archlen) : 0;
	if (n == 0)
		return 0;
	*noarch = strncmp(arch, "noarch.", 7) == 0;
	if (*noarch)
		return n;
	return archlen == strlen(sc->ix->arch) &&
	    strncmp(arch, sc->ix->arch, archlen) == 0 ? n : 0;
}

/* whether it is a part of the index or of a package, which a killed run was
 * writing: who writes such now has a lock that we have */
static int
ispart(const struct scan *sc, const char *file)
{
	const char *dot;
	char *name;
	size_t n;
	int is, noarch;

	if (*file != '.' || !ends(file, ".tmp"))
		return 0;
	file++;
	n = strlen(sc->ix->arch);
	if (strncmp(file, sc->ix->arch, n) == 0 &&
	    strncmp(file + n, "-repodata.", 10) == 0)
		return 1;
	dot = strstr(file, ".xbps.");
	if (!dot)
		return 0;
	name = xstrndup(file, (size_t)(dot - file) + 5);
	is = ours(sc, name, &noarch) > 0;
	free(name);
	return is;
}

static int
isnamed(const struct scan *sc, const char *file, size_t n, int noarch)
{
	char *name, *pkgver;
	int is;

	pkgver = xstrndup(file, n);
	name = xstrndup(pkgver, pkgvername(pkgver));
	is = has(sc->ix->rd->index, name, pkgver) ||
	    has(sc->ix->rd->stage, name, pkgver) ||
	    (noarch && tablekey(sc->others, pkgver));
	free(name);
	free(pkgver);
	return is;
}

static int
lookfile(const char *file, void *arg)
{
	struct scan *sc = arg;
	size_t n;
	int noarch;

	n = ours(sc, file, &noarch);
	if (n > 0 ? !isnamed(sc, file, n, noarch) : ispart(sc, file)) {
		sc->files = xgrow(sc->files, sc->n, sizeof *sc->files);
		sc->files[sc->n++] = xstrdup(file);
	}
	return 0;
}

static int
byname(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* removes a package file and its signatures; the package goes last: by it the
 * next run finds what is left */
static int
removefile(int dir, const struct index *ix, const char *file)
{
	static const char *const suffixes[] = { ".sig", ".sig2", "" };
	char *name;
	size_t i;
	int r;

	r = 0;
	for (i = 0; r == 0 && i < sizeof suffixes / sizeof suffixes[0]; i++) {
		name = xasprintf("%s%s", file, suffixes[i]);
		r = unlinkat(dir, name, 0);
		if (r < 0 && errno == ENOENT)
			r = 0;
		if (r < 0)
			warn("%s/%s", ix->dir, name);
		free(name);
	}
	return r;
}

static int
removeall(struct scan *sc, int dir)
{
	struct buf said = { 0 };
	size_t i;
	int r;

	if (sc->n > 1)
		qsort(sc->files, sc->n, sizeof *sc->files, byname);
	r = 0;
	for (i = 0; i < sc->n; i++) {
		if (removefile(dir, sc->ix, sc->files[i]) < 0)
			r = -1;
		else
			buffmt(&said, "removed\t%s\n", sc->files[i]);
	}
	if (said.len > 0)
		print(said.s, said.len);
	buffree(&said);
	return r;
}

int
oldfiles(const struct index *ix)
{
	struct scan sc = { 0 };
	size_t i;
	int dir, r;

	/* without an index nothing is obsolete, or everything: keep it */
	if (!ix->there)
		return 0;
	dir = open(ix->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0) {
		warn("%s", ix->dir);
		return -1;
	}
	sc.ix = ix;
	sc.others = mktable();
	r = iolist(dir, lookindex, &sc);
	if (r == 0)
		r = iolist(dir, lookfile, &sc);
	if (r < 0)
		warn("%s", ix->dir);
	if (r == 0)
		r = removeall(&sc, dir);
	close(dir);
	tabledel(sc.others);
	for (i = 0; i < sc.n; i++)
		free(sc.files[i]);
	free(sc.files);
	return r == 0 ? 0 : -1;
}
