#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/table.h"
#include "base/text.h"
#include "status/rebuilds.h"
#include "xbps/repo.h"
#include "xbps/repos.h"
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
}

void
rebuildslines(const struct rebuilds *rs, struct buf *b)
{
	size_t i;

	for (i = 0; i < rs->n; i++) {
		bufstr(b, "rebuild\t");
		textclean(b, rs->list[i].user);
		bufchar(b, '\t');
		textclean(b, rs->list[i].soname);
		bufchar(b, '\n');
	}
}

void
rebuildssay(const struct rebuilds *rs, int cols, struct buf *b)
{
	struct buf text = { 0 };
	struct tab *seen;
	size_t i;

	if (rs->n == 0)
		return;
	bufstr(&text, "rebuild for the stage:");
	seen = mktab();
	for (i = 0; i < rs->n; i++) {
		/* it may need several sonames */
		if (tabkey(seen, rs->list[i].user))
			continue;
		buffmt(&text, "%s %s", tablen(seen) ? "," : "", rs->list[i].user);
		tabput(seen, rs->list[i].user);
	}
	tabdel(seen);
	bufchar(b, '\n');
	if (cols > 0)
		textcut(b, text.s, (size_t)cols);
	else
		textclean(b, text.s);
	bufchar(b, '\n');
	buffree(&text);
}

void
rebuildsfree(struct rebuilds *rs)
{
	free(rs->list);
	reposdel(rs->repos);
}
