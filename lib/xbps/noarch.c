#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/text.h"
#include "base/x.h"
#include "xbps/noarch.h"
#include "xbps/pkgver.h"
#include "xbps/repo.h"

struct search {
	struct noarch *na;
	const char *home, *arch, *pkgver;
	char *const *names;
	size_t n;
};

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

	na->repo = repoopen(s->home, arch, 1);
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
noarchfind(struct noarch *na, const char *home, const char *arch, const char *pkgver,
    char *const *names, size_t n)
{
	struct search s = { na, home, arch, pkgver, names, n };
	int dir, r;

	memset(na, 0, sizeof *na);
	if (n == 0)
		return 0;
	dir = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return 0;
	r = iolist(dir, searchindex, &s);
	close(dir);
	return r > 0;
}

void
noarchfree(struct noarch *na)
{
	repodel(na->repo);
	free(na->list);
	free(na->arch);
	memset(na, 0, sizeof *na);
}
