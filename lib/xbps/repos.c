#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/progress.h"
#include "base/x.h"
#include "xbps/fetch.h"
#include "xbps/pkgver.h"
#include "xbps/repo.h"
#include "xbps/repos.h"

struct repos {
	struct repo **list;	/* list[0] is the build repository */
	size_t n;
	char *arch;
};

static int
addrepo(struct repos *rs, struct repo *r)
{
	if (!r)
		return -1;
	rs->list = xgrow(rs->list, rs->n, sizeof *rs->list);
	rs->list[rs->n++] = r;
	return 0;
}

/* adds the main repositories; if one cannot be read, frees rs and returns NULL */
static struct repos *
addmains(struct repos *rs, const char *arch, int mayabsent)
{
	char **mains;
	size_t i, n;
	int r;

	rs->arch = xstrdup(arch);
	mains = confplaces(CONF_REPOS, arch, &n);
	r = 0;
	if (n == 0 && !mayabsent && *confget(CONF_REPOS)) {
		warnx("%s: no repository is for %s", confname(CONF_REPOS), arch);
		r = -1;
	}
	for (i = 0; i < n && r == 0; i++)
		r = addrepo(rs, repoopen(mains[i], arch, mayabsent));
	free(mains);
	if (r == 0)
		return rs;
	reposdel(rs);
	return NULL;
}

struct repos *
reposalone(struct repo *build)
{
	struct repos *rs;

	rs = xcalloc(1, sizeof *rs);
	addrepo(rs, build);
	return rs;
}

struct repos *
reposwith(struct repo *build, const char *arch)
{
	return addmains(reposalone(build), arch, 1);
}

void
reposbuild(struct repos *rs, struct repo *build)
{
	repodel(rs->list[0]);
	rs->list[0] = build;
}

const char *
reposarch(const struct repos *rs)
{
	return rs->arch;
}

struct repos *
reposopen(const char *arch, int all)
{
	struct repos *rs;

	rs = xcalloc(1, sizeof *rs);
	if (addrepo(rs, repoopen(confget(CONF_REPO), arch, 1)) < 0) {
		reposdel(rs);
		return NULL;
	}
	return addmains(rs, arch, !all && strcmp(arch, confget(CONF_ARCH)) != 0 &&
	    strcmp(arch, confget(CONF_HOST)) != 0);
}

struct repo *
reposat(const struct repos *rs, size_t i)
{
	return i < rs->n ? rs->list[i] : NULL;
}

void
reposfetch(const char *arch, int anew)
{
	char **mains, *path;
	size_t i, n;

	mains = confplaces(CONF_REPOS, arch, &n);
	progressbegin("indexes fetched");
	for (i = 0; i < n; i++) {
		progressset(i, n);
		if (!fetchisurl(mains[i]))
			continue;
		path = fetchpath(mains[i], arch);
		if (anew || access(path, F_OK) < 0)
			fetchindex(mains[i], arch);
		free(path);
	}
	progressend();
	free(mains);
}

void
reposdel(struct repos *rs)
{
	size_t i;

	if (!rs)
		return;
	for (i = 0; i < rs->n; i++)
		repodel(rs->list[i]);
	free(rs->list);
	free(rs->arch);
	free(rs);
}

static const struct repopkg *
setwhere(const struct repos *rs, size_t i, const struct repopkg *p,
    const struct repo **where)
{
	if (where)
		*where = rs->list[i];
	return p;
}

const struct repopkg *
reposexact(const struct repos *rs, const char *name, const char *pkgver,
    const struct repo **where)
{
	const struct repopkg *p;
	size_t i;

	for (i = 0; i < rs->n; i++) {
		p = repoget(rs->list[i], name);
		/* xbps-src sees no other than the first */
		if (p)
			return strcmp(p->pkgver, pkgver) == 0 ?
			    setwhere(rs, i, p, where) : NULL;
	}
	return NULL;
}

const struct repopkg *
reposname(const struct repos *rs, const char *name, const struct repo **where)
{
	const struct repopkg *p;
	size_t i;

	for (i = 0; i < rs->n; i++) {
		p = repoget(rs->list[i], name);
		if (p)
			return setwhere(rs, i, p, where);
	}
	return NULL;
}

const struct repopkg *
reposnewer(const struct repos *rs, const char *name, const char *version)
{
	const struct repopkg *p;
	size_t i;

	for (i = 0; i < rs->n; i++) {
		p = repoget(rs->list[i], name);
		if (p && pkgvercmp(pkgverversion(p->pkgver), version) > 0)
			return p;
	}
	return NULL;
}

/* returns the package of that name if it meets the dependency */
static const struct repopkg *
byname(const struct repo *r, const char *name, const char *dep)
{
	const struct repopkg *p;

	p = repoget(r, name);
	return p && (strcmp(name, dep) == 0 || pkgvermatch(p->pkgver, dep)) ? p : NULL;
}

/* like XBPS, accepts a package that provides the name only if none has it */
const struct repopkg *
reposdep(const struct repos *rs, const char *dep, const struct repo **where)
{
	const struct repopkg *p;
	char *name;
	size_t i;

	name = pkgverdep(dep);
	for (p = NULL, i = 0; i < 2 * rs->n && !p; i++)
		p = i < rs->n ? byname(rs->list[i], name, dep) :
		    repovirtual(rs->list[i - rs->n], dep);
	free(name);
	return p ? setwhere(rs, (i - 1) % rs->n, p, where) : NULL;
}

const struct repopkg *
reposours(const struct repos *rs, const char *name)
{
	return repoget(rs->list[0], name);
}

int
reposstale(const struct repos *rs)
{
	size_t i;

	for (i = 0; i < rs->n; i++) {
		if (repostale(rs->list[i]))
			return 1;
	}
	return 0;
}
