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
#include "base/text.h"
#include "base/x.h"
#include "plan/sides.h"
#include "tree/tmpl.h"
#include "tree/tree.h"
#include "xbps/pkgver.h"
#include "xbps/repo.h"
#include "xbps/repos.h"

enum { MAXLINES = 16 << 20 };	/* bytes of common/shlibs, or of etc/conf */

static const char dummy[] = "cross-vpkg-dummy";
static const char arch32[] = "i686";

static struct tmpls *
opentmpls(struct sides *ss, const char *host, const char *target)
{
	struct tmplenv env = {
		.host = host,
		.target = target,
		.check = confget(CONF_CHECK),
		.bare = ss->bare,
	};

	return tmplopen(ss->tree, &env);
}

static int
openside(struct sides *ss, int side, const char *arch, int all)
{
	struct side *s = &ss->side[side];

	s->arch = arch;
	s->ts = opentmpls(ss, confget(CONF_HOST), arch);
	if (!s->ts)
		return -1;
	reposfetch(arch, ss->anew);
	s->repos = reposopen(arch, all);
	return s->repos ? 0 : -1;
}

/* adds a source package, and all that it needs for the target, to a side's base */
static int
addbase(struct sides *ss, int side, const char *source)
{
	struct tmpls *ts = ss->side[side].ts;
	const struct tmpl *t;
	const char *next;
	size_t i;
	void **place;

	place = tableput(ss->base[side], source);
	if (*place)
		return 0;
	*place = ss;
	if (tmplload(ts, &source, 1, NULL, NULL) < 0)
		return -1;
	t = tmplget(ts, source);
	for (i = 0; t && !t->error && i < t->ndeps; i++) {
		if (t->deps[i].kind != TMPL_MAKE && t->deps[i].kind != TMPL_RUN)
			continue;
		next = treesource(ss->tree, t->deps[i].name);
		if (next && addbase(ss, side, next) < 0)
			return -1;
	}
	return 0;
}

struct base {
	struct tree *tree;
	struct tmpls *ts;
};

/* has the dependencies of an evaluated template of the base evaluated at once */
static void
loadbase(void *arg, const struct tmpl *t)
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

/* finds what a cross build needs besides what its templates name */
static int
opencross(struct sides *ss, int side)
{
	struct base base = { ss->tree, ss->side[side].ts };
	const char *source;

	source = treesource(ss->tree, dummy);
	ss->crosspkg[side] = xasprintf("cross-%s",
	    tmpltriplet(ss->side[side].ts));
	ss->base[side] = mktable();
	if (!source)
		return 0;
	if (tmplload(ss->side[side].ts, &source, 1, loadbase, &base) < 0)
		return -1;
	return addbase(ss, side, dummy);
}

int
sidesopen(struct sides *ss, int bare, int anew)
{
	const char *host, *target;
	char **dirs;
	size_t n;

	memset(ss, 0, sizeof *ss);
	ss->bare = bare;
	ss->anew = anew;
	host = confget(CONF_HOST);
	target = confget(CONF_ARCH);
	ss->cross = strcmp(host, target) != 0;
	dirs = conflist(CONF_DISTDIR, &n);
	ss->tree = treeopen(dirs, n);
	free(dirs);
	if (!ss->tree || openside(ss, SIDE_TARGET, target, 1) < 0)
		return -1;
	if (!ss->cross)
		return 0;
	if (openside(ss, SIDE_HOST, host, 1) < 0)
		return -1;
	return opencross(ss, SIDE_TARGET);
}

/* whether a repository before the at-th has a package of that name */
static int
ishidden(const struct repos *rs, size_t at, const char *name)
{
	size_t i;

	for (i = 0; i < at; i++) {
		if (repoget(reposat(rs, i), name))
			return 1;
	}
	return 0;
}

/* who sees the soname; the same shifted is for -32bit packages alone */
enum { BUILDS = 1, INSTALLS = 2, SHIFT32 = 2 };

static void
addsonames(struct table *t, const struct repopkg *p, uintptr_t who)
{
	const char *const *s;
	void **place;

	if (repois32(p))
		who <<= SHIFT32;
	for (s = p->shlibs; *s; s++) {
		place = tableput(t, *s);
		*place = (void *)((uintptr_t)*place | who);
	}
}

/* returns the sonames that repositories provide, and to whom */
static struct table *
readsonames(const struct repos *rs)
{
	const struct repopkg *p;
	const struct repo *r;
	struct table *t;
	size_t i, k;

	t = mktable();
	for (i = 0; (r = reposat(rs, i)); i++) {
		for (k = 0; (p = repoat(r, k)); k++) {
			if (ishidden(rs, i, p->name))
				continue;
			if (!p->staged)
				addsonames(t, p, INSTALLS);
			if (repoget(r, p->name) == p)
				addsonames(t, p, BUILDS);
		}
	}
	return t;
}

/* whether a package asks for one that has the soname, which an earlier repository's
 * other version of that name may hide */
static int
asksfor(const struct repos *rs, const struct repopkg *pkg, const char *soname)
{
	const struct repopkg *dep;
	const char *const *d, *const *s;

	for (d = pkg->depends; *d; d++) {
		dep = reposdep(rs, *d, NULL);
		if (!dep || !repoloads(pkg, dep))
			continue;
		for (s = dep->shlibs; *s; s++) {
			if (strcmp(*s, soname) == 0)
				return 1;
		}
	}
	return 0;
}

const char *
sidesbroken(struct sides *ss, int side, const struct repopkg *pkg, int *staged)
{
	struct side *s = &ss->side[side];
	const char *const *need;
	uintptr_t who;

	if (!s->sonames)
		s->sonames = readsonames(s->repos);
	for (need = pkg->needs; *need; need++) {
		who = (uintptr_t)tableget(s->sonames, *need);
		who = (who | (repois32(pkg) ? who >> SHIFT32 : 0)) &
		    (BUILDS | INSTALLS);
		if (who & BUILDS || (!who && asksfor(s->repos, pkg, *need)))
			continue;
		if (staged)
			*staged = who & INSTALLS ? 1 : 0;
		return *need;
	}
	return NULL;
}

/* calls fn for each line of a file, if it exists */
static void
eachline(const char *path, void (*fn)(struct sides *ss, char *line),
    struct sides *ss)
{
	struct buf b = {0};
	char *line, *rest;

	if (ioread(AT_FDCWD, path, MAXLINES, &b) < 0 && errno != ENOENT)
		warn("%s", path);
	for (rest = b.s; (line = textnext(&rest));)
		fn(ss, line);
	buffree(&b);
}

/* adds a line "SONAME PKGVER [ARCH...]" to those of its package */
static void
addshlibs(struct sides *ss, char *line)
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
	place = tableput(ss->shlibs, name);
	old = *place;
	*place = xasprintf("%s%s\n", old ? old : "", line);
	free(old);
	free(name);
}

const char *
sidesshlibs(struct sides *ss, const char *name)
{
	const char *const *dirs;
	const char *lines;
	char *path;
	size_t i, n;

	if (!ss->shlibs) {
		ss->shlibs = mktable();
		dirs = treedirs(ss->tree, &n);
		for (i = 0; i < n; i++) {
			path = xasprintf("%s/common/shlibs", dirs[i]);
			eachline(path, addshlibs, ss);
			free(path);
		}
	}
	lines = tableget(ss->shlibs, name);
	return lines ? lines : "";
}

static void
addconf(struct sides *ss, char *line)
{
	char *old;

	if (*line == '#' || !*line || strstr(line, "PKG_OPTIONS"))
		return;
	old = ss->conf;
	ss->conf = xasprintf("%s%s\n", old, line);
	free(old);
}

const char *
sidesconf(struct sides *ss)
{
	char *path;

	if (!ss->conf) {
		ss->conf = xstrdup("");
		path = treeetc(ss->tree, "conf");
		if (path)
			eachline(path, addconf, ss);
		free(path);
	}
	return ss->conf;
}

int
sidesopen32(struct sides *ss, int all)
{
	if (ss->side[SIDE_32BIT].arch)
		return 0;
	if (openside(ss, SIDE_32BIT, arch32, all) < 0)
		return -1;
	return opencross(ss, SIDE_32BIT);
}

int
sidesopennative(struct sides *ss, int side)
{
	struct side *s = &ss->side[side];

	if (s->native)
		return 1;
	if (!texthasword(confget(CONF_NATIVE), s->arch))
		return 0;
	s->native = opentmpls(ss, s->arch, s->arch);
	return s->native ? 1 : -1;
}

const struct tmpl *
sidestmpl(const struct sides *ss, int side, const char *source)
{
	const struct side *s = &ss->side[side];
	const struct tmpl *t;

	t = s->native ? tmplget(s->native, source) : NULL;
	return t ? t : tmplget(s->ts, source);
}

int
sidestmplstale(const struct sides *ss, int side, const char *source)
{
	const struct side *s = &ss->side[side];

	return tmplstale(s->native && tmplget(s->native, source) ? s->native : s->ts,
	    source);
}

void
sidesclose(struct sides *ss)
{
	int i;

	for (i = 0; i < SIDES; i++) {
		if (ss->side[i].ts)
			tmplclose(ss->side[i].ts);
		if (ss->side[i].native)
			tmplclose(ss->side[i].native);
		reposdel(ss->side[i].repos);
		tabledel(ss->side[i].sonames);
		tabledel(ss->base[i]);
		free(ss->crosspkg[i]);
	}
	tabledelall(ss->shlibs);
	free(ss->conf);
	if (ss->tree)
		treeclose(ss->tree);
}

int
sidesstale(const struct sides *ss)
{
	int i;

	for (i = 0; i < SIDES; i++) {
		if (ss->side[i].repos && reposstale(ss->side[i].repos))
			return 1;
	}
	return 0;
}

int
sidesbase(const struct sides *ss, int side, const char *source)
{
	return ss->base[side] && tableget(ss->base[side], source);
}

/* whether a template of a side is cross-built */
static int
iscross(const struct sides *ss, const struct tmpl *t, int side)
{
	return ss->crosspkg[side] && !t->native;
}

/* sets want to the i-th package that xbps-src installs for every cross build: the
 * cross compiler, and the sysroot unless the template is one that makes it; any
 * version will do; 0 behind the last */
static int
wantcross(const struct sides *ss, const struct tmpl *t, int side, size_t i,
    struct want *want)
{
	if (!iscross(ss, t, side))
		return 0;
	if (i == 0) {
		want->name = ss->crosspkg[side];
		want->kind = TMPL_HOST;
	} else if (i == 1 && !sidesbase(ss, side, t->name)) {
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
sidesmaker(struct sides *ss, const char *name, int side)
{
	int i;

	if (!textends(name, "-32bit") || !treebeside(ss->tree, name))
		return side;
	if (strcmp(ss->side[side].arch, "x86_64") != 0)
		return SIDE_NONE;
	for (i = 0; i < SIDE_32BIT; i++) {
		if (ss->side[i].arch && strcmp(ss->side[i].arch, arch32) == 0)
			return i;
	}
	return SIDE_32BIT;
}

int
sideswant(struct sides *ss, const struct tmpl *t, int side, size_t i,
    struct want *want)
{
	memset(want, 0, sizeof *want);
	if (i < t->ndeps) {
		want->name = t->deps[i].name;
		want->pattern = t->deps[i].pattern;
		want->kind = (int)t->deps[i].kind;
	} else if (!wantcross(ss, t, side, i - t->ndeps, want)) {
		return 0;
	}
	want->side = side;
	if (iscross(ss, t, side) &&
	    (want->kind == TMPL_HOST || want->kind == TMPL_CHECK))
		want->side = ss->cross ? SIDE_HOST : SIDE_TARGET;
	want->maker = sidesmaker(ss, want->name, want->side);
	want->any |= treebeside(ss->tree, want->name);
	want->source = treesource(ss->tree, want->name);
	/* several templates may make it, and one has the link: libcxx of llvm21 */
	if (want->source && want->side == side && tmplmakes(t, want->name) >= 0)
		want->source = treesource(ss->tree, t->name);
	return 1;
}
