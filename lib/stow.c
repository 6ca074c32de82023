#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "index.h"
#include "job.h"
#include "manifest.h"
#include "parcel.h"
#include "pkg.h"
#include "plist.h"
#include "shelf.h"
#include "sign.h"
#include "stow.h"
#include "x.h"

/* a noarch package is in the index of the architecture it was built for */
static const char *
indexarch(const struct parcel *pc, size_t i)
{
	return strcmp(pc->pkgs[i]->arch, "noarch") == 0 ? pc->job->arch :
	    pc->pkgs[i]->arch;
}

static struct shelf *
shelfof(const struct parcel *pc, size_t i, const struct shelves *ss)
{
	return shelfget(ss, pc->m->files[i].sub, indexarch(pc, i));
}

void
stowneed(const struct parcel *pc, struct shelves *ss)
{
	size_t i;
	int noarch;

	for (i = 0; i < pc->m->n; i++) {
		noarch = strcmp(pc->pkgs[i]->arch, "noarch") == 0;
		shelfneed(ss, pc->m->files[i].sub, indexarch(pc, i), noarch);
		/* a file that is replaced is so for all indexes that name it */
		if (pc->job->force && noarch)
			shelfneedall(ss, pc->m->files[i].sub);
	}
}

void
stowask(struct parcel *pc, const struct shelves *ss)
{
	const struct plist *have;
	const char *pkgver, *sha256;
	struct shelf *s;
	struct pkg *p;
	size_t i;

	for (i = 0; !pc->later && !pc->why && i < pc->m->n; i++) {
		p = pc->pkgs[i];
		s = shelfof(pc, i, ss);
		if (!s) {
			pc->later = 1;
			break;
		}
		switch (indexask(s->ix, p, pc->job->force, &have)) {
		case INDEX_ADDED:
		case INDEX_PRESENT:
			break;
		case INDEX_OLDER:
			pkgver = pliststr(have, "pkgver");
			if (strcmp(p->pkgver, pc->job->pkgver) == 0 &&
			    strcmp(p->pkgver, pkgver) != 0)
				pc->why = xasprintf("the index has %s, which is "
				    "newer", pkgver);
			break;
		case INDEX_DIFFERS:
			sha256 = pliststr(have, "filename-sha256");
			pc->why = xasprintf("%s: the index has other bytes of "
			    "this version: %s, not %s", pc->m->files[i].path,
			    sha256 ? sha256 : "no hash", p->sha256);
		}
	}
}

/* signs one that is in the repository, unless it is: it may be from before there
 * was a key */
static int
signthere(const struct signer *sg, const struct shelf *s, const char *file)
{
	char *path;
	int r;

	if (!sg->on)
		return 0;
	path = xasprintf("%s/%s", s->path, file);
	r = signedalready(path) ? 0 : signfiles(sg, &path, 1);
	free(path);
	return r;
}

/* another architecture's index has the same version of this noarch package, with
 * other bytes: one file can have only one content, so ours is what is there; 1,
 * 0 when that is no package, -1 after a message */
static int
adopt(struct arena *a, const struct signer *sg, struct parcel *pc, size_t i,
    struct shelf *s)
{
	const char *file = pc->m->files[i].file;
	struct pkg *p;

	p = arenaget(a, sizeof *p);
	if (pkgread(p, a, s->dir, file, PKG_NOLINK) == 0) {
		pc->pkgs[i] = p;
		return signthere(sg, s, file) < 0 ? -1 : 1;
	}
	if (!p->transient)
		return 0;
	warnx("%s/%s: %s", s->path, file, p->why);
	return -1;
}

/* all indexes of the sub-repository that name the file have to say the same */
static void
addforced(const struct shelves *ss, const struct shelf *s, struct pkg *p)
{
	const struct plist *have;
	struct shelf *other;

	for (other = ss->list; other < ss->list + ss->n; other++) {
		if (other == s || !other->ix || strcmp(other->sub, s->sub) != 0)
			continue;
		if (indexask(other->ix, p, 0, &have) == INDEX_DIFFERS)
			indexadd(other->ix, p, 1);
	}
}

/* puts one package into the repository and the index; -1 when the system
 * failed, after a message */
static int
putone(struct parcel *pc, size_t i, int incoming, const struct signer *sg,
    const struct shelves *ss, struct arena *a)
{
	const struct plist *have;
	struct shelf *s;
	enum added r;
	char *path;
	int noarch, shared;

	s = shelfof(pc, i, ss);
	noarch = strcmp(pc->pkgs[i]->arch, "noarch") == 0;
	r = indexask(s->ix, pc->pkgs[i], 0, &have);
	if (r == INDEX_OLDER && !pc->job->force) {
		indexnote(s->ix, "present", have);
		return 0;
	}
	shared = 0;
	if (noarch && r == INDEX_ADDED && !pc->job->force)
		shared = shelfshared(ss, s, pc->pkgs[i]);
	if (shared > 0)
		shared = adopt(a, sg, pc, i, s);
	if (shared < 0)
		return -1;
	if (!shared) {
		path = parcelpath(pc, i);
		if (shelfplace(s, incoming, path, pc->pkgs[i], sg->on) < 0) {
			warn("%s/%s", s->path, pc->m->files[i].file);
			free(path);
			return -1;
		}
		free(path);
	}
	if (r == INDEX_PRESENT)
		return 0;
	indexadd(s->ix, pc->pkgs[i], pc->job->force);
	if (noarch && pc->job->force)
		addforced(ss, s, pc->pkgs[i]);
	return 0;
}

void
stow(struct parcel *pc, int incoming, const struct signer *sg,
    const struct shelves *ss, struct arena *a)
{
	size_t i;

	/* one before it in the batch may have made a difference */
	stowask(pc, ss);
	for (i = 0; !pc->later && !pc->why && i < pc->m->n; i++) {
		if (putone(pc, i, incoming, sg, ss, a) < 0)
			pc->later = 1;
	}
}

int
stowed(const struct parcel *pc, const struct shelves *ss)
{
	size_t i;

	for (i = 0; i < pc->m->n; i++) {
		if (!shelfof(pc, i, ss))
			return 0;
	}
	return 1;
}
