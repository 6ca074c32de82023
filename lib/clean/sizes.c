#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/progress.h"
#include "base/table.h"
#include "base/text.h"
#include "base/x.h"
#include "clean/leftover.h"
#include "clean/oldmirrors.h"
#include "clean/oldslots.h"
#include "clean/oldtrees.h"
#include "clean/sizes.h"
#include "spool/spool.h"
#include "xbps/repo.h"

struct measure {
	struct leftovers l;	/* of what is measured now */
	void (*said)(void *arg, const char *what, size_t n, int64_t bytes,
	    const char *path);
	void *arg;
	int dir;		/* the directory that is listed */
	const char *path;
	int failed;
	/* the repository */
	struct table *named;	/* SUB/PKGVER.ARCH of what its indexes name */
	struct table *arches;
	const char *sub;	/* the sub-repository that is listed */
	struct leftovers old;
};

/* the sum is all that is wanted */
static void
ignore(const char *kind, const char *path, int64_t bytes)
{
	(void)kind;
	(void)path;
	(void)bytes;
}

static struct leftovers
mkcount(void)
{
	return (struct leftovers){ .dry = 1, .all = 1, .said = ignore };
}

static void
say(struct measure *m, const char *what, const struct leftovers *l, int count,
    const char *path)
{
	m->failed |= l->failed;
	if (l->n > 0)
		m->said(m->arg, what, count ? (size_t)l->n : 0, l->bytes, path);
}

/* adds a file or directory to what is measured */
static void
add(struct leftovers *l, int dir, const char *name, const char *path)
{
	leftoverdrop(l, "", dir, name, path);
	progressone();
}

static int
addlisted(const char *name, void *arg)
{
	struct measure *m = arg;
	char *path;

	path = xasprintf("%s/%s", m->path, name);
	add(&m->l, m->dir, name, path);
	free(path);
	return 0;
}

/* measures what is in a directory */
static void
saylisted(struct measure *m, const char *what, const char *path)
{
	m->l = mkcount();
	m->path = path;
	if (leftoverlist(path, &m->dir, addlisted, m) < 0)
		m->failed = 1;
	say(m, what, &m->l, 1, path);
}

static void
saywhole(struct measure *m, const char *what, const char *path)
{
	m->l = mkcount();
	if (*path)
		add(&m->l, AT_FDCWD, path, path);
	say(m, what, &m->l, 0, path);
}

static int
addarch(const char *name, void *arg)
{
	struct measure *m = arg;
	char *arch;
	size_t n;

	n = *name == '.' ? 0 : textends(name, "-repodata");
	if (n > 0) {
		arch = xstrndup(name, n);
		tableput(m->arches, arch);
		free(arch);
	}
	return 0;
}

/* remembers which files the index of an architecture names */
static void
addnamed(struct measure *m, const char *repo, const char *arch)
{
	const struct repopkg *p;
	struct repo *r;
	char *key;
	size_t i;

	r = repoopen(repo, arch, 1);
	if (!r) {
		m->failed = 1;
		return;
	}
	for (i = 0; (p = repoat(r, i)); i++) {
		key = xasprintf("%s/%s.%s.xbps", p->sub, p->pkgver, p->arch);
		*tableput(m->named, key) = m;
		free(key);
	}
	repodel(r);
}

/* a package that no index names, and its signature, is of an older version */
static int
addpackage(const char *name, void *arg)
{
	struct measure *m = arg;
	const char *dot;
	char *key, *path;
	int isold;

	dot = strstr(name, ".xbps");
	key = xasprintf("%s/%.*s.xbps", m->sub, dot ? (int)(dot - name) : 0, name);
	isold = dot && *name != '.' && !tableget(m->named, key);
	free(key);
	path = xasprintf("%s/%s", m->path, name);
	/* sub-repositories are listed by themselves */
	if (*m->sub || !repoissub(name))
		add(isold ? &m->old : &m->l, m->dir, name, path);
	free(path);
	return 0;
}

/* calls fn for each file of a repository and its sub-repositories */
static void
eachfile(struct measure *m, const char *repo, int (*fn)(const char *name, void *arg))
{
	char *path;
	size_t i;

	for (i = 0; (m->sub = reposub(i)); i++) {
		path = xasprintf("%s%s%s", repo, *m->sub ? "/" : "", m->sub);
		m->path = path;
		if (leftoverlist(path, &m->dir, fn, m) < 0)
			m->failed = 1;
		free(path);
	}
}

static void
sayrepository(struct measure *m, const char *repo)
{
	const char *arch;
	void *value;
	size_t i;

	m->l = m->old = mkcount();
	m->named = mktable();
	m->arches = mktable();
	eachfile(m, repo, addarch);
	for (i = 0; (arch = tablenext(m->arches, &i, &value));)
		addnamed(m, repo, arch);
	eachfile(m, repo, addpackage);
	tabledel(m->named);
	tabledel(m->arches);
	say(m, "repository", &m->l, 1, repo);
	say(m, "older", &m->old, 1, repo);
}

static void
sayspool(struct measure *m, const struct spool *sp)
{
	char *path;
	int st;

	for (st = 0; st < NSTATE; st++) {
		path = xasprintf("%s/%s", sp->path, spoolstates[st]);
		saylisted(m, spoolstates[st], path);
		free(path);
	}
	path = xasprintf("%s/incoming", sp->path);
	saylisted(m, "incoming", path);
	free(path);
	path = xasprintf("%s/log", sp->path);
	saylisted(m, "log", path);
	free(path);
}

static void
sayslots(struct measure *m)
{
	m->l = mkcount();
	/* what new ones are copied from, if it is there */
	if (*confget(CONF_MASTERDIR))
		add(&m->l, AT_FDCWD, confget(CONF_MASTERDIR),
		    confget(CONF_MASTERDIR));
	if (oldslots(&m->l, 0) < 0)
		m->failed = 1;
	say(m, "slots", &m->l, 1, confget(CONF_HOSTDIR));
	m->l = mkcount();
	if (oldtrees(&m->l) < 0)
		m->failed = 1;
	say(m, "trees", &m->l, 0, confget(CONF_HOSTDIR));
	m->l = mkcount();
	if (oldmirrors(&m->l) < 0)
		m->failed = 1;
	say(m, "mirrors", &m->l, 0, confget(CONF_HOSTDIR));
}

/* what xbps-src keeps besides the sources */
static int
addcache(const char *name, void *arg)
{
	return strcmp(name, "ccache") == 0 || strncmp(name, "repocache", 9) == 0 ?
	    addlisted(name, arg) : 0;
}

static void
saycaches(struct measure *m)
{
	m->l = mkcount();
	m->path = confget(CONF_HOSTDIR);
	if (leftoverlist(m->path, &m->dir, addcache, m) < 0)
		m->failed = 1;
	say(m, "caches", &m->l, 0, m->path);
}

int
sizes(const struct spool *sp, void (*said)(void *arg, const char *what, size_t n,
    int64_t bytes, const char *path), void *arg)
{
	struct measure m = { .said = said, .arg = arg };
	char *path;

	progressbegin("files measured");
	sayrepository(&m, confget(CONF_REPO));
	sayspool(&m, sp);
	path = xasprintf("%s/sources", confget(CONF_HOSTDIR));
	saywhole(&m, "sources", path);
	free(path);
	sayslots(&m);
	saycaches(&m);
	saywhole(&m, "cache", confget(CONF_CACHE));
	saywhole(&m, "history", confget(CONF_HISTORY));
	saywhole(&m, "site", confget(CONF_WWW));
	progressend();
	return m.failed ? -1 : 0;
}
