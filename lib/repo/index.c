#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/lock.h"
#include "base/print.h"
#include "base/table.h"
#include "base/text.h"
#include "base/x.h"
#include "repo/index.h"
#include "repo/repolock.h"
#include "xbps/pkgfile.h"
#include "xbps/pkgver.h"
#include "xbps/plist.h"
#include "xbps/repodata.h"

void
indexinit(struct index *ix, const char *home, const char *sub, const char *arch)
{
	memset(ix, 0, sizeof *ix);
	ix->sub = xstrdup(sub);
	ix->arch = xstrdup(arch);
	ix->dir = xasprintf("%s%s%s", home, *sub ? "/" : "", sub);
	ix->path = xasprintf("%s/%s-repodata", ix->dir, arch);
	ix->dirfd = ix->lock = ix->noarchlock = -1;
}

/* removes a new index that was not finished */
static int
dropdraft(const char *name, void *arg)
{
	const struct index *ix = arg;
	size_t n;

	n = strlen(ix->arch);
	if (*name == '.' && strncmp(name + 1, ix->arch, n) == 0 &&
	    strncmp(name + 1 + n, "-repodata.", 10) == 0 && textends(name, ".tmp"))
		unlinkat(ix->dirfd, name, 0);
	return 0;
}

/* Locks the index. Another machine may have lost the lock when it was about to give its
 * new index the name: without that file it cannot, however late it is. */
static int
lockindex(struct index *ix)
{
	ix->lock = repolock(ix->dir, ix->arch);
	if (ix->lock < 0)
		return -1;
	if (lockcanend(ix->lock))
		iolist(ix->dirfd, dropdraft, ix);
	return 0;
}

int
indexopen(struct index *ix, int change)
{
	ix->dirfd = open(ix->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (ix->dirfd < 0) {
		warn("%s", ix->dir);
		return -1;
	}
	if (change && lockindex(ix) < 0)
		return -1;
	ix->rd = xcalloc(1, sizeof *ix->rd);
	ix->there = repodataread(ix->rd, ix->path);
	if (ix->there < 0) {
		free(ix->rd);
		ix->rd = NULL;
		indexclose(ix);
		return -1;
	}
	ix->fresh = mktable();
	ix->said = xcalloc(1, sizeof *ix->said);
	return 0;
}

static void
freenames(char ***names, size_t *n)
{
	size_t i;

	for (i = 0; i < *n; i++)
		free((*names)[i]);
	free(*names);
	*names = NULL;
	*n = 0;
}

void
indexclose(struct index *ix)
{
	if (ix->draft) {
		unlink(ix->draft);
		free(ix->draft);
		ix->draft = NULL;
	}
	if (ix->rd) {
		repodatafree(ix->rd);
		free(ix->rd);
		tabledel(ix->fresh);
		buffree(ix->said);
		free(ix->said);
		ix->rd = NULL;
	}
	ioclose(ix->lock);
	ioclose(ix->dirfd);
	ix->lock = ix->dirfd = -1;
	freenames(&ix->placed, &ix->nplaced);
	freenames(&ix->forced, &ix->nforced);
}

void
indexfree(struct index *ix)
{
	indexclose(ix);
	ioclose(ix->noarchlock);
	free(ix->sub);
	free(ix->arch);
	free(ix->dir);
	free(ix->path);
}

/* whether the entry reverts the version */
static int
reverts(const struct plist *entry, const char *pkgver)
{
	const struct plist *p;
	uint32_t i;

	p = pliststrs(entry, "reverts");
	for (i = 0; p && i < p->len; i++) {
		if (strcmp(p->u.kids[i].u.s, pkgverversion(pkgver)) == 0)
			return 1;
	}
	return 0;
}

enum added
indexask(const struct index *ix, const struct pkgfile *p, int force,
    const struct plist **have)
{
	const char *arch, *pkgver, *sha256;
	int order;

	*have = plistget(ix->rd->stage, p->name);
	if (!*have)
		*have = plistget(ix->rd->index, p->name);
	pkgver = pliststr(*have, "pkgver");
	if (force || !pkgver || !pkgverversion(pkgver))
		return INDEX_ADDED;
	order = pkgvercmp(p->pkgver, pkgver);
	if (order < 0 && reverts(p->props, pkgver))
		order = 1;
	else if (order > 0 && reverts(*have, p->pkgver))
		order = -1;
	if (order > 0)
		return INDEX_ADDED;
	/* a noarch package and another one of the same version are two files */
	arch = pliststr(*have, "architecture");
	if (strcmp(p->pkgver, pkgver) != 0 || !arch || strcmp(p->arch, arch) != 0)
		return INDEX_OLDER;
	sha256 = pliststr(*have, "filename-sha256");
	return sha256 && strcmp(sha256, p->sha256) == 0 ? INDEX_PRESENT : INDEX_DIFFERS;
}

/* makes an index entry of the package's properties */
static struct plist *
makeentry(struct arena *a, struct pkgfile *p)
{
	plistdrop(p->props, "pkgname");
	plistdrop(p->props, "version");
	plistdrop(p->props, "packaged-with");
	plistsetstr(a, p->props, "filename-sha256", p->sha256);
	plistsetnum(a, p->props, "filename-size", p->size);
	return p->props;
}

enum added
indexadd(struct index *ix, struct arena *a, struct pkgfile *p, int force)
{
	const struct plist *have;
	enum added r;

	r = indexask(ix, p, force, &have);
	if (r != INDEX_ADDED)
		return r;
	plistset(ix->rd->arena, ix->rd->stage, p->name, makeentry(a, p));
	tableput(ix->fresh, p->name);
	ix->changed = 1;
	return INDEX_ADDED;
}

void
indexenter(struct index *ix, const char *name)
{
	const struct plist *p;

	p = plistget(ix->rd->stage, name);
	indexnote(ix, "added", p);
	plistset(ix->rd->arena, ix->rd->index, p->key, p);
	plistdrop(ix->rd->stage, name);
	ix->changed = 1;
}

static int
namesversion(const struct plist *dict, const struct pkgfile *p)
{
	const char *arch, *pkgver, *sha256;

	dict = plistget(dict, p->name);
	pkgver = pliststr(dict, "pkgver");
	arch = pliststr(dict, "architecture");
	if (!pkgver || strcmp(pkgver, p->pkgver) != 0 || !arch ||
	    strcmp(arch, p->arch) != 0)
		return 0;
	sha256 = pliststr(dict, "filename-sha256");
	return sha256 && strcmp(sha256, p->sha256) == 0 ? 2 : 1;
}

int
indexnames(const struct index *ix, const struct pkgfile *p)
{
	int index, stage;

	index = namesversion(ix->rd->index, p);
	stage = namesversion(ix->rd->stage, p);
	return index > stage ? index : stage;
}

void
indexreplace(struct index *ix, struct arena *a, struct pkgfile *p)
{
	struct plist *dicts[2] = { ix->rd->index, ix->rd->stage };
	int i;

	for (i = 0; i < 2; i++) {
		if (namesversion(dicts[i], p) != 1)
			continue;
		plistset(ix->rd->arena, dicts[i], p->name, makeentry(a, p));
		ix->changed = 1;
	}
}

void
indexnote(struct index *ix, const char *what, const struct plist *entry)
{
	const char *arch, *pkgver;

	pkgver = pliststr(entry, "pkgver");
	arch = pliststr(entry, "architecture");
	buffmt(ix->said, "%s\t", what);
	textclean(ix->said, pkgver ? pkgver : entry->key);
	bufchar(ix->said, '\t');
	textclean(ix->said, arch ? arch : "-");
	bufchar(ix->said, '\n');
}

int
indexdraft(struct index *ix)
{
	if (!ix->changed)
		return 0;
	ix->draft = repodatadraft(ix->rd, ix->path,
	    (int)confnumber(CONF_COMPRESSION));
	return ix->draft ? 0 : -1;
}

int
indexcommit(struct index *ix)
{
	if (ix->draft && !repolocked(ix->lock, ix->dir, ix->arch))
		return -1;
	if (ix->draft && (iorename(AT_FDCWD, ix->draft, ix->path) < 0 ||
	    iosyncdir(ix->dirfd) < 0)) {
		warn("%s", ix->path);
		return -1;
	}
	free(ix->draft);
	ix->draft = NULL;
	ix->changed = 0;
	/* main sees an error of standard output at the end */
	if (ix->said->len > 0)
		print(ix->said->s, ix->said->len);
	ix->said->len = 0;
	return 0;
}

char *
indexfile(const struct index *ix, const struct plist *entry)
{
	const char *arch, *pkgver;

	pkgver = pliststr(entry, "pkgver");
	arch = pliststr(entry, "architecture");
	if (!pkgver || !arch || !pkgverok(pkgver) || !pkgverarchok(arch))
		return NULL;
	return xasprintf("%s/%s.%s.xbps", ix->dir, pkgver, arch);
}
