#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/conf.h"
#include "base/x.h"
#include "repo/index.h"
#include "repo/repolock.h"
#include "xbps/pkgfile.h"
#include "xbps/plist.h"
#include "xbps/repodata.h"
#include "xbps/stage.h"
#include "xbps/version.h"

/* the setting: a level of zstd */
static int
getlevel(void)
{
	const char *why;
	int level;

	level = (int)strtonum(confget(CONF_COMPRESSION), 1, 19, &why);
	if (why)
		warnx("%s: expected a number from 1 to 19: %s",
		    confname(CONF_COMPRESSION), confget(CONF_COMPRESSION));
	return why ? -1 : level;
}

int
indexopen(struct index *ix, const char *dir, const char *arch, int change)
{
	memset(ix, 0, sizeof *ix);
	ix->lock = -1;
	ix->path = xasprintf("%s/%s-repodata", dir, arch);
	ix->rd = xcalloc(1, sizeof *ix->rd);
	ix->said = xcalloc(1, sizeof *ix->said);
	ix->level = getlevel();
	if (change && ix->level > 0)
		ix->lock = repolock(dir, arch);
	ix->there = ix->lock < 0 && change ? -1 : repodataread(ix->rd, ix->path);
	if (ix->there < 0) {
		indexclose(ix);
		return -1;
	}
	ix->dir = xstrdup(dir);
	ix->arch = xstrdup(arch);
	return 0;
}

void
indexclose(struct index *ix)
{
	repodatafree(ix->rd);
	free(ix->rd);
	buffree(ix->said);
	free(ix->said);
	free(ix->dir);
	free(ix->arch);
	free(ix->path);
	if (ix->lock >= 0)
		close(ix->lock);
}

/* whether the entry says that it takes this version back */
static int
reverts(const struct plist *entry, const char *pkgver)
{
	const struct plist *p;
	uint32_t i;

	p = pliststrs(entry, "reverts");
	for (i = 0; p && i < p->len; i++) {
		if (strcmp(p->u.kids[i].u.s, verversion(pkgver)) == 0)
			return 1;
	}
	return 0;
}

enum added
indexask(const struct index *ix, const struct pkg *p, int force,
    const struct plist **have)
{
	const char *arch, *pkgver, *sha256;
	int order;

	*have = plistget(ix->rd->stage, p->name);
	if (!*have)
		*have = plistget(ix->rd->index, p->name);
	pkgver = pliststr(*have, "pkgver");
	if (force || !pkgver || !verversion(pkgver))
		return INDEX_ADDED;
	/* xbps-rindex compares the names too, which are the same */
	order = vercmp(p->pkgver, pkgver);
	if (order < 0 && reverts(p->props, pkgver))
		order = 1;
	else if (order > 0 && reverts(*have, p->pkgver))
		order = -1;
	if (order > 0)
		return INDEX_ADDED;
	/* noarch and not, at the same version: these are two files */
	arch = pliststr(*have, "architecture");
	if (strcmp(p->pkgver, pkgver) != 0 || !arch || strcmp(p->arch, arch) != 0)
		return INDEX_OLDER;
	sha256 = pliststr(*have, "filename-sha256");
	return sha256 && strcmp(sha256, p->sha256) == 0 ? INDEX_PRESENT : INDEX_DIFFERS;
}

enum added
indexadd(struct index *ix, struct pkg *p, int force)
{
	const struct plist *have;
	enum added r;

	r = indexask(ix, p, force, &have);
	if (r != INDEX_ADDED)
		return r;
	plistdrop(p->props, "pkgname");
	plistdrop(p->props, "version");
	plistdrop(p->props, "packaged-with");
	plistsetstr(ix->rd->arena, p->props, "filename-sha256", p->sha256);
	plistsetnum(ix->rd->arena, p->props, "filename-size", p->size);
	plistset(ix->rd->arena, ix->rd->stage, p->name, p->props);
	ix->changed = 1;
	return INDEX_ADDED;
}

void
indexnote(struct index *ix, const char *what, const struct plist *entry)
{
	const char *arch, *pkgver;

	pkgver = pliststr(entry, "pkgver");
	arch = pliststr(entry, "architecture");
	buffmt(ix->said, "%s\t%s\t%s\n", what, pkgver ? pkgver : entry->key,
	    arch ? arch : "-");
}

static void
notestage(struct index *ix, const char *what)
{
	uint32_t i;

	for (i = 0; i < ix->rd->stage->len; i++)
		indexnote(ix, what, &ix->rd->stage->u.kids[i]);
}

size_t
indexrebuilds(struct index *ix)
{
	struct rebuild *r;
	size_t i, n;

	r = stagebroken(ix->rd->index, ix->rd->stage, &n);
	for (i = 0; i < n; i++)
		buffmt(ix->said, "rebuild\t%s\t%s\n", r[i].user, r[i].soname);
	free(r);
	return n;
}

void
indexsettle(struct index *ix)
{
	if (ix->rd->stage->len == 0)
		return;
	if (indexrebuilds(ix) > 0) {
		notestage(ix, "staged");
		return;
	}
	notestage(ix, "added");
	stagemove(ix->rd->arena, ix->rd->index, ix->rd->stage);
	ix->changed = 1;
}

int
indexwrite(struct index *ix, FILE *out)
{
	int r;

	r = ix->changed ? repodatawrite(ix->rd, ix->path, ix->level) : 0;
	if (r == 0) {
		if (ix->said->len > 0)
			fwrite(ix->said->s, 1, ix->said->len, out);
		ix->changed = 0;
	}
	ix->said->len = 0;
	return r;
}

char *
indexfile(const struct index *ix, const struct plist *entry)
{
	const char *arch, *pkgver;

	pkgver = pliststr(entry, "pkgver");
	arch = pliststr(entry, "architecture");
	if (!pkgver || !arch || !verok(pkgver) || !verarchok(arch))
		return NULL;
	return xasprintf("%s/%s.%s.xbps", ix->dir, pkgver, arch);
}
