#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/text.h"
#include "base/x.h"
#include "repo/index.h"
#include "repo/indexadd.h"
#include "repo/indexset.h"
#include "repo/indexwrite.h"
#include "repo/place.h"
#include "repo/sign.h"
#include "repo/stages.h"
#include "xbps/pkgfile.h"
#include "xbps/plist.h"
#include "xbps/repo.h"

struct adding {
	struct indexset set;
	struct index *ix;	/* that they are added to */
	char *const *files;
	size_t n;
	struct pkgfiles pkgs;
	char *added;		/* by file: whether it was added */
	int force;
	int refused;
};

/* whether the index can have the package; if not, after a message. Another architecture's
 * is ignored, not refused. */
static int
fitsindex(struct adding *ad, const char *file, const struct pkgfile *p)
{
	if (!p->props) {
		warnx("%s: %s", file, p->why);
		++ad->refused;
		return 0;
	}
	if (strcmp(p->arch, ad->ix->arch) == 0 || strcmp(p->arch, "noarch") == 0)
		return 1;
	warnx("%s: is for %s, not %s: ignored", file, p->arch, ad->ix->arch);
	return 0;
}

/* refuses packages that would break those of a main repository */
static int
refusebreaking(struct adding *ad)
{
	const struct plist *have;
	struct candidate *c;
	size_t *at, i, n;
	int r;

	c = xcalloc(ad->n + 1, sizeof *c);
	at = xcalloc(ad->n + 1, sizeof *at);
	for (i = n = 0; i < ad->n; i++) {
		if (!ad->pkgs.list[i].props || indexask(ad->ix,
		    &ad->pkgs.list[i], ad->force, &have) != INDEX_ADDED)
			continue;
		c[n].ix = ad->ix;
		c[n].pkg = &ad->pkgs.list[i];
		at[n++] = i;
	}
	/* a package may need one that was refused */
	while ((r = stagesrefuse(&ad->set, c, n)) > 0)
		;
	for (i = 0; i < n; i++) {
		if (!c[i].why)
			continue;
		warnx("%s: %s", ad->files[at[i]], c[i].why);
		free(c[i].why);
		c[i].pkg->props = NULL;
		++ad->refused;
	}
	free(c);
	free(at);
	return r;
}

/* signs the packages to be added that have no signature */
static int
signall(const struct adding *ad, const struct signer *sg)
{
	const struct plist *have;
	struct pkgfile *p;
	char **list;
	size_t i, n;
	int r;

	list = xcalloc(ad->n, sizeof *list);
	for (i = n = 0; sg->on && i < ad->n; i++) {
		p = &ad->pkgs.list[i];
		if (p->props && !signedalready(ad->files[i]) &&
		    indexask(ad->ix, p, ad->force, &have) == INDEX_ADDED)
			list[n++] = ad->files[i];
	}
	r = signfiles(sg, list, n);
	free(list);
	return r;
}

/* Whether a noarch package can be added although the index of another architecture has
 * other bytes of it: with force, that gets these. -1 after a message. */
static int
mayshare(struct adding *ad, const char *file, struct pkgfile *p)
{
	struct index *ix;
	int n;

	for (ix = ad->set.list, n = 0; ix < ad->set.list + ad->set.n; ix++) {
		if (ix == ad->ix || strcmp(ix->sub, ad->ix->sub) != 0 ||
		    indexnames(ix, p) != 1)
			continue;
		if (!ad->force) {
			warnx("%s: the index for %s has other bytes of this "
			    "version: -f puts these into both", file, ix->arch);
			++ad->refused;
			return 0;
		}
		indexreplace(ix, ad->set.arena, p);
		n++;
	}
	return n == 0 || placeforced(ad->ix, file, p) == 0 ? 1 : -1;
}

/* adds a package; -1 after a message if the system failed */
static int
addpackage(struct adding *ad, size_t i)
{
	const char *file = ad->files[i], *sha256;
	const struct plist *have;
	struct pkgfile *p;
	int r;

	p = &ad->pkgs.list[i];
	switch (indexask(ad->ix, p, ad->force, &have)) {
	case INDEX_ADDED:
		r = strcmp(p->arch, "noarch") == 0 ? mayshare(ad, file, p) : 1;
		if (r > 0) {
			indexadd(ad->ix, ad->set.arena, p, ad->force);
			ad->added[i] = 1;
		}
		return r < 0 ? -1 : 0;
	case INDEX_PRESENT:
	case INDEX_OLDER:
		indexnote(ad->ix, "present", have);
		return 0;
	case INDEX_DIFFERS:
		sha256 = pliststr(have, "filename-sha256");
		warnx("%s: the index has other bytes of this version: %s, not %s",
		    file, sha256 ? sha256 : "no hash", p->sha256);
		++ad->refused;
	}
	return 0;
}

/* whether a file is a noarch package by its name, which pkgfileread checks */
static int
anynoarch(char *const *files, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (textends(files[i], ".noarch.xbps"))
			return 1;
	}
	return 0;
}

/* -1 after a message if the system could not read a file: then nothing is added */
static int
allread(const struct pkgfiles *ps, char *const *files)
{
	size_t i;
	int r;

	r = 0;
	for (i = 0; i < ps->n; i++) {
		if (ps->list[i].props || !ps->list[i].transient)
			continue;
		warnx("%s: %s", files[i], ps->list[i].why);
		r = -1;
	}
	return r;
}

/* syncs the added files, and checks that they are still those that were read */
static int
syncadded(struct adding *ad)
{
	const char **list;
	size_t failed, i, n;
	mode_t mode;
	int r;

	list = xcalloc(ad->n + 1, sizeof *list);
	for (i = n = 0; i < ad->n; i++) {
		if (ad->added[i])
			list[n++] = ad->files[i];
	}
	r = iosyncfiles(AT_FDCWD, list, n, &failed);
	if (r < 0)
		warn("%s", list[failed]);
	free(list);
	for (i = 0; i < ad->n && r == 0; i++) {
		if (!ad->added[i])
			continue;
		switch (pkgfilesame(AT_FDCWD, ad->files[i], &ad->pkgs.list[i])) {
		case 1:
			/* others must not write into it */
			mode = ad->pkgs.list[i].st.st_mode;
			if (mode & 022 && chmod(ad->files[i], mode & 0755) < 0)
				warn("%s", ad->files[i]);
			break;
		case 0:
			warnx("%s: was replaced while it was added",
			    ad->files[i]);
			r = -1;
			break;
		default:
			warn("%s", ad->files[i]);
			r = -1;
		}
	}
	return r;
}

static int
addopened(struct adding *ad, const struct signer *sg)
{
	size_t i;
	int r;

	/* after the lock was taken, as the index gets what is read here */
	pkgfilereadall(&ad->pkgs, AT_FDCWD, ad->files, ad->n, PKG_WHOLE);
	r = allread(&ad->pkgs, ad->files);
	for (i = 0; r == 0 && i < ad->n; i++) {
		if (!fitsindex(ad, ad->files[i], &ad->pkgs.list[i]))
			ad->pkgs.list[i].props = NULL;
	}
	if (r == 0)
		r = refusebreaking(ad);
	if (r == 0)
		r = signall(ad, sg);
	for (i = 0; r == 0 && i < ad->n; i++) {
		if (ad->pkgs.list[i].props && addpackage(ad, i) < 0)
			r = -1;
	}
	if (r == 0 && syncadded(ad) < 0)
		r = -1;
	if (r == 0 && indexwrite(&ad->set, sg) < 0)
		r = -1;
	return r;
}

int
indexaddfiles(const struct signer *sg, const char *dir, const char *arch,
    char *const *files, size_t n, int force)
{
	struct adding ad = { .files = files, .n = n, .force = force };
	const char *sub;
	char *home;
	int r;

	home = repohome(dir, &sub);
	indexsetinit(&ad.set, home);
	free(home);
	indexsetneed(&ad.set, sub, arch, 0);
	if (anynoarch(files, n))
		indexsetneedall(&ad.set, sub);
	indexsetopen(&ad.set, 1);
	ad.ix = indexsetget(&ad.set, sub, arch);
	ad.added = xcalloc(n, 1);
	r = ad.ix && !(force && indexsetlame(&ad.set, sub)) ?
	    addopened(&ad, sg) : -1;
	indexsetclose(&ad.set);
	if (ad.pkgs.list)
		pkgfilefreeall(&ad.pkgs);
	free(ad.added);
	return r < 0 ? -1 : ad.refused;
}
