#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/table.h"
#include "base/x.h"
#include "plan/sides.h"
#include "tree/tmpl.h"
#include "tree/tree.h"
#include "xbps/pkgver.h"
#include "xbps/repo.h"
#include "xbps/repos.h"

enum { MAXLINES = 16 << 20 };	/* bytes of common/shlibs, or of etc/conf */

static const char dummy[] = "cross-vpkg-dummy";
static const char arch32[] = "i686", suffix32[] = "-32bit";

static int
openside(struct sides *w, int side, const char *arch, int all)
{
	struct side *s = &w->sides[side];
	struct tmplenv env = {
		.host = confget(CONF_HOST),
		.target = arch,
		.check = confget(CONF_CHECK),
		.bare = w->bare,
	};

	s->arch = arch;
	s->ts = tmplopen(w->tree, &env);
	if (!s->ts)
		return -1;
	reposfetch(arch, w->anew);
	s->repos = reposopen(arch, all);
	return s->repos ? 0 : -1;
}

/* adds a source package and all that it needs for the target to the base */
static int
addbase(struct sides *w, int side, const char *source)
{
	struct tmpls *ts = w->sides[side].ts;
	const struct tmpl *t;
	const char *next;
	size_t i;
	void **place;

	place = tableput(w->base[side], source);
	if (*place)
		return 0;
	*place = w;
	if (tmplload(ts, &source, 1, NULL, NULL) < 0)
		return -1;
	t = tmplget(ts, source);
	for (i = 0; t && !t->error && i < t->ndeps; i++) {
		if (t->deps[i].kind != TMPL_MAKE && t->deps[i].kind != TMPL_RUN)
			continue;
		next = treesource(w->tree, t->deps[i].name);
		if (next && addbase(w, side, next) < 0)
			return -1;
	}
	return 0;
}

/* the base while its templates are evaluated */
struct base {
	struct tree *tree;
	struct tmpls *ts;
};

/* has what a template of the base needs evaluated in the same go */
static void
basewants(void *arg, const struct tmpl *t)
{
	const struct base *b = arg;
	const char *source;
	size_t i;

	for (i = 0; !t->error && i < t->ndeps; i++) {
		if (t->deps[i].kind != TMPL_MAKE && t->deps[i].kind != TMPL_RUN)
			continue;
		source = treesource(b->tree, t->deps[i].name);
		if (source)
			tmplalso(b->ts, source);
	}
}

/* what a cross build is made with besides what templates name */
static int
opencross(struct sides *w, int side)
{
	struct base base = { w->tree, w->sides[side].ts };
	const char *source;

	source = treesource(w->tree, dummy);
	w->crosspkg[side] = xasprintf("cross-%s",
	    tmpltriplet(w->sides[side].ts));
	w->base[side] = mktable();
	if (!source)
		return 0;
	if (tmplload(w->sides[side].ts, &source, 1, basewants, &base) < 0)
		return -1;
	return addbase(w, side, dummy);
}

int
sidesopen(struct sides *w, int bare, int anew)
{
	const char *host, *target;
	char **dirs;
	size_t n;

	memset(w, 0, sizeof *w);
	w->bare = bare;
	w->anew = anew;
	host = confget(CONF_HOST);
	target = confget(CONF_ARCH);
	w->cross = strcmp(host, target) != 0;
	dirs = conflist(CONF_DISTDIR, &n);
	w->tree = treeopen(dirs, n);
	free(dirs);
	if (!w->tree || openside(w, SIDE_TARGET, target, 1) < 0)
		return -1;
	if (!w->cross)
		return 0;
	if (openside(w, SIDE_HOST, host, 1) < 0)
		return -1;
	return opencross(w, SIDE_TARGET);
}

/* a package is not seen behind one of its name in an earlier repository */
static int
hidden(const struct repos *rs, size_t at, const char *name)
{
	size_t i;

	for (i = 0; i < at; i++) {
		if (repoget(reposat(rs, i), name))
			return 1;
	}
	return 0;
}

enum { BUILDS = 1, INSTALLS = 2 };	/* who sees the soname */

static void
addsonames(struct table *t, const struct repopkg *p, uintptr_t who)
{
	const char *const *s;
	void **place;

	for (s = p->shlibs; *s; s++) {
		place = tableput(t, *s);
		*place = (void *)((uintptr_t)*place | who);
	}
}

static struct table *
provided(const struct repos *rs)
{
	const struct repopkg *p;
	const struct repo *r;
	struct table *t;
	size_t i, k;

	t = mktable();
	for (i = 0; (r = reposat(rs, i)); i++) {
		for (k = 0; (p = repoat(r, k)); k++) {
			if (hidden(rs, i, p->name))
				continue;
			if (!p->staged)
				addsonames(t, p, INSTALLS);
			if (repoget(r, p->name) == p)
				addsonames(t, p, BUILDS);
		}
	}
	return t;
}

const char *
sidesbroken(struct sides *w, int side, const struct repopkg *pkg, int *staged)
{
	struct side *s = &w->sides[side];
	const char *const *need;
	uintptr_t who;

	if (!s->sonames)
		s->sonames = provided(s->repos);
	for (need = pkg->needs; *need; need++) {
		who = (uintptr_t)tableget(s->sonames, *need);
		if (who & BUILDS)
			continue;
		if (staged)
			*staged = who & INSTALLS ? 1 : 0;
		return *need;
	}
	return NULL;
}

/* calls fn for each line of a file; one that is not there has none */
static void
eachline(const char *path, void (*fn)(struct sides *w, char *line),
    struct sides *w)
{
	struct buf b = {0};
	char *line, *next;

	if (ioread(AT_FDCWD, path, MAXLINES, &b) < 0 && errno != ENOENT)
		warn("%s", path);
	for (line = b.s; line && *line; line = next) {
		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		fn(w, line);
	}
	buffree(&b);
}

/* SONAME PKGVER [ARCH...] */
static void
addshlib(struct sides *w, char *line)
{
	char *name, *old, *s;
	void **place;
	size_t n;

	s = line + strcspn(line, " \t");
	s += strspn(s, " \t");
	n = strcspn(s, " \t");
	if (*line == '#' || n == 0)
		return;
	name = xstrndup(s, n);
	n = pkgvername(name);
	name[n] = '\0';
	place = tableput(w->shlibs, name);
	old = *place;
	*place = xasprintf("%s%s\n", old ? old : "", line);
	free(old);
	free(name);
}

const char *
sidesshlibs(struct sides *w, const char *name)
{
	const char *const *dirs;
	const char *lines;
	char *path;
	size_t i, n;

	if (!w->shlibs) {
		w->shlibs = mktable();
		dirs = treedirs(w->tree, &n);
		for (i = 0; i < n; i++) {
			path = xasprintf("%s/common/shlibs", dirs[i]);
			eachline(path, addshlib, w);
			free(path);
		}
	}
	lines = tableget(w->shlibs, name);
	return lines ? lines : "";
}

static void
addconf(struct sides *w, char *line)
{
	char *old;

	if (*line == '#' || !*line || strstr(line, "PKG_OPTIONS"))
		return;
	old = w->conf;
	w->conf = xasprintf("%s%s\n", old, line);
	free(old);
}

const char *
sidesconf(struct sides *w)
{
	char *path;

	if (!w->conf) {
		w->conf = xstrdup("");
		path = treeetc(w->tree, "conf");
		if (path)
			eachline(path, addconf, w);
		free(path);
	}
	return w->conf;
}

int
sidesopen32(struct sides *w, int all)
{
	if (w->sides[SIDE_32BIT].arch)
		return 0;
	if (openside(w, SIDE_32BIT, arch32, all) < 0)
		return -1;
	return opencross(w, SIDE_32BIT);
}

void
sidesclose(struct sides *w)
{
	void *lines;
	size_t k;
	int i;

	for (i = 0; i < SIDES; i++) {
		if (w->sides[i].ts)
			tmplclose(w->sides[i].ts);
		reposdel(w->sides[i].repos);
		if (w->sides[i].sonames)
			tabledel(w->sides[i].sonames);
		tabledel(w->base[i]);
		free(w->crosspkg[i]);
	}
	for (k = 0; w->shlibs && tablenext(w->shlibs, &k, &lines);)
		free(lines);
	if (w->shlibs)
		tabledel(w->shlibs);
	free(w->conf);
	if (w->tree)
		treeclose(w->tree);
}

int
sidesstale(const struct sides *w)
{
	int i;

	for (i = 0; i < SIDES; i++) {
		if (w->sides[i].repos && reposstale(w->sides[i].repos))
			return 1;
	}
	return 0;
}

int
sidesbase(const struct sides *w, int side, const char *source)
{
	return w->base[side] && tableget(w->base[side], source);
}

/* xbps-src installs the cross compiler and a dummy of the base system, the
 * sysroot, before a cross build's own dependencies; no template names them, any
 * version will do */
static int
crosswant(const struct sides *w, const struct tmpl *t, int side, size_t i,
    struct want *want)
{
	if (!w->crosspkg[side])
		return 0;
	if (i == 0) {
		want->name = w->crosspkg[side];
		want->kind = TMPL_HOST;
	} else if (i == 1 && !sidesbase(w, side, t->name)) {
		want->name = dummy;
		want->kind = TMPL_MAKE;
	} else {
		return 0;
	}
	want->pattern = want->name;
	want->any = 1;
	return 1;
}

int
sidesmaker(struct sides *w, const char *name, int side)
{
	size_t n;
	int i;

	n = strlen(name);
	if (n <= sizeof suffix32 - 1 || !treebeside(w->tree, name) ||
	    strcmp(name + n - (sizeof suffix32 - 1), suffix32) != 0)
		return side;
	if (strcmp(w->sides[side].arch, "x86_64") != 0)
		return SIDE_NONE;
	for (i = 0; i < SIDE_32BIT; i++) {
		if (w->sides[i].arch && strcmp(w->sides[i].arch, arch32) == 0)
			return i;
	}
	return SIDE_32BIT;
}

int
sideswant(struct sides *w, const struct tmpl *t, int side, size_t i,
    struct want *want)
{
	memset(want, 0, sizeof *want);
	if (i < t->ndeps) {
		want->name = t->deps[i].name;
		want->pattern = t->deps[i].pattern;
		want->kind = (int)t->deps[i].kind;
	} else if (!crosswant(w, t, side, i - t->ndeps, want)) {
		return 0;
	}
	want->side = side;
	if (w->crosspkg[side] &&
	    (want->kind == TMPL_HOST || want->kind == TMPL_CHECK))
		want->side = w->cross ? SIDE_HOST : SIDE_TARGET;
	want->maker = sidesmaker(w, want->name, want->side);
	want->any |= treebeside(w->tree, want->name);
	want->source = treesource(w->tree, want->name);
	/* though another's link may have the name: libcxx of llvm21, llvm22 */
	if (want->source && want->side == side && tmplmakes(t, want->name) >= 0)
		want->source = treesource(w->tree, t->name);
	return 1;
}
