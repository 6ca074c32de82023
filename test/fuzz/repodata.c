/* Fuzzes the reader of indexes, with a file in the current directory, and what
 * is asked of them. */
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "xbps/pkgver.h"
#include "xbps/repo.h"
#include "xbps/repodata.h"
#include "xbps/repos.h"
#include "xbps/shlibs.h"
#include "xbps/stage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
ask(const char *dir)
{
	const struct repopkg *p;
	struct repo *r;
	size_t i;

	r = repoopen(dir, "x", 1);
	if (!r)
		return;
	for (i = 0; (p = reponext(r, &i));) {
		if (!pkgverok(p->pkgver) || !pkgverarchok(p->arch) ||
		    repoget(r, p->name) != p)
			abort();
		if (*p->provides)
			repovirtual(r, *p->provides);
	}
	repodel(r);
}

static void
judge(const struct repodata *rd)
{
	const struct repodata *rds[16] = { rd };
	struct staging st;
	struct repos *rs;
	size_t n;

	rs = reposalone(repoof(".", rds));
	stagejudge(&st, rs);
	stagefree(&st);
	free(shlibslack(rs, 0, &n));
	free(shlibslack(rs, 1, &n));
	reposdel(rs);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char path[] = "x-repodata";
	static int fd = -1;
	struct repodata rd;

	if (fd < 0) {
		fd = open(path, O_RDWR | O_CREAT, 0644);
		if (fd < 0)
			err(1, "%s", path);
	}
	if (ftruncate(fd, 0) < 0 || pwrite(fd, data, n, 0) != (ssize_t)n)
		err(1, "%s", path);
	if (repodataread(&rd, path) != 1)
		return 0;
	judge(&rd);
	repodatafree(&rd);
	ask(".");
	return 0;
}
