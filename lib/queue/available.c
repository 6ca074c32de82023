#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/loop.h"
#include "base/table.h"
#include "base/x.h"
#include "queue/available.h"
#include "spool/job.h"
#include "xbps/noarch.h"
#include "xbps/pkgver.h"
#include "xbps/repo.h"
#include "xbps/repos.h"
#include "xbps/shlibs.h"
#include "xbps/stage.h"

/* milliseconds */
enum {
	AGAIN = 30000,		/* between two tries to read a broken repository */
	OLD = 1800000		/* age from which AVAILABLE_OLD looks for a change */
};

struct archrepos {
	struct repos *repos;	/* NULL: they could not be read yet */
	struct table *added;	/* jobs, by availableadd */
	int broken;
	int64_t tried;
};

struct available {
	struct table *archs;	/* by architecture */
	struct noarchs *noarchs;
};

struct available *
mkavailable(void)
{
	struct available *s;

	s = xcalloc(1, sizeof *s);
	s->archs = mktable();
	s->noarchs = mknoarchs(confget(CONF_REPO));
	return s;
}

void
availabledel(struct available *s)
{
	struct archrepos *ar;
	void *value;
	size_t i;

	if (!s)
		return;
	for (i = 0; tablenext(s->archs, &i, &value);) {
		ar = value;
		reposdel(ar->repos);
		tabledel(ar->added);
		free(ar);
	}
	tabledel(s->archs);
	noarchsdel(s->noarchs);
	free(s);
}

/* reads the repositories; if that fails the old contents stay */
static void
readrepos(struct archrepos *ar, const char *arch)
{
	struct repos *rs;

	ar->tried = loopnow();
	rs = reposopen(arch, 0);
	ar->broken = !rs;
	if (!rs)
		return;
	reposdel(ar->repos);
	ar->repos = rs;
	tabledel(ar->added);
	ar->added = mktable();
}

static struct archrepos *
archof(struct available *s, const char *arch)
{
	struct archrepos *ar;

	ar = tableget(s->archs, arch);
	if (!ar) {
		ar = xcalloc(1, sizeof *ar);
		ar->added = mktable();
		*tableput(s->archs, arch) = ar;
		readrepos(ar, arch);
	}
	return ar;
}

/* returns the pkgver in a job's name, and sets *name to the package's name; the caller
 * owns both */
static char *
splitjob(const char *job, char **name)
{
	char *pkgver;

	pkgver = xstrndup(job, (size_t)(strrchr(job, '.') - job));
	*name = xstrndup(pkgver, pkgvername(pkgver));
	return pkgver;
}

int
availablehas(struct available *s, const char *job)
{
	struct archrepos *ar;
	char *name, *pkgver;
	int has;

	ar = archof(s, strrchr(job, '.') + 1);
	if (tablekey(ar->added, job))
		return 1;
	if (!ar->repos)
		return 0;
	pkgver = splitjob(job, &name);
	has = reposexact(ar->repos, name, pkgver, NULL) != NULL;
	free(name);
	free(pkgver);
	return has;
}

int
availablelater(struct available *s, const char *job)
{
	const struct repopkg *p;
	struct archrepos *ar;
	char *name, *pkgver;
	int later;

	ar = archof(s, strrchr(job, '.') + 1);
	if (!ar->repos)
		return 0;
	pkgver = splitjob(job, &name);
	p = reposours(ar->repos, name);
	later = p && pkgvercmp(pkgverversion(p->pkgver), pkgverversion(pkgver)) > 0;
	free(name);
	free(pkgver);
	return later;
}

char *
availableshared(struct available *s, const struct job *j)
{
	struct noarch na;
	char *arch;

	if (!noarchfind(s->noarchs, &na, j->arch, j->pkgver, j->makes, j->nmakes))
		return NULL;
	arch = xstrdup(na.arch);
	noarchfree(&na);
	return arch;
}

void
availableadd(struct available *s, const char *job)
{
	tableput(archof(s, strrchr(job, '.') + 1)->added, job);
}

int
availablerefresh(struct available *s, enum availablehow how)
{
	struct archrepos *ar;
	const char *arch;
	void *value;
	size_t i;
	int any, want;

	any = 0;
	for (i = 0; (arch = tablenext(s->archs, &i, &value));) {
		ar = value;
		if (ar->broken)
			want = loopnow() - ar->tried > AGAIN;
		else
			want = (how != AVAILABLE_OLD ||
			    loopnow() - ar->tried > OLD) &&
			    reposstale(ar->repos);
		if (!want && how != AVAILABLE_ALL)
			continue;
		readrepos(ar, arch);
		any = 1;
	}
	return any;
}

int
availablebroken(const struct available *s)
{
	struct archrepos *ar;
	void *value;
	size_t i;

	for (i = 0; tablenext(s->archs, &i, &value);) {
		ar = value;
		if (ar->broken)
			return 1;
	}
	return 0;
}

size_t
availabledue(struct available *s)
{
	struct staging st;
	struct lack *lacks;
	struct archrepos *ar;
	struct table *users;
	void *value;
	size_t due, i, k, n;

	archof(s, confget(CONF_ARCH));
	for (i = 0, due = 0; tablenext(s->archs, &i, &value);) {
		ar = value;
		if (!ar->repos)
			continue;
		stagejudge(&st, ar->repos);
		users = mktable();
		for (k = 0; k < st.n; k++)
			tableput(users, st.rebuilds[k].user);
		lacks = shlibslack(ar->repos, 0, &n);
		for (k = 0; k < n; k++) {
			if (lacks[k].kind == LACK_SHLIB)
				tableput(users, lacks[k].pkg->name);
		}
		free(lacks);
		due += tablelen(users);
		tabledel(users);
		stagefree(&st);
	}
	return due;
}
