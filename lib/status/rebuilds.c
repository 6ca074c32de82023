#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/table.h"
#include "base/text.h"
#include "status/rebuilds.h"
#include "xbps/repo.h"
#include "xbps/repos.h"
#include "xbps/shlibs.h"
#include "xbps/stage.h"

void
rebuildsread(struct rebuilds *rs, const char *arch)
{
	struct staging st;
	struct repo *r;

	memset(rs, 0, sizeof *rs);
	r = repoopen(confget(CONF_REPO), arch, 1);
	rs->repos = r ? reposwith(r, arch) : NULL;
	if (!rs->repos)
		return;
	stagejudge(&st, rs->repos);
	rs->list = st.rebuilds;
	rs->n = st.n;
	free(st.waits);
	rs->lacks = shlibslack(rs->repos, 0, &rs->nlacks);
}

void
rebuildslines(const struct rebuilds *rs, struct buf *b)
{
	size_t i;

	for (i = 0; i < rs->nlacks; i++) {
		bufstr(b, "broken\t");
		textclean(b, rs->lacks[i].pkg->pkgver);
		bufchar(b, '\t');
		shlibswords(b, &rs->lacks[i]);
		bufchar(b, '\n');
	}
	for (i = 0; i < rs->n; i++) {
		bufstr(b, "rebuild\t");
		textclean(b, rs->list[i].user);
		bufchar(b, '\t');
		textclean(b, rs->list[i].soname);
		bufchar(b, '\n');
	}
}

/* appends a name to the line unless it is there */
static void
addname(struct buf *line, struct table *seen, const char *s)
{
	if (tablekey(seen, s))
		return;
	buffmt(line, "%s %s", tablelen(seen) ? "," : "", s);
	tableput(seen, s);
}

static void
writecut(struct buf *b, struct buf *line, int cols)
{
	bufchar(b, '\n');
	textcut(b, line->s, cols > 0 ? (size_t)cols : (size_t)-1);
	bufchar(b, '\n');
	buffree(line);
}

void
rebuildssay(const struct rebuilds *rs, int cols, struct buf *b)
{
	struct buf line = { 0 };
	struct table *seen;
	size_t i;

	seen = mktable();
	if (rs->nlacks > 0) {
		bufstr(&line, "cannot be installed:");
		for (i = 0; i < rs->nlacks; i++)
			addname(&line, seen, rs->lacks[i].pkg->name);
		writecut(b, &line, cols);
	}
	tabledel(seen);
	seen = mktable();
	if (rs->n > 0) {
		bufstr(&line, "rebuild for the stage:");
		for (i = 0; i < rs->n; i++)
			addname(&line, seen, rs->list[i].user);
		writecut(b, &line, cols);
	}
	tabledel(seen);
}

void
rebuildsfree(struct rebuilds *rs)
{
	free(rs->list);
	free(rs->lacks);
	reposdel(rs->repos);
}
