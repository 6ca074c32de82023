#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/io.h"
#include "base/x.h"
#include "repo/delivered.h"
#include "repo/index.h"
#include "repo/indexset.h"
#include "repo/place.h"
#include "repo/sign.h"
#include "repo/stages.h"
#include "spool/job.h"
#include "spool/manifest.h"
#include "spool/spool.h"
#include "xbps/noarch.h"
#include "xbps/pkgfile.h"
#include "xbps/plist.h"
#include "xbps/repo.h"

/* sets why for an error of the system, or later if the error may pass */
static void
setfault(struct delivered *d, const char *part)
{
	if (iotransient(errno)) {
		warn("%s: %s", d->name, part);
		d->later = 1;
	} else {
		d->why = xasprintf("%s: %s", part, strerror(errno));
	}
}

/* checks that a sub-repository is a directory, and no part of its path a link */
static void
checkdirs(struct delivered *d, const struct spool *sp, const char *sub)
{
	struct stat st;
	const char *end;
	char *path;

	for (end = sub; !d->why && !d->later && *end;) {
		end += *end == '/';
		end += strcspn(end, "/");
		path = xasprintf("%s/%.*s", d->name, (int)(end - sub), sub);
		if (fstatat(sp->incoming, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
			setfault(d, sub);
		else if (!S_ISDIR(st.st_mode))
			d->why = xasprintf("%s is not a directory", sub);
		free(path);
	}
}

static void
readmanifest(struct delivered *d, const struct spool *sp)
{
	struct stat st;
	struct buf b = { 0 };
	char *name;

	if (fstatat(sp->incoming, d->name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			setfault(d, "incoming");
		return;
	}
	if (!S_ISDIR(st.st_mode)) {
		d->why = xstrdup("the delivery is not a directory");
		return;
	}
	name = xasprintf("%s/manifest", d->name);
	if (ioread(sp->incoming, name, MANIFESTMAX, &b) < 0) {
		setfault(d, "manifest");
	} else {
		d->m = xcalloc(1, sizeof *d->m);
		if (manifestparse(d->m, b.s ? b.s : "", b.len, &d->why) < 0) {
			free(d->m);
			d->m = NULL;
		}
	}
	free(name);
	buffree(&b);
}

static void
checkmanifest(struct delivered *d, const struct spool *sp)
{
	const struct mfile *f;

	if (strcmp(d->m->job, d->name) != 0)
		d->why = xasprintf("the delivery is of job %s", d->m->job);
	else if (strcmp(d->m->try, d->job->try) != 0)
		d->why = xasprintf("the delivery is of try %s, not %s",
		    d->m->try, d->job->try);
	for (f = d->m->files; f < d->m->files + d->m->n && !d->why &&
	    !d->later; f++) {
		if (repoissub(f->sub))
			checkdirs(d, sp, f->sub);
		else
			d->why = xasprintf("%s is not a repository that is "
			    "searched", f->sub);
	}
}

int
deliveredread(struct delivered *d, const struct spool *sp, const char *name)
{
	int r;

	memset(d, 0, sizeof *d);
	d->job = xcalloc(1, sizeof *d->job);
	r = spoolread(sp, BUILT, name, d->job, &d->why);
	if (r != 1) {
		free(d->job);
		d->job = NULL;
	}
	if (r == 0)
		return 0;
	d->name = xstrdup(name);
	if (r == -2) {
		warnx("%s/%s/%s: %s", sp->path, spoolstates[BUILT], name,
		    d->why);
		free(d->why);
		d->why = NULL;
		d->later = 1;
		return 1;
	}
	if (!d->why)
		readmanifest(d, sp);
	if (d->m)
		checkmanifest(d, sp);
	if (d->m)
		d->pkgs = xcalloc(d->m->n, sizeof *d->pkgs);
	return 1;
}

/* makes the manifest of a delivery of the repository's files */
static void
makemanifest(struct delivered *d, const struct noarch *na)
{
	const struct repopkg *p;
	struct buf b = { 0 };
	char *why;
	size_t i;

	buffmt(&b, "job %s\ntry 1\n", d->name);
	for (i = 0; i < d->job->nmakes; i++) {
		p = na->list[i];
		buffmt(&b, "package %s %llu %s%s%s.noarch.xbps\n", p->sha256, p->size,
		    p->sub, *p->sub ? "/" : "", p->pkgver);
	}
	bufstr(&b, "end\n");
	d->m = xcalloc(1, sizeof *d->m);
	if (manifestparse(d->m, b.s, b.len, &why) < 0) {
		free(why);
		free(d->m);
		d->m = NULL;
	}
	buffree(&b);
}

void
deliveredshare(struct delivered *d, struct noarchs *noarchs)
{
	const struct job *j = d->job;
	struct noarch na;

	if (d->why || d->later || d->m || !j->noarch || j->force ||
	    !noarchfind(noarchs, &na, j->arch, j->pkgver, j->makes, j->nmakes))
		return;
	makemanifest(d, &na);
	noarchfree(&na);
	if (!d->m)
		return;
	d->shared = 1;
	d->pkgs = xcalloc(d->m->n, sizeof *d->pkgs);
}

char *
deliveredpath(const struct delivered *d, size_t i)
{
	if (d->shared)
		return xstrdup(d->m->files[i].path);
	return xasprintf("%s/%s", d->name, d->m->files[i].path);
}

/* whether the job makes the package, or xbps-src makes it of one that the job makes: with
 * debugging symbols, for 32 bits */
static int
jobmakes(const struct job *j, const char *name)
{
	static const char *const suffixes[] = {
		"", "-dbg", "-32bit", "-dbg-32bit"
	};
	size_t i, k, n;

	for (i = 0; i < j->nmakes; i++) {
		n = strlen(j->makes[i]);
		if (strncmp(name, j->makes[i], n) != 0)
			continue;
		for (k = 0; k < sizeof suffixes / sizeof suffixes[0]; k++) {
			if (strcmp(name + n, suffixes[k]) == 0)
				return 1;
		}
	}
	return j->nmakes == 0;
}

static char *
checkpackage(const struct delivered *d, const struct mfile *f, const struct pkgfile *p)
{
	if (!p->props)
		return xasprintf("%s: %s", f->path, p->why);
	if (p->size != f->size || strcmp(p->sha256, f->sha256) != 0)
		return xasprintf("%s: %llu bytes with hash %s, the manifest has "
		    "%llu with %s", f->path, (unsigned long long)p->size,
		    p->sha256, (unsigned long long)f->size, f->sha256);
	if (!jobmakes(d->job, p->name))
		return xasprintf("%s: the job does not make it", f->path);
	/* builds for i686 make the multilib packages of x86_64 */
	if (strcmp(p->arch, d->job->arch) != 0 &&
	    strcmp(p->arch, "noarch") != 0 &&
	    (strncmp(f->sub, "multilib", 8) != 0 ||
	    strcmp(d->job->arch, "i686") != 0 || strcmp(p->arch, "x86_64") != 0))
		return xasprintf("%s: is for %s", f->path, p->arch);
	return NULL;
}

void
deliveredcheck(struct delivered *d)
{
	const struct pkgfile *p;
	int main;
	size_t i;

	main = 0;
	for (i = 0; i < d->m->n && !d->why && !d->later; i++) {
		p = d->pkgs[i];
		if (!p->props && p->transient) {
			warnx("%s: %s: %s", d->name, d->m->files[i].path,
			    p->why);
			d->later = 1;
			break;
		}
		d->why = checkpackage(d, &d->m->files[i], p);
		if (!d->why && strcmp(p->pkgver, d->job->pkgver) == 0)
			main = 1;
	}
	if (!d->why && !d->later && !main)
		d->why = xasprintf("%s was not delivered", d->job->pkgver);
	if (d->why && d->shared) {
		warnx("%s: %s", d->name, d->why);
		free(d->why);
		d->why = NULL;
		d->back = 1;
	}
}

void
deliveredfree(struct delivered *d)
{
	free(d->name);
	if (d->job)
		jobfree(d->job);
	free(d->job);
	if (d->m)
		manifestfree(d->m);
	free(d->m);
	free(d->pkgs);
	free(d->why);
}

static int
isnoarch(const struct delivered *d, size_t i)
{
	return strcmp(d->pkgs[i]->arch, "noarch") == 0;
}

/* the index of a noarch package is that of the job's architecture */
static const char *
indexarch(const struct delivered *d, size_t i)
{
	return isnoarch(d, i) ? d->job->arch : d->pkgs[i]->arch;
}

static struct index *
indexof(const struct delivered *d, size_t i, const struct indexset *s)
{
	return indexsetget(s, d->m->files[i].sub, indexarch(d, i));
}

void
deliveredneed(const struct delivered *d, struct indexset *s)
{
	size_t i;

	for (i = 0; i < d->m->n; i++) {
		indexsetneed(s, d->m->files[i].sub, indexarch(d, i),
		    isnoarch(d, i));
		/* other architectures' indexes may name the file that is replaced, or
		 * have an older version */
		if (isnoarch(d, i))
			indexsetneedall(s, d->m->files[i].sub);
	}
}

/* sets why if the index does not take the i-th package; a noarch one that is there by
 * another architecture's build keeps the bytes of that */
static void
askindex(struct delivered *d, size_t i, const struct indexset *s,
    const struct index *ix)
{
	const struct plist *have;
	const char *pkgver, *sha256;
	struct pkgfile *p;

	p = d->pkgs[i];
	switch (indexask(ix, p, d->job->force, &have)) {
	case INDEX_ADDED:
	case INDEX_PRESENT:
		break;
	case INDEX_OLDER:
		pkgver = pliststr(have, "pkgver");
		if (strcmp(p->pkgver, d->job->pkgver) == 0 &&
		    strcmp(p->pkgver, pkgver) != 0)
			d->why = xasprintf("the index has %s, which is newer",
			    pkgver);
		break;
	case INDEX_DIFFERS:
		if (isnoarch(d, i) && indexsetshared(s, ix, p) > 0)
			break;
		sha256 = pliststr(have, "filename-sha256");
		d->why = xasprintf("%s: the index has other bytes of this "
		    "version: %s, not %s", d->m->files[i].path,
		    sha256 ? sha256 : "no hash", p->sha256);
	}
}

void
deliveredask(struct delivered *d, const struct indexset *s)
{
	const struct index *ix;
	size_t i;

	for (i = 0; !d->later && !d->why && i < d->m->n; i++) {
		ix = indexof(d, i, s);
		if (!ix || (d->job->force && isnoarch(d, i) &&
		    indexsetlame(s, ix->sub)))
			d->later = 1;
		else
			askindex(d, i, s, ix);
	}
}

void
deliveredcandidates(const struct delivered *d, const struct indexset *s,
    struct candidate **c, size_t *n)
{
	const struct plist *have;
	const struct index *ix;
	size_t i;

	for (i = 0; i < d->m->n; i++) {
		ix = indexof(d, i, s);
		if (!ix || indexask(ix, d->pkgs[i], d->job->force, &have) !=
		    INDEX_ADDED)
			continue;
		*c = xgrow(*c, *n, sizeof **c);
		(*c)[*n].ix = ix;
		(*c)[*n].pkg = d->pkgs[i];
		(*c)[*n].owner = d->name;
		(*c)[(*n)++].why = NULL;
	}
}

/* signs a file of the repository that has no signature, as one from before there was a
 * key */
static int
signold(const struct signer *sg, const struct index *ix, const char *file)
{
	char *path;
	int r;

	if (!sg->on)
		return 0;
	path = xasprintf("%s/%s", ix->dir, file);
	r = signedalready(path) ? 0 : signfiles(sg, &path, 1);
	free(path);
	return r;
}

/* Takes the repository's file in place of the i-th one, as another architecture's index
 * names it: 1, 0 if it is no sound package, -1 after a message. */
static int
adoptfile(struct arena *a, const struct signer *sg, struct delivered *d, size_t i,
    struct index *ix)
{
	const char *file = d->m->files[i].file;
	struct pkgfile *p;

	p = arenaget(a, sizeof *p);
	if (pkgfileread(p, a, ix->dirfd, file, PKG_NOLINK) == 0) {
		d->pkgs[i] = p;
		return signold(sg, ix, file) < 0 ? -1 : 1;
	}
	if (!p->transient)
		return 0;
	warnx("%s/%s: %s", ix->dir, file, p->why);
	return -1;
}

/* puts the i-th file into the repository; -1 after a message */
static int
putfile(struct delivered *d, size_t i, int incoming, const struct signer *sg,
    struct indexset *s)
{
	const struct plist *have;
	struct index *ix;
	enum added r;
	char *path;
	int placed, shared;

	ix = indexof(d, i, s);
	r = indexask(ix, d->pkgs[i], 0, &have);
	if (r == INDEX_OLDER && !d->job->force)
		return 0;
	if (r == INDEX_DIFFERS && isnoarch(d, i) && !d->job->force)
		return 0;
	shared = 0;
	if (isnoarch(d, i) && r == INDEX_ADDED && !d->job->force)
		shared = indexsetshared(s, ix, d->pkgs[i]);
	if (shared > 0)
		shared = adoptfile(s->arena, sg, d, i, ix);
	if (shared != 0)
		return shared < 0 ? -1 : 0;
	if (d->shared && r == INDEX_ADDED)
		warnx("%s/%s: has just gone from the indexes", ix->dir,
		    d->m->files[i].file);
	if (d->shared)
		return r == INDEX_ADDED ? -1 : 0;
	path = deliveredpath(d, i);
	placed = placefile(s, ix, incoming, path, d->pkgs[i], sg->on);
	free(path);
	if (placed < 0)
		warn("%s/%s", ix->dir, d->m->files[i].file);
	return placed;
}

/* Adds a noarch package to the index of another architecture that has an older noarch
 * version, or the file that was replaced. What was built for that architecture is not for
 * this delivery to replace. */
static void
addshared(const struct delivered *d, size_t i, struct indexset *s, struct index *other)
{
	const struct plist *have;
	const char *arch;

	if (d->job->force)
		indexreplace(other, s->arena, d->pkgs[i]);
	else if (indexask(other, d->pkgs[i], 0, &have) == INDEX_ADDED && have &&
	    (arch = pliststr(have, "architecture")) && strcmp(arch, "noarch") == 0)
		indexadd(other, s->arena, d->pkgs[i], 0);
}

/* adds the i-th package to its index, and a noarch one to those that have it too */
static void
addpackage(const struct delivered *d, size_t i, struct indexset *s)
{
	const struct plist *have;
	struct index *ix, *other;

	ix = indexof(d, i, s);
	switch (indexask(ix, d->pkgs[i], 0, &have)) {
	case INDEX_PRESENT:
		return;
	case INDEX_OLDER:
		if (d->job->force)
			break;
		indexnote(ix, "present", have);
		return;
	case INDEX_DIFFERS:
		if (d->job->force)
			break;
		indexnote(ix, "present", have);
		return;
	default:
		break;
	}
	indexadd(ix, s->arena, d->pkgs[i], d->job->force);
	for (other = s->list; other < s->list + s->n; other++) {
		if (isnoarch(d, i) && (other != ix || d->job->force) && other->rd &&
		    strcmp(other->sub, ix->sub) == 0)
			addshared(d, i, s, other);
	}
}

void
deliveredadd(struct delivered *d, int incoming, const struct signer *sg,
    struct indexset *s)
{
	size_t i;

	/* again, as deliveries before this one have changed the indexes */
	deliveredask(d, s);
	for (i = 0; !d->later && !d->why && i < d->m->n; i++)
		d->later = putfile(d, i, incoming, sg, s) < 0;
	for (i = 0; !d->later && !d->why && i < d->m->n; i++)
		addpackage(d, i, s);
}

int
deliveredwritten(const struct delivered *d, const struct indexset *s)
{
	size_t i;

	for (i = 0; i < d->m->n; i++) {
		if (!indexof(d, i, s))
			return 0;
	}
	return 1;
}
