#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/table.h"
#include "base/text.h"
#include "base/x.h"
#include "spool/spool.h"
#include "status/rebuilds.h"
#include "xbps/pkgver.h"
#include "xbps/repo.h"
#include "xbps/repos.h"
#include "xbps/shlibs.h"
#include "xbps/stage.h"

enum { LISTMAX = 16 << 20 };	/* bytes of the list that spiff-rebuild keeps */

/* takes a line PKGVER TAB ARCH TAB relink DEP; others are for what is known anyway */
static void
takeline(struct rebuilds *rs, char *line)
{
	char *arch, *why;

	arch = strchr(line, '\t');
	why = arch ? strchr(arch + 1, '\t') : NULL;
	if (!why || strncmp(why + 1, "relink ", 7) != 0)
		return;
	*arch++ = *why++ = '\0';
	if (!pkgverok(line) || strcmp(arch, rs->arch) != 0)
		return;
	rs->relinks = xgrow(rs->relinks, rs->nrelinks, sizeof *rs->relinks);
	rs->relinks[rs->nrelinks++] = (struct relink){ xstrdup(line),
	    xstrdup(why + 7) };
}

static void
readrelinks(struct rebuilds *rs, const struct spool *sp)
{
	struct buf b = { 0 };
	char *line, *save;

	if (ioread(sp->dir, "broken", LISTMAX, &b) == 0 && b.len > 0) {
		for (line = strtok_r(b.s, "\n", &save); line;
		    line = strtok_r(NULL, "\n", &save))
			takeline(rs, line);
	}
	buffree(&b);
}

int
rebuildsread(struct rebuilds *rs, const struct spool *sp, const char *arch)
{
	struct staging st;
	struct repo *r;

	memset(rs, 0, sizeof *rs);
	rs->arch = xstrdup(arch);
	readrelinks(rs, sp);
	r = repoopen(confget(CONF_REPO), arch, 1);
	rs->repos = r ? reposwith(r, arch) : NULL;
	if (!rs->repos)
		return -1;
	stagejudge(&st, rs->repos);
	rs->list = st.rebuilds;
	rs->n = st.n;
	free(st.waits);
	rs->lacks = shlibslack(rs->repos, 0, &rs->nlacks);
	return 0;
}

void
rebuildseach(const struct rebuilds *rs, void (*fn)(void *arg, const char *kind,
    const char *package, const char *what), void *arg)
{
	struct buf what = { 0 };
	size_t i;

	for (i = 0; i < rs->nlacks; i++) {
		what.len = 0;
		shlibswords(&what, &rs->lacks[i]);
		fn(arg, "broken", rs->lacks[i].pkg->pkgver, what.s);
	}
	buffree(&what);
	for (i = 0; i < rs->n; i++)
		fn(arg, "rebuild", rs->list[i].user, rs->list[i].soname);
	for (i = 0; i < rs->nrelinks; i++)
		fn(arg, "relink", rs->relinks[i].pkgver, rs->relinks[i].dep);
}

struct lines {
	struct buf *b;
	const char *arch;
};

static void
addline(void *arg, const char *kind, const char *package, const char *what)
{
	const struct lines *l = arg;

	buffmt(l->b, "%s\t", kind);
	textclean(l->b, package);
	bufchar(l->b, '\t');
	textclean(l->b, what);
	buffmt(l->b, "\t%s\n", l->arch);
}

void
rebuildslines(const struct rebuilds *rs, struct buf *b)
{
	struct lines l = { b, rs->arch };

	rebuildseach(rs, addline, &l);
}

/* the names of one kind */
struct names {
	const char *kind;
	struct buf line;
	struct table *seen;
};

/* adds a name, unless it is there already: it may need several things */
static void
addname(void *arg, const char *kind, const char *package, const char *what)
{
	struct names *ns = arg;
	char *name;
	size_t n;

	(void)what;
	if (strcmp(kind, ns->kind) != 0)
		return;
	n = strcmp(kind, "rebuild") == 0 ? 0 : pkgvername(package);
	name = n ? xstrndup(package, n) : xstrdup(package);
	if (!tablekey(ns->seen, name)) {
		buffmt(&ns->line, "%s %s", tablelen(ns->seen) ? "," : "", name);
		tableput(ns->seen, name);
	}
	free(name);
}

int
rebuildssay(const struct rebuilds *rs, int cols, struct buf *b)
{
	static const char *const kinds[][2] = {
		{ "broken", "cannot be installed" },
		{ "rebuild", "rebuild for the stage" },
		{ "relink", "rebuild for new interfaces" },
	};
	struct names ns;
	size_t i;
	int lines;

	for (i = 0, lines = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		ns = (struct names){ .kind = kinds[i][0], .seen = mktable() };
		bufstr(&ns.line, kinds[i][1]);
		if (strcmp(rs->arch, confget(CONF_ARCH)) != 0)
			buffmt(&ns.line, ", %s", rs->arch);
		bufchar(&ns.line, ':');
		rebuildseach(rs, addname, &ns);
		if (tablelen(ns.seen) > 0) {
			bufchar(b, '\n');
			textcut(b, ns.line.s, cols > 0 ? (size_t)cols : (size_t)-1);
			bufchar(b, '\n');
			lines += 2;
		}
		buffree(&ns.line);
		tabledel(ns.seen);
	}
	return lines;
}

void
rebuildsfree(struct rebuilds *rs)
{
	size_t i;

	for (i = 0; i < rs->nrelinks; i++) {
		free(rs->relinks[i].pkgver);
		free(rs->relinks[i].dep);
	}
	free(rs->relinks);
	free(rs->arch);
	free(rs->list);
	free(rs->lacks);
	reposdel(rs->repos);
}
