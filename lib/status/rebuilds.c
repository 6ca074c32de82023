#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/conf.h"
#include "base/table.h"
#include "base/text.h"
#include "base/x.h"
#include "status/rebuilds.h"
#include "xbps/plist.h"
#include "xbps/repo.h"
#include "xbps/repodata.h"
#include "xbps/stage.h"

static const char *
copy(struct rebuilds *rs, const char *s)
{
	return arenastr(rs->arena, s, strlen(s));
}

static void
readone(struct rebuilds *rs, const char *path)
{
	struct rebuild *list, *r;
	struct repodata rd;
	size_t i, n;

	if (repodataread(&rd, path) < 0)
		return;
	list = stagebroken(rd.index, rd.stage, &n);
	for (i = 0; i < n; i++) {
		rs->list = xgrow(rs->list, rs->n, sizeof *rs->list);
		r = &rs->list[rs->n++];
		r->soname = copy(rs, list[i].soname);
		r->provider = copy(rs, list[i].provider);
		r->user = copy(rs, list[i].user);
	}
	free(list);
	repodatafree(&rd);
}

void
rebuildsread(struct rebuilds *rs, const char *arch)
{
	const char *sub;
	char *path;
	size_t i;

	memset(rs, 0, sizeof *rs);
	rs->arena = mkarena();
	for (i = 0; (sub = reposub(i)); i++) {
		path = xasprintf("%s%s%s/%s-repodata", confget(CONF_REPO),
		    *sub ? "/" : "", sub, arch);
		readone(rs, path);
		free(path);
	}
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
	arenadel(rs->arena);
}
