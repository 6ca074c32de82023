#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/loop.h"
#include "base/table.h"
#include "base/x.h"
#include "queue/available.h"
#include "spool/job.h"
#include "xbps/pkgver.h"
#include "xbps/repo.h"
#include "xbps/repos.h"
#include "xbps/stage.h"

/* milliseconds */
enum {
	AGAIN = 30000,		/* until another try to read */
	OLD = 1800000		/* until a change is of interest in any case */
};

struct shelf {
	struct repos *repos;	/* NULL: cannot be read */
	struct table *added;	/* jobs */
	int broken;
	int64_t tried;
};

struct available {
	struct table *shelves;	/* by architecture */
};

struct available *
mkavailable(void)
{
	struct available *s;

	s = xcalloc(1, sizeof *s);
	s->shelves = mktable();
	return s;
}

void
availabledel(struct available *s)
{
	struct shelf *sh;
	void *value;
	size_t i;

	if (!s)
		return;
	for (i = 0; tablenext(s->shelves, &i, &value);) {
		sh = value;
		reposdel(sh->repos);
		tabledel(sh->added);
		free(sh);
	}
	tabledel(s->shelves);
	free(s);
}

/* old contents are better than none when the new cannot be read */
static void
fill(struct shelf *sh, const char *arch)
{
	struct repos *rs;

	sh->tried = loopnow();
	rs = reposopen(arch, 0);
	sh->broken = !rs;
	if (!rs)
		return;
	reposdel(sh->repos);
	sh->repos = rs;
	tabledel(sh->added);
	sh->added = mktable();
}

static struct shelf *
shelfof(struct available *s, const char *arch)
{
	struct shelf *sh;

	sh = tableget(s->shelves, arch);
	if (!sh) {
		sh = xcalloc(1, sizeof *sh);
		sh->added = mktable();
		*tableput(s->shelves, arch) = sh;
		fill(sh, arch);
	}
	return sh;
}

/* splits a job's name: returns its pkgver, and sets *name to the package's name;
 * the caller owns both */
static char *
split(const char *job, char **name)
{
	char *pkgver;

	pkgver = xstrndup(job, (size_t)(strrchr(job, '.') - job));
	*name = xstrndup(pkgver, pkgvername(pkgver));
	return pkgver;
}

int
availablehas(struct available *s, const char *job)
{
	struct shelf *sh;
	char *name, *pkgver;
	int has;

	sh = shelfof(s, strrchr(job, '.') + 1);
	if (tablekey(sh->added, job))
		return 1;
	if (!sh->repos)
		return 0;
	pkgver = split(job, &name);
	has = reposexact(sh->repos, name, pkgver, NULL) != NULL;
	free(name);
	free(pkgver);
	return has;
}

int
availablelater(struct available *s, const char *job)
{
	const struct repopkg *p;
	struct shelf *sh;
	char *name, *pkgver;
	int later;

	sh = shelfof(s, strrchr(job, '.') + 1);
	if (!sh->repos)
		return 0;
	pkgver = split(job, &name);
	p = reposours(sh->repos, name);
	later = p && pkgvercmp(pkgverversion(p->pkgver), pkgverversion(pkgver)) > 0;
	free(name);
	free(pkgver);
	return later;
}

void
availableadd(struct available *s, const char *job)
{
	tableput(shelfof(s, strrchr(job, '.') + 1)->added, job);
}

int
availablerefresh(struct available *s, enum availablehow how)
{
	struct shelf *sh;
	const char *arch;
	void *value;
	size_t i;
	int any, want;

	any = 0;
	for (i = 0; (arch = tablenext(s->shelves, &i, &value));) {
		sh = value;
		if (sh->broken)
			want = loopnow() - sh->tried > AGAIN;
		else
			want = (how != AVAILABLE_OLD ||
			    loopnow() - sh->tried > OLD) &&
			    reposstale(sh->repos);
		if (!want && how != AVAILABLE_ALL)
			continue;
		fill(sh, arch);
		any = 1;
	}
	return any;
}

int
availablebroken(const struct available *s)
{
	struct shelf *sh;
	void *value;
	size_t i;

	for (i = 0; tablenext(s->shelves, &i, &value);) {
		sh = value;
		if (sh->broken)
			return 1;
	}
	return 0;
}

size_t
availabledue(struct available *s)
{
	struct staging st;
	struct shelf *sh;
	struct table *users;
	void *value;
	size_t due, i, k;

	shelfof(s, confget(CONF_ARCH));
	for (i = 0, due = 0; tablenext(s->shelves, &i, &value);) {
		sh = value;
		if (!sh->repos)
			continue;
		stagejudge(&st, sh->repos);
		users = mktable();
		for (k = 0; k < st.n; k++)
			tableput(users, st.rebuilds[k].user);
		due += tablelen(users);
		tabledel(users);
		stagefree(&st);
	}
	return due;
}
