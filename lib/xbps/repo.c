#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/text.h"
#include "base/x.h"
#include "xbps/fetch.h"
#include "xbps/pkgver.h"
#include "xbps/plist.h"
#include "xbps/repo.h"
#include "xbps/repodata.h"

/* the sub-repositories of xbps-src, in the order in which it searches them */
static const char *const subs[] = {
	"", "nonfree", "debug", "bootstrap", "multilib", "multilib/nonfree",
	"multilib/bootstrap",
};

enum { NSUBS = sizeof subs / sizeof subs[0] };

struct source {
	char *path;
	int there;
	struct stat st;
};

struct provided {
	const char *pkgver;
	size_t namelen;
	const struct repopkg *by;
};

struct repo {
	char *where;
	int remote;
	struct source sources[NSUBS];
	struct arena *arena;	/* of the strings */
	struct repopkg *pkgs;	/* by name, then in the order of repoall */
	size_t n;
	struct provided *provided;	/* by name */
	size_t nprovided;
};

static const char *const none[] = { NULL };

static const char *const *
copystrings(struct repo *r, const struct plist *p, const char *key)
{
	const char **list;
	uint32_t i;

	p = pliststrs(p, key);
	if (!p || p->len == 0)
		return none;
	list = arenaget(r->arena, ((size_t)p->len + 1) * sizeof *list);
	for (i = 0; i < p->len; i++)
		list[i] = arenastr(r->arena, p->u.kids[i].u.s, p->u.kids[i].len);
	list[i] = NULL;
	return list;
}

static const char *
string(struct repo *r, const struct plist *p, const char *key)
{
	const char *s;

	s = pliststr(p, key);
	return s ? arenastr(r->arena, s, strlen(s)) : "";
}

static void
addpkg(struct repo *r, const struct plist *entry, const char *sub, const char *file,
    int staged)
{
	const char *arch, *name, *pkgver;
	struct repopkg *p;
	uint64_t installed, size;

	name = entry->key;
	pkgver = pliststr(entry, "pkgver");
	arch = pliststr(entry, "architecture");
	if (!pkgver || !arch || !pkgverok(pkgver) || !pkgverarchok(arch) ||
	    strlen(name) != pkgvername(pkgver) ||
	    strncmp(name, pkgver, strlen(name)) != 0) {
		warnx("%s: %s: bad entry", file, name);
		return;
	}
	if (plistnum(entry, "filename-size", &size) < 0)
		size = 0;
	if (plistnum(entry, "installed_size", &installed) < 0)
		installed = 0;
	r->pkgs = xgrow(r->pkgs, r->n, sizeof *r->pkgs);
	p = &r->pkgs[r->n++];
	p->pkgver = arenastr(r->arena, pkgver, strlen(pkgver));
	p->name = arenastr(r->arena, name, strlen(name));
	p->arch = arenastr(r->arena, arch, strlen(arch));
	p->provides = copystrings(r, entry, "provides");
	p->depends = copystrings(r, entry, "run_depends");
	p->conflicts = copystrings(r, entry, "conflicts");
	p->shlibs = copystrings(r, entry, "shlib-provides");
	p->needs = copystrings(r, entry, "shlib-requires");
	p->desc = string(r, entry, "short_desc");
	p->sha256 = string(r, entry, "filename-sha256");
	p->sub = sub;
	p->size = size;
	p->installed = installed;
	p->staged = staged;
}

static void
addindex(struct repo *r, const struct repodata *rd, const char *sub,
    const char *file)
{
	uint32_t i;

	for (i = 0; i < rd->stage->len; i++)
		addpkg(r, &rd->stage->u.kids[i], sub, file, 1);
	for (i = 0; i < rd->index->len; i++)
		addpkg(r, &rd->index->u.kids[i], sub, file, 0);
}

/* reads the index of a sub-repository: 1, 0 when there is none, -1 after a message */
static int
readindex(struct repo *r, const char *arch, int sub)
{
	struct repodata rd;
	struct source *s;
	int got;

	s = &r->sources[sub];
	s->path = r->remote ? fetchpath(r->where, arch) :
	    xasprintf("%s%s%s/%s-repodata", r->where, *subs[sub] ? "/" : "",
	    subs[sub], arch);
	/* before it is read, so that repostale sees a change meanwhile */
	s->there = stat(s->path, &s->st) == 0;
	got = repodataread(&rd, s->path);
	if (got < 0)
		return -1;
	addindex(r, &rd, subs[sub], s->path);
	repodatafree(&rd);
	return got;
}

static size_t
subnumber(const char *sub)
{
	size_t i;

	for (i = 0; strcmp(subs[i], sub) != 0; i++)
		;
	return i;
}

static int
byname(const void *a, const void *b)
{
	const struct repopkg *x = a, *y = b;
	size_t i, j;
	int r;

	r = strcmp(x->name, y->name);
	if (r != 0)
		return r;
	i = subnumber(x->sub);
	j = subnumber(y->sub);
	return i != j ? (i < j ? -1 : 1) : y->staged - x->staged;
}

static void
sortpkgs(struct repo *r)
{
	size_t i;

	if (r->n > 1)
		qsort(r->pkgs, r->n, sizeof *r->pkgs, byname);
	for (i = 0; i < r->n; i++)
		r->pkgs[i].id = i;
}

/* whether a package of the same name comes before this one */
static int
ishidden(const struct repo *r, const struct repopkg *p)
{
	return p->id > 0 && strcmp(r->pkgs[p->id - 1].name, p->name) == 0;
}

static int
comparename(const char *a, size_t an, const char *b, size_t bn)
{
	int r;

	r = memcmp(a, b, an < bn ? an : bn);
	return r != 0 ? r : an < bn ? -1 : an > bn;
}

static int
byprovided(const void *a, const void *b)
{
	const struct provided *x = a, *y = b;
	int r;

	r = comparename(x->pkgver, x->namelen, y->pkgver, y->namelen);
	if (r != 0)
		return r;
	/* packages are sorted by name */
	return x->by < y->by ? -1 : x->by > y->by;
}

static void
sortprovided(struct repo *r)
{
	const char *const *pv;
	struct provided *v;
	size_t i, len;

	for (i = 0; i < r->n; i++) {
		for (pv = r->pkgs[i].provides; *pv && !ishidden(r, &r->pkgs[i]);
		    pv++) {
			len = pkgvername(*pv);
			if (len == 0)
				continue;
			r->provided = xgrow(r->provided, r->nprovided,
			    sizeof *r->provided);
			v = &r->provided[r->nprovided++];
			v->pkgver = *pv;
			v->namelen = len;
			v->by = &r->pkgs[i];
		}
	}
	if (r->nprovided > 1)
		qsort(r->provided, r->nprovided, sizeof *r->provided, byprovided);
}

static struct repo *
newrepo(const char *where)
{
	struct repo *r;
	size_t i;

	r = xcalloc(1, sizeof *r);
	r->where = xstrdup(where);
	for (i = strlen(where); i > 1 && where[i - 1] == '/'; i--)
		r->where[i - 1] = '\0';
	r->arena = mkarena();
	return r;
}

struct repo *
repoopen(const char *where, const char *arch, int mayabsent)
{
	struct repo *r;
	int any, got, i;

	r = newrepo(where);
	r->remote = fetchisurl(where);
	for (i = any = 0; i < (r->remote ? 1 : NSUBS); i++) {
		got = readindex(r, arch, i);
		if (got < 0) {
			repodel(r);
			return NULL;
		}
		any |= got;
	}
	if (!any && !mayabsent) {
		warnx("%s: no such index", r->sources[0].path);
		repodel(r);
		return NULL;
	}
	sortpkgs(r);
	sortprovided(r);
	return r;
}

struct repo *
repoof(const char *where, const struct repodata *const *rd)
{
	struct repo *r;
	int i;

	r = newrepo(where);
	for (i = 0; i < NSUBS; i++) {
		if (rd[i])
			addindex(r, rd[i], subs[i], where);
	}
	sortpkgs(r);
	sortprovided(r);
	return r;
}

void
repodel(struct repo *r)
{
	size_t i;

	if (!r)
		return;
	for (i = 0; i < NSUBS; i++)
		free(r->sources[i].path);
	arenadel(r->arena);
	free(r->pkgs);
	free(r->provided);
	free(r->where);
	free(r);
}

const struct repopkg *
repoall(const struct repo *r, const char *name, size_t *n)
{
	size_t hi, i, lo, mid;

	for (lo = 0, hi = r->n; lo < hi;) {
		mid = lo + (hi - lo) / 2;
		if (strcmp(r->pkgs[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (i = lo; i < r->n && strcmp(r->pkgs[i].name, name) == 0; i++)
		;
	*n = i - lo;
	return r->pkgs + lo;
}

const struct repopkg *
repoget(const struct repo *r, const char *name)
{
	const struct repopkg *p;
	size_t n;

	p = repoall(r, name, &n);
	return n > 0 ? p : NULL;
}

const struct repopkg *
repovirtual(const struct repo *r, const char *dep)
{
	const struct provided *v;
	size_t hi, len, lo, mid;
	int bare;

	len = pkgverdepname(dep);
	if (!len)
		len = pkgvername(dep);
	bare = !len;
	if (bare)
		len = strlen(dep);
	for (lo = 0, hi = r->nprovided; lo < hi;) {
		mid = lo + (hi - lo) / 2;
		v = &r->provided[mid];
		if (comparename(v->pkgver, v->namelen, dep, len) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < r->nprovided; lo++) {
		v = &r->provided[lo];
		if (comparename(v->pkgver, v->namelen, dep, len) != 0)
			break;
		if (bare || pkgvermatch(v->pkgver, dep))
			return v->by;
	}
	return NULL;
}

const struct repopkg *
reponext(const struct repo *r, size_t *i)
{
	while (*i < r->n && ishidden(r, &r->pkgs[*i]))
		++*i;
	return *i < r->n ? &r->pkgs[(*i)++] : NULL;
}

size_t
repolen(const struct repo *r)
{
	return r->n;
}

const struct repopkg *
repoat(const struct repo *r, size_t id)
{
	return id < r->n ? &r->pkgs[id] : NULL;
}

int
repois32(const struct repopkg *p)
{
	return textends(p->name, "-32bit") > 0;
}

int
repoloads(const struct repopkg *user, const struct repopkg *p)
{
	return !repois32(p) || repois32(user);
}

const char *
repowhere(const struct repo *r)
{
	return r->where;
}

const char *
reposub(size_t i)
{
	return i < NSUBS ? subs[i] : NULL;
}

int
repoissub(const char *sub)
{
	size_t i;

	for (i = 0; i < NSUBS; i++) {
		if (strcmp(subs[i], sub) == 0)
			return 1;
	}
	return 0;
}

static int
isindex(const char *name, void *arg)
{
	(void)arg;
	return textends(name, "-repodata") > 0;
}

/* whether a directory has an index of any architecture */
static int
hasindex(const char *path)
{
	return iolistpath(path, isindex, NULL) > 0;
}

static int
issamefile(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
	    x.st_ino == y.st_ino;
}

char *
repohome(const char *dir, const char **sub)
{
	const char *ours = confget(CONF_REPO);
	char *home, *path;
	size_t i, m, n;

	*sub = "";
	path = realpath(dir, NULL);
	n = path && !issamefile(path, ours) ? strlen(path) : 0;
	/* the last first, since multilib/nonfree ends like nonfree */
	for (i = NSUBS - 1; i > 0; i--) {
		m = strlen(subs[i]);
		if (n < m + 2 || path[n - m - 1] != '/' ||
		    strcmp(path + n - m, subs[i]) != 0)
			continue;
		home = xstrndup(path, n - m - 1);
		if (issamefile(home, ours) || hasindex(home)) {
			*sub = subs[i];
			free(path);
			return home;
		}
		free(home);
	}
	free(path);
	return xstrdup(dir);
}

char *
repopath(const struct repo *r, const struct repopkg *p)
{
	return xasprintf("%s%s%s/%s.%s.xbps", r->where, *p->sub ? "/" : "",
	    p->sub, p->pkgver, p->arch);
}

int
repostale(const struct repo *r)
{
	const struct source *s;
	struct stat st;
	int there;

	for (s = r->sources; s < r->sources + NSUBS && s->path; s++) {
		there = stat(s->path, &st) == 0;
		if (there != s->there || (there && !iounchanged(&st, &s->st)))
			return 1;
	}
	return 0;
}
