#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/print.h"
#include "base/table.h"
#include "base/text.h"
#include "base/x.h"
#include "repo/index.h"
#include "repo/oldfiles.h"
#include "xbps/pkgver.h"
#include "xbps/plist.h"
#include "xbps/repodata.h"

struct oldfile {
	char *file;
	char *pkgver;		/* NULL for the part of a file */
	int kept;
};

struct scan {
	const struct index *ix;
	struct table *others;	/* noarch pkgvers of other indexes */
	struct oldfile *files;	/* to be removed unless kept */
	size_t n;
	int failed;
};

static void
rememberdict(struct scan *sc, const struct plist *dict)
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

/* remembers the noarch packages of another architecture's index */
static int
readother(const char *name, void *arg)
{
	struct scan *sc = arg;
	struct repodata rd;
	char *path;

	if (*name == '.' || !textends(name, "-repodata"))
		return 0;
	path = xasprintf("%s/%s", sc->ix->dir, name);
	if (strcmp(path, sc->ix->path) != 0) {
		if (repodataread(&rd, path) < 0) {
			sc->failed = 1;
		} else {
			rememberdict(sc, rd.index);
			rememberdict(sc, rd.stage);
			repodatafree(&rd);
		}
	}
	free(path);
	return sc->failed;
}

static int
hasversion(const struct plist *dict, const char *name, const char *pkgver)
{
	const char *s;

	s = pliststr(plistget(dict, name), "pkgver");
	return s && strcmp(s, pkgver) == 0;
}

/* returns the length of the pkgver in the name of a package file of the index's
 * architecture or noarch, 0 for other names */
static size_t
filepkgver(const struct scan *sc, const char *file, int *noarch)
{
	const char *arch;
	size_t archlen, n;

	n = textends(file, ".xbps") ? pkgverfile(file, &arch, &archlen) : 0;
	if (n == 0)
		return 0;
	*noarch = strncmp(arch, "noarch.", 7) == 0;
	if (*noarch)
		return n;
	return archlen == strlen(sc->ix->arch) &&
	    strncmp(arch, sc->ix->arch, archlen) == 0 ? n : 0;
}

/* whether the file is an index or a package that a killed run has left half written; a
 * running one would hold our lock */
static int
ispart(const struct scan *sc, const char *file)
{
	const char *dot;
	char *name;
	size_t n;
	int is, noarch;

	if (*file != '.' || !textends(file, ".tmp"))
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
	is = filepkgver(sc, name, &noarch) > 0;
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
	is = hasversion(sc->ix->rd->index, name, pkgver) ||
	    hasversion(sc->ix->rd->stage, name, pkgver) ||
	    (noarch && tablekey(sc->others, pkgver));
	free(name);
	free(pkgver);
	return is;
}

static int
collectold(const char *file, void *arg)
{
	struct scan *sc = arg;
	size_t n;
	int noarch;

	n = filepkgver(sc, file, &noarch);
	if (n > 0 ? !isnamed(sc, file, n, noarch) : ispart(sc, file)) {
		sc->files = xgrow(sc->files, sc->n, sizeof *sc->files);
		sc->files[sc->n].pkgver = n > 0 ? xstrndup(file, n) : NULL;
		sc->files[sc->n].kept = 0;
		sc->files[sc->n++].file = xstrdup(file);
	}
	return 0;
}

static int
comparefiles(const void *a, const void *b)
{
	const struct oldfile *x = a, *y = b;

	return strcmp(x->file, y->file);
}

/* orders by package, the newest version first; parts come last */
static int
comparepackages(const void *a, const void *b)
{
	const struct oldfile *x = a, *y = b;
	size_t m, n;
	int r;

	if (!x->pkgver || !y->pkgver)
		return (x->pkgver == NULL) - (y->pkgver == NULL);
	m = pkgvername(x->pkgver);
	n = pkgvername(y->pkgver);
	r = strncmp(x->pkgver, y->pkgver, m < n ? m : n);
	if (r == 0 && m != n)
		r = m < n ? -1 : 1;
	return r != 0 ? r : pkgvercmp(y->pkgver, x->pkgver);
}

static int
issamename(const char *a, const char *b)
{
	size_t n;

	n = pkgvername(a);
	return n == pkgvername(b) && strncmp(a, b, n) == 0;
}

/* keeps that many of the newest versions of each package */
static void
keepnewest(struct scan *sc, long keep)
{
	struct oldfile *f, *first;

	if (sc->n > 1)
		qsort(sc->files, sc->n, sizeof *sc->files, comparepackages);
	first = sc->files;
	for (f = sc->files; f < sc->files + sc->n && f->pkgver; f++) {
		if (!issamename(f->pkgver, first->pkgver))
			first = f;
		f->kept = f - first < keep;
	}
}

/* removes a package file after its signatures, so that the next run finds what is left */
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
		qsort(sc->files, sc->n, sizeof *sc->files, comparefiles);
	r = 0;
	for (i = 0; i < sc->n; i++) {
		if (sc->files[i].kept)
			continue;
		if (removefile(dir, sc->ix, sc->files[i].file) < 0)
			r = -1;
		else
			buffmt(&said, "removed\t%s\n", sc->files[i].file);
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

	/* without an index every file would be old */
	if (!ix->there)
		return 0;
	dir = open(ix->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0) {
		warn("%s", ix->dir);
		return -1;
	}
	sc.ix = ix;
	sc.others = mktable();
	r = iolist(dir, readother, &sc);
	if (r == 0)
		r = iolist(dir, collectold, &sc);
	if (r < 0)
		warn("%s", ix->dir);
	if (r == 0) {
		keepnewest(&sc, confnumber(CONF_KEEP));
		r = removeall(&sc, dir);
	}
	close(dir);
	tabledel(sc.others);
	for (i = 0; i < sc.n; i++) {
		free(sc.files[i].file);
		free(sc.files[i].pkgver);
	}
	free(sc.files);
	return r == 0 ? 0 : -1;
}
