#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/x.h"
#include "xbps/fetchindex.h"
#include "xbps/repo.h"
#include "xbps/repos.h"
#include "xbps/version.h"

struct repos {
	struct repo **list;	/* list[0] is the build repository */
	size_t n;
};

static int
add(struct repos *rs, const char *where, const char *arch, int mayabsent)
{
	struct repo *r;

	r = repoopen(where, arch, mayabsent);
	if (!r)
		return -1;
	rs->list = xgrow(rs->list, rs->n, sizeof *rs->list);
	rs->list[rs->n++] = r;
	return 0;
}

struct repos *
reposopen(const char *arch)
{
	struct repos *rs;
	char **mains;
	size_t i, n;
	int mayabsent, r;

	mayabsent = strcmp(arch, confget(CONF_ARCH)) != 0 &&
	    strcmp(arch, confget(CONF_HOST)) != 0;
	rs = xcalloc(1, sizeof *rs);
	r = add(rs, confget(CONF_REPO), arch, 1);
	mains = conflist(CONF_REPOS, &n);
	for (i = 0; i < n && r == 0; i++)
		r = add(rs, mains[i], arch, mayabsent);
	free(mains);
	if (r < 0) {
		reposdel(rs);
		return NULL;
	}
	return rs;
}

void
reposfetch(const char *arch, int anew)
{
	char **mains, *path;
	size_t i, n;

	mains = conflist(CONF_REPOS, &n);
	for (i = 0; i < n; i++) {
		if (!fetchurl(mains[i]))
			continue;
		path = fetchpath(mains[i], arch);
		if (anew || access(path, F_OK) < 0)
			fetchindex(mains[i], arch);
		free(path);
	}
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
	free(rs);
}

static const struct repopkg *
found(const struct repos *rs, size_t i, const struct repopkg *p,
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
		if (p && strcmp(p->pkgver, pkgver) == 0)
			return found(rs, i, p, where);
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
			return found(rs, i, p, where);
	}
	return NULL;
}

static const struct repopkg *
satisfier(const struct repo *r, const char *dep)
{
	const struct repopkg *p;
	char *name;

	name = verdep(dep);
	p = repoget(r, name);
	if (p && strcmp(name, dep) != 0 && !vermatch(p->pkgver, dep))
		p = NULL;
	free(name);
	return p ? p : repovirtual(r, dep);
}

const struct repopkg *
reposdep(const struct repos *rs, const char *dep, const struct repo **where)
{
	const struct repopkg *p;
	size_t i;

	for (i = 0; i < rs->n; i++) {
		p = satisfier(rs->list[i], dep);
		if (p)
			return found(rs, i, p, where);
	}
	return NULL;
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
