#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/table.h"
#include "base/text.h"
#include "base/x.h"
#include "repo/index.h"
#include "repo/indexset.h"
#include "repo/repolock.h"
#include "repo/sign.h"
#include "xbps/pkgfile.h"
#include "xbps/pkgver.h"
#include "xbps/plist.h"
#include "xbps/repo.h"
#include "xbps/repodata.h"
#include "xbps/repos.h"
#include "xbps/stage.h"

/*
 * A package file that an index names cannot be replaced together with the index. So the
 * new file waits as .FILE.forced until all indexes that name FILE are written, and then
 * takes its name. Whoever locks the indexes and finds such a file finishes that: if an
 * index has its hash, all indexes that name FILE get the hash, and the file its name; if
 * none has, the file is removed.
 */
static const char forced[] = ".forced";

void
indexsetinit(struct indexset *s, const char *home)
{
	memset(s, 0, sizeof *s);
	s->home = xstrdup(home);
	s->arena = mkarena();
}

static struct index *
findindex(const struct indexset *s, const char *sub, const char *arch)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (strcmp(s->list[i].sub, sub) == 0 &&
		    strcmp(s->list[i].arch, arch) == 0)
			return &s->list[i];
	}
	return NULL;
}

void
indexsetneed(struct indexset *s, const char *sub, const char *arch, int noarch)
{
	struct index *ix;

	ix = findindex(s, sub, arch);
	if (!ix) {
		s->list = xgrow(s->list, s->n, sizeof *s->list);
		ix = &s->list[s->n++];
		indexinit(ix, s->home, sub, arch);
	}
	ix->noarch |= noarch;
}

/* returns the architecture in the name of an index, which the caller owns; NULL for other
 * names */
static char *
archof(const char *name)
{
	size_t n;
	char *arch;

	n = textends(name, "-repodata");
	if (!n)
		return NULL;
	arch = xstrndup(name, n);
	if (!pkgverarchok(arch)) {
		free(arch);
		return NULL;
	}
	return arch;
}

struct scan {
	struct indexset *s;
	const char *sub;
	char **names;
	size_t n;
};

static int
needarch(const char *name, void *arg)
{
	struct scan *sc = arg;
	char *arch;

	arch = archof(name);
	if (arch)
		indexsetneed(sc->s, sc->sub, arch, 1);
	free(arch);
	return 0;
}

/* calls fn for each name in a sub-repository's directory, if it is there */
static int
listsub(struct scan *sc, int (*fn)(const char *name, void *arg))
{
	char *path;
	int dir, r;

	path = xasprintf("%s%s%s", sc->s->home, *sc->sub ? "/" : "", sc->sub);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(path);
	if (dir < 0)
		return 0;
	r = iolist(dir, fn, sc);
	close(dir);
	return r;
}

void
indexsetneedall(struct indexset *s, const char *sub)
{
	struct scan sc = { .s = s, .sub = sub };

	listsub(&sc, needarch);
}

/* whether the name is that of a forced file or of its signature */
static int
isforced(const char *name, void *arg)
{
	const char *dot;

	(void)arg;
	dot = *name == '.' ? strstr(name + 1, forced) : NULL;
	return dot && (strcmp(dot + sizeof forced - 1, "") == 0 ||
	    strcmp(dot + sizeof forced - 1, ".sig2") == 0);
}

static int
hasforced(struct indexset *s, const char *sub)
{
	struct scan sc = { .s = s, .sub = sub };

	return listsub(&sc, isforced) > 0;
}

int
indexsetcut(struct indexset *s)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (hasforced(s, s->list[i].sub))
			return 1;
	}
	return 0;
}

/* adds the indexes of the same architectures in all sub-repositories, and those that a
 * forced file needs */
static void
needothers(struct indexset *s)
{
	const char *sub;
	char *path;
	size_t i, k, n;

	do {
		n = s->n;
		for (i = 0; i < n; i++) {
			for (k = 0; (sub = reposub(k)); k++) {
				path = xasprintf("%s%s%s/%s-repodata", s->home,
				    *sub ? "/" : "", sub, s->list[i].arch);
				if (access(path, F_OK) == 0)
					indexsetneed(s, sub, s->list[i].arch, 0);
				free(path);
			}
		}
		for (k = 0; s->change && (sub = reposub(k)); k++) {
			if (hasforced(s, sub))
				indexsetneedall(s, sub);
		}
	} while (s->n > n);
}

static int
byname(const void *a, const void *b)
{
	const struct index *x = a, *y = b;
	int r;

	r = strcmp(x->sub, y->sub);
	return r != 0 ? r : strcmp(x->arch, y->arch);
}

/* locks the noarch files of a directory, if one of its indexes, from the first on, says
 * that some will come or go */
static int
locknoarch(const struct indexset *s, struct index *first)
{
	const struct index *ix;

	for (ix = first; ix < s->list + s->n && strcmp(ix->sub, first->sub) == 0;
	    ix++) {
		if (!ix->noarch)
			continue;
		first->noarchlock = repolocknoarch(first->dir);
		return first->noarchlock < 0 ? -1 : 0;
	}
	return 0;
}

static void
closearch(struct indexset *s, const char *arch)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (strcmp(s->list[i].arch, arch) == 0)
			indexclose(&s->list[i]);
	}
}

static void
closeall(struct indexset *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		indexclose(&s->list[i]);
}

static int recoverforced(struct indexset *s, struct index *ix);

static int
openindex(struct indexset *s, struct index *ix, int *locked)
{
	if (s->change && iomkdirs(ix->dir) < 0) {
		warn("%s", ix->dir);
		*locked = -1;
		return -1;
	}
	if (s->change && (ix == s->list || strcmp(ix[-1].sub, ix->sub) != 0))
		*locked = locknoarch(s, ix);
	return *locked < 0 ? -1 : indexopen(ix, s->change);
}

void
indexsetopen(struct indexset *s, int change)
{
	int locked;
	size_t i;

	s->change = change;
	needothers(s);
	if (s->n > 1)
		qsort(s->list, s->n, sizeof *s->list, byname);
	for (i = 0, locked = 0; i < s->n; i++)
		openindex(s, &s->list[i], &locked);
	for (i = 0; i < s->n; i++) {
		if (!s->list[i].rd)
			closearch(s, s->list[i].arch);
	}
	for (i = 0; i < s->n && change; i++) {
		if ((i == 0 || strcmp(s->list[i - 1].sub, s->list[i].sub) != 0) &&
		    hasforced(s, s->list[i].sub) && recoverforced(s, &s->list[i]) < 0)
			closeall(s);
	}
}

struct index *
indexsetget(const struct indexset *s, const char *sub, const char *arch)
{
	struct index *ix;

	ix = findindex(s, sub, arch);
	return ix && ix->rd ? ix : NULL;
}

int
indexsetlame(const struct indexset *s, const char *sub)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (strcmp(s->list[i].sub, sub) == 0 && !s->list[i].rd)
			return 1;
	}
	return 0;
}

struct repo *
indexsetrepo(const struct indexset *s, const char *arch)
{
	const struct repodata **rds;
	struct index *ix;
	struct repo *r;
	const char *sub;
	size_t k, n;

	for (n = 0; reposub(n); n++)
		;
	rds = xcalloc(n, sizeof *rds);
	for (k = 0; (sub = reposub(k)); k++) {
		ix = indexsetget(s, sub, arch);
		if (ix)
			rds[k] = ix->rd;
	}
	r = repoof(s->home, rds);
	free(rds);
	return r;
}

struct repos *
indexsetworld(struct indexset *s, const char *arch)
{
	struct repos *rs;
	size_t i;

	for (i = 0; i < s->nworlds; i++) {
		if (strcmp(reposarch(s->worlds[i]), arch) == 0) {
			reposbuild(s->worlds[i], indexsetrepo(s, arch));
			return s->worlds[i];
		}
	}
	rs = reposwith(indexsetrepo(s, arch), arch);
	if (!rs)
		return NULL;
	s->worlds = xgrow(s->worlds, s->nworlds, sizeof(struct repos *));
	s->worlds[s->nworlds++] = rs;
	return rs;
}

static int
isstaged(const struct indexset *s, const char *arch)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (s->list[i].rd && strcmp(s->list[i].arch, arch) == 0 &&
		    s->list[i].rd->stage->len > 0)
			return 1;
	}
	return 0;
}

/* whether no index before the i-th is of its architecture */
static int
isfirst(const struct indexset *s, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++) {
		if (strcmp(s->list[k].arch, s->list[i].arch) == 0)
			return 0;
	}
	return 1;
}

/* replaces the stage of an index by a copy that has the candidates, too */
static void
trystage(struct index *ix, const struct candidate *c, size_t n)
{
	struct repodata *rd = ix->rd;
	struct plist *copy;
	size_t i;

	copy = mkplist(rd->arena);
	for (i = 0; i < rd->stage->len; i++)
		plistset(rd->arena, copy, rd->stage->u.kids[i].key,
		    &rd->stage->u.kids[i]);
	for (i = 0; i < n; i++) {
		if (c[i].ix == ix && !c[i].why)
			plistset(rd->arena, copy, c[i].pkg->name,
			    c[i].pkg->props);
	}
	rd->stage = copy;
}

/* says from which packages of main repositories the candidate takes a soname */
static char *
refusal(const struct staging *st, const struct rebuild *first)
{
	const struct rebuild *r;
	struct buf b = { 0 };
	int n;

	buffmt(&b, "takes %s from ", first->soname);
	for (r = first, n = 0; r < st->rebuilds + st->n; r++) {
		if (!r->ismain || r->by != first->by ||
		    strcmp(r->soname, first->soname) != 0)
			continue;
		buffmt(&b, "%s%s", n++ ? ", " : "", r->user);
	}
	buffmt(&b, " of the main repository; with %s=stage it waits in the stage "
	    "until %s rebuilt here", confname(CONF_MAINBREAK),
	    n > 1 ? "these are" : "that is");
	return buftake(&b);
}

static size_t
refusearch(const struct repos *rs, const char *arch, struct candidate *c, size_t n)
{
	const struct rebuild *r;
	struct staging st;
	size_t i, refused;

	stagejudge(&st, rs);
	for (r = st.rebuilds, refused = 0; r < st.rebuilds + st.n; r++) {
		for (i = 0; i < n && r->ismain; i++) {
			if (c[i].why || strcmp(c[i].ix->arch, arch) != 0 ||
			    strcmp(c[i].ix->sub, r->by->sub) != 0 ||
			    strcmp(c[i].pkg->pkgver, r->by->pkgver) != 0)
				continue;
			c[i].why = refusal(&st, r);
			refused++;
		}
	}
	stagefree(&st);
	return refused;
}

int
indexsetrefuse(struct indexset *s, struct candidate *c, size_t n)
{
	struct plist **stages;
	struct index *ix;
	struct repos *rs;
	size_t i, refused;
	int r;

	if (strcmp(confget(CONF_MAINBREAK), "refuse") != 0 ||
	    strcmp(confget(CONF_STAGE), "xbps") == 0 || !*confget(CONF_REPOS))
		return 0;
	stages = xcalloc(s->n, sizeof(struct plist *));
	for (i = 0; i < s->n; i++) {
		ix = &s->list[i];
		if (!ix->rd)
			continue;
		stages[i] = ix->rd->stage;
		trystage(ix, c, n);
	}
	for (i = 0, r = 0, refused = 0; i < s->n && r == 0; i++) {
		if (!s->list[i].rd || !isfirst(s, i) ||
		    !isstaged(s, s->list[i].arch))
			continue;
		rs = indexsetworld(s, s->list[i].arch);
		if (rs)
			refused += refusearch(rs, s->list[i].arch, c, n);
		else
			r = -1;
	}
	for (i = 0; i < s->n; i++) {
		if (s->list[i].rd)
			s->list[i].rd->stage = stages[i];
	}
	free(stages);
	return r < 0 ? -1 : (int)refused;
}

enum bytes { ABSENT, SAME, OTHER };

/* compares a file with a hash: enum bytes; -1 with errno */
static int
bytesof(int dir, const char *file, const char *sha256)
{
	char hash[PKGHASH];
	uint64_t size;
	int fd, r;

	fd = openat(dir, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? ABSENT : errno == ELOOP ? OTHER : -1;
	r = pkgfilehash(fd, hash, &size);
	ioclose(fd);
	return r < 0 ? -1 : strcmp(hash, sha256) == 0 ? SAME : OTHER;
}

/* whether an open index of the directory names that version of the package */
static int
isnamed(const struct indexset *s, const struct index *in, const struct pkgfile *p)
{
	const struct index *ix;

	for (ix = s->list; ix < s->list + s->n; ix++) {
		if (ix->rd && strcmp(ix->sub, in->sub) == 0 && indexnames(ix, p))
			return 1;
	}
	return 0;
}

static void
appendname(char ***list, size_t *n, char *name)
{
	*list = xgrow(*list, *n, sizeof **list);
	(*list)[(*n)++] = name;
}

/* puts p's file into the directory as name, where it has p's bytes */
static int
placefile(struct index *ix, int fromdir, const char *from, const char *name,
    const struct pkgfile *p)
{
	struct stat st;
	int r;

	if (pkgfilesame(fromdir, from, p) != 1) {
		errno = EBUSY;
		return -1;
	}
	r = ioplace(fromdir, from, ix->dirfd, name);
	if (r < 0)
		return -1;
	/* the file was hashed under its old name, and may have been replaced */
	if (r == 1 ? bytesof(ix->dirfd, name, p->sha256) == SAME :
	    fstatat(ix->dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    iounchanged(&st, &p->st))
		return fchmodat(ix->dirfd, name, 0644, 0);
	unlinkat(ix->dirfd, name, 0);
	errno = EBUSY;
	return -1;
}

static int
placesig(struct index *ix, int fromdir, const char *from, const char *name)
{
	char *fromsig, *sig;
	int r;

	fromsig = xasprintf("%s.sig2", from);
	sig = xasprintf("%s.sig2", name);
	r = ioplace(fromdir, fromsig, ix->dirfd, sig);
	if (r >= 0)
		r = fchmodat(ix->dirfd, sig, 0644, 0);
	free(fromsig);
	appendname(&ix->placed, &ix->nplaced, sig);
	return r < 0 ? -1 : 0;
}

int
indexsetplace(struct indexset *s, struct index *ix, int fromdir, const char *from,
    const struct pkgfile *p, int issigned)
{
	char *file, *sig;
	int bytes;

	file = xasprintf("%s.%s.xbps", p->pkgver, p->arch);
	bytes = bytesof(ix->dirfd, file, p->sha256);
	if (bytes == OTHER && isnamed(s, ix, p)) {
		appendname(&ix->forced, &ix->nforced, file);
		file = xasprintf(".%s%s", file, forced);
	}
	appendname(&ix->placed, &ix->nplaced, file);
	if (bytes < 0 || (bytes != SAME &&
	    placefile(ix, fromdir, from, file, p) < 0))
		return -1;
	if (issigned)
		return placesig(ix, fromdir, from, file);
	if (bytes == OTHER && *file != '.') {
		/* the signature of the old bytes */
		sig = xasprintf("%s.sig2", file);
		unlinkat(ix->dirfd, sig, 0);
		free(sig);
	}
	return 0;
}

int
indexsetmark(struct index *ix, const char *file, const struct pkgfile *p)
{
	char *mark, *name, *sig;
	int r;

	name = xasprintf("%s.%s.xbps", p->pkgver, p->arch);
	mark = xasprintf(".%s%s", name, forced);
	sig = xasprintf("%s.sig2", file);
	r = ioplace(AT_FDCWD, file, ix->dirfd, mark);
	if (r >= 0 && access(sig, F_OK) == 0)
		r = placesig(ix, AT_FDCWD, file, mark);
	if (r < 0)
		warn("%s", file);
	appendname(&ix->placed, &ix->nplaced, mark);
	appendname(&ix->forced, &ix->nforced, name);
	free(sig);
	return r < 0 ? -1 : 0;
}

struct sharing {
	const struct indexset *s;
	const struct index *ix;
	const struct pkgfile *p;
	int failed;		/* after a message */
};

/* whether another index of the directory names the package; an open one may be newer in
 * memory */
static int
shares(const char *name, void *arg)
{
	struct sharing *l = arg;
	struct repodata rd;
	struct index other, *open;
	char *arch;
	int r;

	arch = archof(name);
	if (!arch || strcmp(arch, l->ix->arch) == 0) {
		free(arch);
		return 0;
	}
	open = indexsetget(l->s, l->ix->sub, arch);
	indexinit(&other, l->s->home, l->ix->sub, arch);
	free(arch);
	r = open ? 0 : repodataread(&rd, other.path);
	if (!open && r >= 0)
		other.rd = &rd;
	if (r >= 0)
		r = indexnames(open ? open : &other, l->p);
	else
		l->failed = 1;
	if (other.rd)
		repodatafree(&rd);
	other.rd = NULL;
	indexfree(&other);
	return r;
}

int
indexsetshared(const struct indexset *s, const struct index *ix,
    const struct pkgfile *p)
{
	struct sharing l = { .s = s, .ix = ix, .p = p };
	const struct index *other;
	int r;

	/* an index that was not written yet has no file */
	for (other = s->list; other < s->list + s->n; other++) {
		if (other == ix || !other->rd || strcmp(other->sub, ix->sub) != 0)
			continue;
		r = indexnames(other, p);
		if (r > 0)
			return r;
	}
	r = iolist(ix->dirfd, shares, &l);
	if (r < 0 && !l.failed)
		warn("%s", ix->dir);
	return r;
}

/* notes the rebuilds, once for each soname of a package; only those for the stage of one
 * index unless that is NULL */
static void
noterebuilds(struct indexset *s, const struct staging *st, const char *arch,
    const struct index *only)
{
	const struct rebuild *r;
	struct index *ix;

	for (r = st->rebuilds; r < st->rebuilds + st->n; r++) {
		if (r > st->rebuilds && strcmp(r->user, r[-1].user) == 0 &&
		    strcmp(r->soname, r[-1].soname) == 0)
			continue;
		ix = indexsetget(s, r->by->sub, arch);
		if (only && ix != only)
			continue;
		bufstr(ix->said, "rebuild\t");
		textclean(ix->said, r->user);
		bufchar(ix->said, '\t');
		textclean(ix->said, r->soname);
		bufchar(ix->said, '\n');
	}
}

/* moves what does not wait from the stages to the indexes, and notes what is new in a
 * stage and waits */
static void
movestaged(struct indexset *s, const struct staging *st, const struct repo *r,
    const char *arch)
{
	const struct repopkg *p;
	struct index *ix;
	size_t i;
	int fresh;

	for (i = 0, fresh = 0; (p = repoat(r, i)); i++) {
		ix = indexsetget(s, p->sub, arch);
		fresh |= ix && st->waits[i] && tablekey(ix->fresh, p->name);
	}
	if (fresh)
		noterebuilds(s, st, arch, NULL);
	for (i = 0; (p = repoat(r, i)); i++) {
		ix = indexsetget(s, p->sub, arch);
		if (!ix)
			continue;
		if (p->staged && !st->waits[i])
			indexenter(ix, p->name);
		else if (p->staged && tablekey(ix->fresh, p->name))
			indexnote(ix, "staged", plistget(ix->rd->stage, p->name));
	}
}

/* moves by the rule of xbps-rindex, each index by itself */
static void
unstagexbps(struct indexset *s)
{
	struct indexset one;
	struct staging st;
	struct repos *rs;
	struct repo *r;
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (!s->list[i].rd || s->list[i].rd->stage->len == 0)
			continue;
		one = *s;
		one.list = &s->list[i];
		one.n = 1;
		r = indexsetrepo(&one, s->list[i].arch);
		rs = reposalone(r);
		stagejudgexbps(&st, rs);
		movestaged(&one, &st, r, s->list[i].arch);
		stagefree(&st);
		reposdel(rs);
	}
}

static int
unstage(struct indexset *s)
{
	struct staging st;
	struct repos *rs;
	const char *arch;
	size_t i;
	int r;

	if (strcmp(confget(CONF_STAGE), "xbps") == 0) {
		unstagexbps(s);
		return 0;
	}
	for (i = 0, r = 0; i < s->n; i++) {
		arch = s->list[i].arch;
		if (!isfirst(s, i) || !isstaged(s, arch))
			continue;
		rs = indexsetworld(s, arch);
		if (!rs) {
			closearch(s, arch);
			r = -1;
			continue;
		}
		stagejudge(&st, rs);
		movestaged(s, &st, reposat(rs, 0), arch);
		stagefree(&st);
	}
	return r;
}

static int
syncplaced(const struct index *ix)
{
	size_t failed;

	if (ix->nplaced == 0)
		return 0;
	if (iosyncfiles(ix->dirfd, (const char *const *)ix->placed, ix->nplaced,
	    &failed) < 0) {
		warn("%s/%s", ix->dir, ix->placed[failed]);
		return -1;
	}
	if (iosyncdir(ix->dirfd) < 0) {
		warn("%s", ix->dir);
		return -1;
	}
	return 0;
}

/* renames a file over another: 1, 0 if it is not there, -1 with errno */
static int
moveover(int dir, const char *from, const char *to)
{
	if (iorename(dir, from, to) < 0)
		return errno == ENOENT ? 0 : -1;
	/* a rename between two names of one file leaves both */
	unlinkat(dir, from, 0);
	return 1;
}

/* gives a forced file and its signature their names */
static int
nameforced(const struct index *ix, const char *file)
{
	char *new, *newsig, *sig;
	int r;

	new = xasprintf(".%s%s", file, forced);
	newsig = xasprintf("%s.sig2", new);
	sig = xasprintf("%s.sig2", file);
	/* the signature of the old bytes */
	if (faccessat(ix->dirfd, newsig, F_OK, 0) < 0 && errno == ENOENT &&
	    faccessat(ix->dirfd, new, F_OK, 0) == 0)
		unlinkat(ix->dirfd, sig, 0);
	r = moveover(ix->dirfd, new, file);
	/* file first: a new signature alone belongs to a file that has its name */
	if (r >= 0)
		r = moveover(ix->dirfd, newsig, sig);
	if (r < 0 || iosyncdir(ix->dirfd) < 0) {
		warn("%s/%s", ix->dir, file);
		r = -1;
	}
	free(new);
	free(newsig);
	free(sig);
	return r < 0 ? -1 : 0;
}

static int
collectforced(const char *name, void *arg)
{
	struct scan *sc = arg;

	if (isforced(name, NULL))
		appendname(&sc->names, &sc->n, xstrdup(name));
	return 0;
}

/* if an index of the directory has the package's hash, writes the hash into all that name
 * its version: 1, 0 if none has it, -1 after a message */
static int
replaceall(struct indexset *s, const struct index *in, struct pkgfile *p)
{
	struct index *ix;
	int begun;

	for (ix = s->list, begun = 0; ix < s->list + s->n; ix++)
		begun |= ix->rd && strcmp(ix->sub, in->sub) == 0 &&
		    indexnames(ix, p) == 2;
	for (ix = s->list; ix < s->list + s->n && begun; ix++) {
		if (!ix->rd || strcmp(ix->sub, in->sub) != 0)
			continue;
		indexreplace(ix, s->arena, p);
		if (indexdraft(ix) < 0 || indexcommit(ix) < 0)
			return -1;
	}
	return begun;
}

/* finishes a replacement, or removes the forced file */
static int
recoverfile(struct indexset *s, struct index *in, const char *name)
{
	struct pkgfile p;
	char *file, *sig;
	int r;

	file = xstrndup(name + 1, (size_t)(strstr(name + 1, forced) - name) - 1);
	sig = xasprintf(".%s%s.sig2", file, forced);
	r = pkgfileread(&p, s->arena, in->dirfd, name, PKG_NOLINK | PKG_ANYNAME);
	if (strcmp(name, sig) == 0) {
		r = nameforced(in, file);
	} else if (r < 0 && p.transient) {
		warnx("%s/%s: %s", in->dir, name, p.why);
	} else {
		r = r < 0 ? 0 : replaceall(s, in, &p);
		if (r > 0) {
			r = nameforced(in, file);
		} else if (r == 0) {
			unlinkat(in->dirfd, sig, 0);
			unlinkat(in->dirfd, name, 0);
		}
	}
	free(file);
	free(sig);
	return r;
}

static int
recoverforced(struct indexset *s, struct index *ix)
{
	struct scan sc = { .s = s, .sub = ix->sub };
	size_t i;
	int r;

	r = ix->rd ? listsub(&sc, collectforced) : -1;
	/* each file before its signature */
	if (sc.n > 1)
		qsort(sc.names, sc.n, sizeof(char *), textcompare);
	for (i = 0; i < sc.n; i++) {
		if (r == 0)
			r = recoverfile(s, ix, sc.names[i]);
		free(sc.names[i]);
	}
	free(sc.names);
	return r;
}

int
indexsetwrite(struct indexset *s, const struct signer *sg)
{
	struct index *ix;
	size_t i;
	int r;

	r = unstage(s);
	for (ix = s->list; ix < s->list + s->n; ix++) {
		if (ix->rd && sg && signindex(sg, ix) < 0)
			r = -2;
	}
	for (ix = s->list; ix < s->list + s->n && r > -2; ix++) {
		if (ix->rd && (syncplaced(ix) < 0 || indexdraft(ix) < 0))
			r = -2;
	}
	if (r == -2)
		closeall(s);
	for (ix = s->list; ix < s->list + s->n; ix++) {
		if (ix->rd && indexcommit(ix) < 0) {
			indexclose(ix);
			r = -1;
		}
	}
	for (ix = s->list; ix < s->list + s->n && r == 0; ix++) {
		for (i = 0; i < ix->nforced; i++) {
			if (nameforced(ix, ix->forced[i]) < 0)
				r = -1;
		}
	}
	return r < 0 ? -1 : 0;
}

int
indexsetrebuilds(struct indexset *s, struct index *ix)
{
	struct staging st;
	struct repos *rs;

	if (ix->rd->stage->len == 0)
		return 0;
	rs = indexsetworld(s, ix->arch);
	if (!rs)
		return -1;
	stagejudge(&st, rs);
	noterebuilds(s, &st, ix->arch, ix);
	stagefree(&st);
	return 0;
}

void
indexsetclose(struct indexset *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		indexfree(&s->list[i]);
	for (i = 0; i < s->nworlds; i++)
		reposdel(s->worlds[i]);
	free(s->worlds);
	arenadel(s->arena);
	free(s->list);
	free(s->home);
}
