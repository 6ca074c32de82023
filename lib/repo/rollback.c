#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/table.h"
#include "base/x.h"
#include "repo/index.h"
#include "repo/indexset.h"
#include "repo/indexwrite.h"
#include "repo/rollback.h"
#include "repo/sign.h"
#include "xbps/pkgfile.h"
#include "xbps/pkgver.h"
#include "xbps/plist.h"
#include "xbps/repo.h"
#include "xbps/repodata.h"
#include "xbps/shlibs.h"

struct rollback {
	struct indexset *set;
	const char *arch;
	char *const *pkgvers;
	size_t n;
	struct index **indexes;	/* each package's */
	char **files;		/* each package's path */
	struct pkgfiles pkgs;
};

/* sets *ix and returns the path of the package's file: in the directory of the index
 * that names the package, or else in any; NULL if none has it; the caller owns it */
static char *
keptfile(const struct rollback *rb, const char *pkgver, struct index **ix)
{
	const char *const archs[2] = { rb->arch, "noarch" };
	struct index *i;
	size_t k;
	char *path;

	for (i = rb->set->list; i < rb->set->list + rb->set->n; i++) {
		for (k = 0; k < 2 && strcmp(i->arch, rb->arch) == 0; k++) {
			path = xasprintf("%s/%s.%s.xbps", i->dir, pkgver, archs[k]);
			if (access(path, F_OK) == 0) {
				*ix = i;
				return path;
			}
			free(path);
		}
	}
	return NULL;
}

static int
findfiles(struct rollback *rb)
{
	size_t i;
	int r;

	for (i = 0, r = 0; i < rb->n; i++) {
		if (pkgverok(rb->pkgvers[i]))
			rb->files[i] = keptfile(rb, rb->pkgvers[i], &rb->indexes[i]);
		if (!rb->files[i]) {
			warnx("%s: %s has no file of that package for %s",
			    rb->pkgvers[i], rb->set->home, rb->arch);
			r = 1;
		} else if (!rb->indexes[i]->rd) {
			r = -1;
		}
		if (r < 0)
			break;
	}
	return r;
}

/* whether all files are sound packages: 0, 1 or -1 after a message */
static int
readfiles(struct rollback *rb)
{
	const struct pkgfile *p;
	size_t i;
	int r;

	pkgfilereadall(&rb->pkgs, AT_FDCWD, rb->files, rb->n, PKG_WHOLE);
	for (i = 0, r = 0; i < rb->n && r >= 0; i++) {
		p = &rb->pkgs.list[i];
		if (p->props)
			continue;
		warnx("%s: %s", rb->files[i], p->why);
		r = p->transient ? -1 : 1;
	}
	return r;
}

/* what a package lacks as a line, cleaned; the caller owns it */
static char *
lackline(const struct lack *l)
{
	struct buf b = { 0 };

	buffmt(&b, "%s: would miss ", l->pkg->pkgver);
	shlibswords(&b, l);
	return buftake(&b);
}

/* puts into t what packages lack as the indexes are now; -1 after a message */
static int
notelacks(struct rollback *rb, struct table *t)
{
	struct lack *l;
	struct repos *rs;
	size_t i, n;
	char *line;

	rs = indexsetworld(rb->set, rb->arch);
	if (!rs)
		return -1;
	l = shlibslack(rs, 1, &n);
	for (i = 0; i < n; i++) {
		line = lackline(&l[i]);
		tableput(t, line);
		free(line);
	}
	free(l);
	return 0;
}

struct search {
	const char *name;
	const char *below;	/* only versions older than this pkgver's */
	char *best;		/* the newest pkgver found */
};

static int
compareversion(const char *file, void *arg)
{
	struct search *se = arg;
	const char *arch;
	size_t archlen, n;
	char *pkgver;

	n = pkgverfile(file, &arch, &archlen);
	if (n == 0 || strcmp(arch + archlen, ".xbps") != 0)
		return 0;
	pkgver = xstrndup(file, n);
	n = pkgvername(pkgver);
	if (strncmp(pkgver, se->name, n) == 0 && !se->name[n] &&
	    pkgvercmp(pkgver, se->below) < 0 &&
	    (!se->best || pkgvercmp(pkgver, se->best) > 0)) {
		free(se->best);
		se->best = pkgver;
		return 0;
	}
	free(pkgver);
	return 0;
}

/* returns the newest version of the package below its present one that has a file, as
 * a pkgver that the caller owns; NULL if there is none */
static char *
keptversion(const struct rollback *rb, const struct repopkg *p)
{
	struct search se = { .name = p->name, .below = p->pkgver };
	const struct index *ix;

	ix = indexsetget(rb->set, p->sub, rb->arch);
	if (ix && iolist(ix->dirfd, compareversion, &se) < 0)
		warn("%s", ix->dir);
	return se.best;
}

/* names each package that lacks something and did not before: returns how many, -1
 * after a message */
static int
namelacks(struct rollback *rb, const struct table *before)
{
	struct lack *l;
	struct repos *rs;
	char *kept, *line;
	size_t i, n;
	int fresh;

	rs = indexsetworld(rb->set, rb->arch);
	if (!rs)
		return -1;
	l = shlibslack(rs, 1, &n);
	for (i = 0, fresh = 0; i < n; i++) {
		line = lackline(&l[i]);
		if (!tablekey(before, line)) {
			kept = keptversion(rb, l[i].pkg);
			warnx("%s: %s%s%s", line, kept ? "put back " :
			    "no older version of it is kept", kept ? kept : "",
			    kept ? " with it" : "");
			free(kept);
			fresh++;
		}
		free(line);
	}
	free(l);
	return fresh;
}

static int
signfilesback(const struct rollback *rb, const struct signer *sg)
{
	char **list;
	size_t i, n;
	int r;

	list = xcalloc(rb->n + 1, sizeof *list);
	for (i = n = 0; sg->on && i < rb->n; i++) {
		if (!signedalready(rb->files[i]))
			list[n++] = rb->files[i];
	}
	r = signfiles(sg, list, n);
	free(list);
	return r;
}

/* whether the entry is that of the package's bytes */
static int
isentryof(const struct plist *entry, const struct pkgfile *p)
{
	const char *sha256;

	sha256 = pliststr(entry, "filename-sha256");
	return sha256 && strcmp(sha256, p->sha256) == 0;
}

/* what the stage has of a package goes when the index has the version asked for */
static void
putone(struct rollback *rb, struct index *ix, struct pkgfile *p)
{
	const struct plist *have, *staged;

	have = plistget(ix->rd->index, p->name);
	staged = plistget(ix->rd->stage, p->name);
	if (!isentryof(have, p)) {
		indexadd(ix, rb->set->arena, p, 1);
		return;
	}
	indexnote(ix, "present", have);
	if (staged) {
		indexnote(ix, "removed", staged);
		plistdrop(ix->rd->stage, p->name);
		ix->changed = 1;
	}
}

/* whether all files still have the bytes that the index will name: 0, -1 after a
 * message */
static int
checkfiles(const struct rollback *rb)
{
	size_t i;
	int r;

	for (i = 0; i < rb->n; i++) {
		r = pkgfilesame(AT_FDCWD, rb->files[i], &rb->pkgs.list[i]);
		if (r == 1)
			continue;
		if (r == 0)
			warnx("%s: was replaced while it was put back", rb->files[i]);
		else
			warn("%s", rb->files[i]);
		return -1;
	}
	return 0;
}

static int
putback(struct rollback *rb, const struct signer *sg, const struct table *before)
{
	size_t i;
	int r;

	for (i = 0; i < rb->n; i++)
		putone(rb, rb->indexes[i], &rb->pkgs.list[i]);
	r = namelacks(rb, before);
	if (r == 0 && (signfilesback(rb, sg) < 0 || checkfiles(rb) < 0))
		r = -1;
	return r != 0 ? r : indexwrite(rb->set, sg);
}

int
rollback(struct indexset *s, const struct signer *sg, const char *arch,
    char *const *pkgvers, size_t n)
{
	struct rollback rb = { s, arch, pkgvers, n, NULL, NULL, { 0 } };
	struct table *before;
	size_t i;
	int r;

	rb.indexes = xcalloc(n + 1, sizeof *rb.indexes);
	rb.files = xcalloc(n + 1, sizeof *rb.files);
	before = mktable();
	r = findfiles(&rb);
	if (r == 0)
		r = readfiles(&rb);
	if (r == 0)
		r = notelacks(&rb, before);
	if (r == 0)
		r = putback(&rb, sg, before);
	tabledel(before);
	if (rb.pkgs.list)
		pkgfilefreeall(&rb.pkgs);
	for (i = 0; i < n; i++)
		free(rb.files[i]);
	free(rb.files);
	free(rb.indexes);
	return r < 0 ? -1 : r > 0;
}
