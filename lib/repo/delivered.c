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
#include "repo/sign.h"
#include "spool/job.h"
#include "spool/manifest.h"
#include "spool/spool.h"
#include "xbps/pkgfile.h"
#include "xbps/plist.h"
#include "xbps/repo.h"

/* what the system says of a part: the delivery is bad, or, when that may pass, to
 * be looked at another time */
static void
fault(struct delivered *pc, const char *part)
{
	if (iotransient(errno)) {
		warn("%s: %s", pc->name, part);
		pc->later = 1;
	} else {
		pc->why = xasprintf("%s: %s", part, strerror(errno));
	}
}

/* whether the directory of the sub-repository is there, and none of its parts is
 * a link to elsewhere */
static void
checkdirs(struct delivered *pc, const struct spool *sp, const char *sub)
{
	struct stat st;
	const char *end;
	char *path;

	for (end = sub; !pc->why && !pc->later && *end;) {
		end += *end == '/';
		end += strcspn(end, "/");
		path = xasprintf("%s/%.*s", pc->name, (int)(end - sub), sub);
		if (fstatat(sp->incoming, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
			fault(pc, sub);
		else if (!S_ISDIR(st.st_mode))
			pc->why = xasprintf("%s is not a directory", sub);
		free(path);
	}
}

static void
readmanifest(struct delivered *pc, const struct spool *sp)
{
	struct stat st;
	struct buf b = { 0 };
	char *name;

	if (fstatat(sp->incoming, pc->name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			fault(pc, "incoming");
		return;
	}
	if (!S_ISDIR(st.st_mode)) {
		pc->why = xstrdup("the delivery is not a directory");
		return;
	}
	name = xasprintf("%s/manifest", pc->name);
	if (ioread(sp->incoming, name, MANIFESTMAX, &b) < 0) {
		fault(pc, "manifest");
	} else {
		pc->m = xcalloc(1, sizeof *pc->m);
		if (manifestparse(pc->m, b.s ? b.s : "", b.len, &pc->why) < 0) {
			free(pc->m);
			pc->m = NULL;
		}
	}
	free(name);
	buffree(&b);
}

/* what a manifest must say for this job at this try */
static void
checkmanifest(struct delivered *pc, const struct spool *sp)
{
	const struct mfile *f;

	if (strcmp(pc->m->job, pc->name) != 0)
		pc->why = xasprintf("the delivery is of job %s", pc->m->job);
	else if (pc->m->try != pc->job->tries)
		pc->why = xasprintf("the delivery is of try %d, not %d",
		    pc->m->try, pc->job->tries);
	for (f = pc->m->files; f < pc->m->files + pc->m->n && !pc->why &&
	    !pc->later; f++) {
		if (repoissub(f->sub))
			checkdirs(pc, sp, f->sub);
		else
			pc->why = xasprintf("%s is not a repository that is "
			    "searched", f->sub);
	}
}

int
deliveredread(struct delivered *pc, const struct spool *sp, const char *name)
{
	int r;

	memset(pc, 0, sizeof *pc);
	pc->job = xcalloc(1, sizeof *pc->job);
	r = spoolread(sp, BUILT, name, pc->job, &pc->why);
	if (r != 1) {
		free(pc->job);
		pc->job = NULL;
	}
	if (r == 0)
		return 0;
	pc->name = xstrdup(name);
	if (r == -2) {
		warnx("%s/%s/%s: %s", sp->path, spoolstates[BUILT], name,
		    pc->why);
		free(pc->why);
		pc->why = NULL;
		pc->later = 1;
		return 1;
	}
	if (!pc->why)
		readmanifest(pc, sp);
	if (pc->m)
		checkmanifest(pc, sp);
	if (pc->m)
		pc->pkgs = xcalloc(pc->m->n, sizeof *pc->pkgs);
	return 1;
}

char *
deliveredpath(const struct delivered *pc, size_t i)
{
	return xasprintf("%s/%s", pc->name, pc->m->files[i].path);
}

/* whether the job makes the package, or xbps-src does so by itself: for 32 bits,
 * with debugging symbols */
static int
makes(const struct job *j, const char *name)
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
checkone(const struct delivered *pc, const struct mfile *f, const struct pkgfile *p)
{
	if (!p->props)
		return xasprintf("%s: %s", f->path, p->why);
	if (p->size != f->size || strcmp(p->sha256, f->sha256) != 0)
		return xasprintf("%s: %llu bytes with hash %s, the manifest has "
		    "%llu with %s", f->path, (unsigned long long)p->size,
		    p->sha256, (unsigned long long)f->size, f->sha256);
	if (!makes(pc->job, p->name))
		return xasprintf("%s: the job does not make it", f->path);
	/* packages of 32 bits for x86_64 are made by builds for i686 */
	if (strcmp(p->arch, pc->job->arch) != 0 &&
	    strcmp(p->arch, "noarch") != 0 &&
	    strncmp(f->sub, "multilib", 8) != 0)
		return xasprintf("%s: is for %s", f->path, p->arch);
	return NULL;
}

void
deliveredcheck(struct delivered *pc)
{
	const struct pkgfile *p;
	int main;
	size_t i;

	main = 0;
	for (i = 0; i < pc->m->n && !pc->why && !pc->later; i++) {
		p = pc->pkgs[i];
		if (!p->props && p->transient) {
			warnx("%s: %s: %s", pc->name, pc->m->files[i].path,
			    p->why);
			pc->later = 1;
			break;
		}
		pc->why = checkone(pc, &pc->m->files[i], p);
		if (!pc->why && strcmp(p->pkgver, pc->job->pkgver) == 0)
			main = 1;
	}
	if (!pc->why && !pc->later && !main)
		pc->why = xasprintf("%s was not delivered", pc->job->pkgver);
}

void
deliveredfree(struct delivered *pc)
{
	free(pc->name);
	if (pc->job)
		jobfree(pc->job);
	free(pc->job);
	if (pc->m)
		manifestfree(pc->m);
	free(pc->m);
	free(pc->pkgs);
	free(pc->why);
}

/* a noarch package is in the index of the architecture it was built for */
static const char *
indexarch(const struct delivered *pc, size_t i)
{
	return strcmp(pc->pkgs[i]->arch, "noarch") == 0 ? pc->job->arch :
	    pc->pkgs[i]->arch;
}

static struct index *
indexof(const struct delivered *pc, size_t i, const struct indexset *s)
{
	return indexsetget(s, pc->m->files[i].sub, indexarch(pc, i));
}

static int
isnoarch(const struct delivered *pc, size_t i)
{
	return strcmp(pc->pkgs[i]->arch, "noarch") == 0;
}

void
deliveredneed(const struct delivered *pc, struct indexset *s)
{
	size_t i;

	for (i = 0; i < pc->m->n; i++) {
		indexsetneed(s, pc->m->files[i].sub, indexarch(pc, i),
		    isnoarch(pc, i));
		/* a file that is replaced is so for all indexes that name it */
		if (pc->job->force && isnoarch(pc, i))
			indexsetneedall(s, pc->m->files[i].sub);
	}
}

/* asks the index of the i-th package */
static void
askone(struct delivered *pc, size_t i, const struct index *ix)
{
	const struct plist *have;
	const char *pkgver, *sha256;
	struct pkgfile *p;

	p = pc->pkgs[i];
	switch (indexask(ix, p, pc->job->force, &have)) {
	case INDEX_ADDED:
	case INDEX_PRESENT:
		break;
	case INDEX_OLDER:
		pkgver = pliststr(have, "pkgver");
		if (strcmp(p->pkgver, pc->job->pkgver) == 0 &&
		    strcmp(p->pkgver, pkgver) != 0)
			pc->why = xasprintf("the index has %s, which is newer",
			    pkgver);
		break;
	case INDEX_DIFFERS:
		sha256 = pliststr(have, "filename-sha256");
		pc->why = xasprintf("%s: the index has other bytes of this "
		    "version: %s, not %s", pc->m->files[i].path,
		    sha256 ? sha256 : "no hash", p->sha256);
	}
}

void
deliveredask(struct delivered *pc, const struct indexset *s)
{
	const struct index *ix;
	size_t i;

	for (i = 0; !pc->later && !pc->why && i < pc->m->n; i++) {
		ix = indexof(pc, i, s);
		if (!ix || (pc->job->force && isnoarch(pc, i) &&
		    indexsetlame(s, ix->sub)))
			pc->later = 1;
		else
			askone(pc, i, ix);
	}
}

void
deliveredcandidates(const struct delivered *pc, const struct indexset *s,
    struct candidate **c, size_t *n)
{
	const struct plist *have;
	const struct index *ix;
	size_t i;

	for (i = 0; i < pc->m->n; i++) {
		ix = indexof(pc, i, s);
		if (!ix || indexask(ix, pc->pkgs[i], pc->job->force, &have) !=
		    INDEX_ADDED)
			continue;
		*c = xgrow(*c, *n, sizeof **c);
		(*c)[*n].ix = ix;
		(*c)[*n].pkg = pc->pkgs[i];
		(*c)[*n].owner = pc->name;
		(*c)[(*n)++].why = NULL;
	}
}

/* signs one that is in the repository, unless it is: it may be from before there
 * was a key */
static int
signthere(const struct signer *sg, const struct index *ix, const char *file)
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

/* another architecture's index has the same version of this noarch package, with
 * other bytes: one file can have only one content, so ours is what is there; 1,
 * 0 when that is no package, -1 after a message */
static int
adopt(struct arena *a, const struct signer *sg, struct delivered *pc, size_t i,
    struct index *ix)
{
	const char *file = pc->m->files[i].file;
	struct pkgfile *p;

	p = arenaget(a, sizeof *p);
	if (pkgfileread(p, a, ix->dirfd, file, PKG_NOLINK) == 0) {
		pc->pkgs[i] = p;
		return signthere(sg, ix, file) < 0 ? -1 : 1;
	}
	if (!p->transient)
		return 0;
	warnx("%s/%s: %s", ix->dir, file, p->why);
	return -1;
}

/* puts the i-th package's file into the repository: -1 after a message */
static int
putfile(struct delivered *pc, size_t i, int incoming, const struct signer *sg,
    struct indexset *s)
{
	const struct plist *have;
	struct index *ix;
	enum added r;
	char *path;
	int placed, shared;

	ix = indexof(pc, i, s);
	r = indexask(ix, pc->pkgs[i], 0, &have);
	if (r == INDEX_OLDER && !pc->job->force)
		return 0;
	shared = 0;
	if (isnoarch(pc, i) && r == INDEX_ADDED && !pc->job->force)
		shared = indexsetshared(s, ix, pc->pkgs[i]);
	if (shared > 0)
		shared = adopt(s->arena, sg, pc, i, ix);
	if (shared != 0)
		return shared < 0 ? -1 : 0;
	path = deliveredpath(pc, i);
	placed = indexsetplace(s, ix, incoming, path, pc->pkgs[i], sg->on);
	free(path);
	if (placed < 0)
		warn("%s/%s", ix->dir, pc->m->files[i].file);
	return placed;
}

/* adds the i-th package to its index, and a replaced noarch one to all that name
 * its file */
static void
addone(const struct delivered *pc, size_t i, struct indexset *s)
{
	const struct plist *have;
	struct index *ix, *other;

	ix = indexof(pc, i, s);
	switch (indexask(ix, pc->pkgs[i], 0, &have)) {
	case INDEX_PRESENT:
		return;
	case INDEX_OLDER:
		if (pc->job->force)
			break;
		indexnote(ix, "present", have);
		return;
	default:
		break;
	}
	indexadd(ix, s->arena, pc->pkgs[i], pc->job->force);
	for (other = s->list; other < s->list + s->n; other++) {
		if (isnoarch(pc, i) && pc->job->force && other->rd &&
		    strcmp(other->sub, ix->sub) == 0)
			indexreplace(other, s->arena, pc->pkgs[i]);
	}
}

void
deliveredadd(struct delivered *pc, int incoming, const struct signer *sg,
    struct indexset *s)
{
	size_t i;

	/* one before it in the batch may have made a difference */
	deliveredask(pc, s);
	for (i = 0; !pc->later && !pc->why && i < pc->m->n; i++)
		pc->later = putfile(pc, i, incoming, sg, s) < 0;
	for (i = 0; !pc->later && !pc->why && i < pc->m->n; i++)
		addone(pc, i, s);
}

int
deliveredwritten(const struct delivered *pc, const struct indexset *s)
{
	size_t i;

	for (i = 0; i < pc->m->n; i++) {
		if (!indexof(pc, i, s))
			return 0;
	}
	return 1;
}
