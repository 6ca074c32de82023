#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/table.h"
#include "base/text.h"
#include "base/x.h"
#include "xbps/noarch.h"
#include "xbps/pkgver.h"
#include "xbps/repo.h"

struct noarchs {
	char *home;
	struct table *repos;	/* by architecture */
};

struct search {
	struct noarchs *all;
	struct noarch *na;
	const char *arch, *pkgver;
	char *const *names;
	size_t n;
};

struct noarchs *
mknoarchs(const char *home)
{
	struct noarchs *s;

	s = xcalloc(1, sizeof *s);
	s->home = xstrdup(home);
	s->repos = mktable();
	return s;
}

void
noarchsdel(struct noarchs *s)
{
	void *value;
	size_t i;

	if (!s)
		return;
	for (i = 0; tablenext(s->repos, &i, &value);)
		repodel(value);
	tabledel(s->repos);
	free(s->home);
	free(s);
}

/* returns the packages of an architecture's index, NULL when it cannot be read */
static const struct repo *
indexrepo(struct noarchs *s, const char *arch)
{
	void **place;

	place = tableput(s->repos, arch);
	if (*place && repostale(*place)) {
		repodel(*place);
		*place = NULL;
	}
	if (!*place)
		*place = repoopen(s->home, arch, 1);
	return *place;
}

/* returns the noarch package of a name in index or stage, NULL when there is none */
static const struct repopkg *
findpkg(const struct repo *r, const char *name, const char *version)
{
	const struct repopkg *p;
	size_t i, n;

	(void)repoall(r, name, &n);
	for (i = 0; i < n; i++) {
		p = &repoall(r, name, &n)[i];
		if (strcmp(p->arch, "noarch") == 0 && *p->sha256 &&
		    strcmp(pkgverversion(p->pkgver), version) == 0)
			return p;
	}
	return NULL;
}

static int
hasall(const struct search *s, const char *arch)
{
	struct noarch *na = s->na;
	size_t i;

	na->repo = indexrepo(s->all, arch);
	if (!na->repo)
		return 0;
	na->list = xcalloc(s->n, sizeof(struct repopkg *));
	for (i = 0; i < s->n; i++) {
		na->list[i] = findpkg(na->repo, s->names[i],
		    pkgverversion(s->pkgver));
		if (!na->list[i])
			break;
	}
	if (i == s->n) {
		na->arch = xstrdup(arch);
		return 1;
	}
	noarchfree(na);
	return 0;
}

static int
searchindex(const char *name, void *arg)
{
	const struct search *s = arg;
	size_t n;
	char *arch;
	int r;

	n = textends(name, "-repodata");
	if (!n)
		return 0;
	arch = xstrndup(name, n);
	r = pkgverarchok(arch) && strcmp(arch, s->arch) != 0 && hasall(s, arch);
	free(arch);
	return r;
}

int
noarchfind(struct noarchs *all, struct noarch *na, const char *arch,
    const char *pkgver, char *const *names, size_t n)
{
	struct search s = { all, na, arch, pkgver, names, n };
	int r;

	memset(na, 0, sizeof *na);
	r = n > 0 ? iolistpath(all->home, searchindex, &s) : 0;
	if (r < 0)
		warn("%s", all->home);
	return r > 0;
}

void
noarchfree(struct noarch *na)
{
	free(na->list);
	free(na->arch);
	memset(na, 0, sizeof *na);
}
