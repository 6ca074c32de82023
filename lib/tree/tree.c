#define _DEFAULT_SOURCE	/* d_type */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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
#include "tree/tree.h"

enum {
	MAXLINKS = 8,
	MAXVIRTUAL = 1 << 20	/* bytes of etc/virtual */
};

struct entry {
	const char *name;
	struct entry *source;	/* what builds it, NULL: nothing; often itself */
	int dir;		/* of a source package: which tree has it */
	struct stat st;		/* of its template */
};

struct tree {
	size_t n;
	const char **dirs;
	int *srcpkgs;		/* descriptors of their srcpkgs/ */
	struct arena *arena;
	struct table *entries;	/* name to struct entry */
	const char **list;
	size_t nlist;
	struct table *virtuals;	/* name to name, NULL until it is asked for */
	int failed;		/* something could not be looked at */
};

static int
nameok(const char *s)
{
	size_t n;

	n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789+-._@");
	return n > 0 && n < NAME_MAX && s[n] == '\0' && *s != '-' && *s != '.';
}

struct tree *
treeopen(char *const *dirs, size_t n)
{
	struct tree *t;
	char *path;
	int fd;

	if (n == 0) {
		warnx("no tree is given");
		return NULL;
	}
	t = xcalloc(1, sizeof *t);
	t->arena = mkarena();
	t->entries = mktable();
	t->dirs = xcalloc(n, sizeof *t->dirs);
	t->srcpkgs = xcalloc(n, sizeof *t->srcpkgs);
	for (; t->n < n; t->n++) {
		path = xasprintf("%s/srcpkgs", dirs[t->n]);
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0) {
			warnx("%s: %s: %s says where the trees are", path,
			    strerror(errno), confname(CONF_DISTDIR));
			free(path);
			treeclose(t);
			return NULL;
		}
		free(path);
		t->srcpkgs[t->n] = fd;
		t->dirs[t->n] = arenastr(t->arena, dirs[t->n],
		    strlen(dirs[t->n]));
	}
	return t;
}

void
treeclose(struct tree *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		close(t->srcpkgs[i]);
	free(t->srcpkgs);
	free(t->dirs);
	free(t->list);
	tabledel(t->entries);
	tabledel(t->virtuals);
	arenadel(t->arena);
	free(t);
}

static struct entry *lookupentry(struct tree *, const char *, int);

/* remembers, after a message, that the system failed: what is not seen may be there */
static void
notefailure(struct tree *t, size_t dir, const char *name)
{
	if (errno == ENOENT || errno == ENOTDIR)
		return;
	warn("%s/srcpkgs/%s", t->dirs[dir], name);
	t->failed = 1;
}

int
treefailed(const struct tree *t)
{
	return t->failed;
}

/* sets an entry's template if the directory has srcpkgs/NAME/template; returns whether */
static int
readtemplate(struct tree *t, struct entry *e, size_t dir)
{
	char path[NAME_MAX + sizeof "/template"];
	size_t n;

	n = strlen(e->name);
	memcpy(path, e->name, n);
	memcpy(path + n, "/template", sizeof "/template");
	if (fstatat(t->srcpkgs[dir], path, &e->st, AT_SYMLINK_NOFOLLOW) < 0) {
		notefailure(t, dir, path);
		return 0;
	}
	if (!S_ISREG(e->st.st_mode))
		return 0;
	e->source = e;
	e->dir = (int)dir;
	return 1;
}

/* sets an entry's source to that of a link's target; a link out of srcpkgs has none */
static void
followlink(struct tree *t, struct entry *e, char *target, size_t n, int links)
{
	struct entry *to;

	while (n > 0 && target[n - 1] == '/')
		n--;
	target[n] = '\0';
	if (links == 0 || !nameok(target))
		return;
	to = lookupentry(t, target, links - 1);
	e->source = to ? to->source : NULL;
}

static struct entry *
addentry(struct tree *t, const char *name)
{
	struct entry *e;

	e = arenaget(t->arena, sizeof *e);
	memset(e, 0, sizeof *e);
	e->name = arenastr(t->arena, name, strlen(name));
	*tableput(t->entries, name) = e;
	return e;
}

static struct entry *
lookupentry(struct tree *t, const char *name, int links)
{
	char target[NAME_MAX + 2];
	struct entry *e;
	ssize_t n;
	size_t i;

	e = tableget(t->entries, name);
	if (e)
		return e;
	/* in the table before its link is followed, so that a circle of links ends */
	e = addentry(t, name);
	for (i = 0; i < t->n; i++) {
		n = readlinkat(t->srcpkgs[i], name, target, sizeof target);
		if (n >= 0) {
			if ((size_t)n < sizeof target)
				followlink(t, e, target, (size_t)n, links);
			break;
		}
		if (errno != EINVAL)
			notefailure(t, i, name);
		else if (readtemplate(t, e, i))
			break;
	}
	return e;
}

/* returns the entry for a name from outside, NULL for a bad name */
static struct entry *
entryfor(struct tree *t, const char *name)
{
	struct entry *e;

	e = tableget(t->entries, name);
	if (!e && nameok(name))
		e = lookupentry(t, name, MAXLINKS);
	return e;
}

/* returns the length of the suffix -32bit or -dbg of a name, 0 when it has none */
static size_t
suffixlen(const char *name)
{
	return textends(name, "-32bit") ? 6 : textends(name, "-dbg") ? 4 : 0;
}

const char *
treesource(struct tree *t, const char *name)
{
	const char *source;
	struct entry *e;
	char *base;
	size_t n;

	e = entryfor(t, name);
	if (!e)
		return NULL;
	if (e->source)
		return e->source->name;
	n = suffixlen(name);
	if (n == 0)
		return NULL;
	base = xstrndup(name, strlen(name) - n);
	source = treesource(t, base);
	free(base);
	return source;
}

int
treebeside(struct tree *t, const char *name)
{
	const struct entry *e;

	if (suffixlen(name) == 0 || !treesource(t, name))
		return 0;
	e = tableget(t->entries, name);
	return !e || !e->source;
}

int
treestat(struct tree *t, const char *source, struct stat *st)
{
	struct entry *e;

	e = entryfor(t, source);
	if (!e || e->source != e)
		return -1;
	*st = e->st;
	return e->dir;
}

/* returns the entry of a directory's entry, NULL for a link, with as few system calls as
 * d_type allows */
static struct entry *
listentry(struct tree *t, const struct dirent *de, size_t dir)
{
	struct entry *e;

	if (de->d_type == DT_LNK)
		return NULL;
	e = tableget(t->entries, de->d_name);
	if (!e && dir == 0 && de->d_type == DT_DIR) {
		e = addentry(t, de->d_name);
		/* not here: a later tree may have it */
		if (!readtemplate(t, e, 0) && t->n > 1) {
			tabledrop(t->entries, de->d_name);
			e = NULL;
		}
	}
	return e ? e : lookupentry(t, de->d_name, MAXLINKS);
}

/* adds the source packages of a tree that no earlier tree has */
static int
readlist(struct tree *t, size_t dir)
{
	struct dirent *de;
	struct entry *e;
	DIR *d;
	int fd;

	fd = openat(t->srcpkgs[dir], ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		warn("%s/srcpkgs", t->dirs[dir]);
		ioclose(fd);
		return -1;
	}
	while ((errno = 0, de = readdir(d))) {
		if (!nameok(de->d_name))
			continue;
		e = listentry(t, de, dir);
		if (!e || e->source != e || e->dir != (int)dir)
			continue;
		t->list = xgrow(t->list, t->nlist, sizeof *t->list);
		t->list[t->nlist++] = e->name;
	}
	if (errno)
		warn("%s/srcpkgs", t->dirs[dir]);
	fd = errno ? -1 : 0;
	closedir(d);
	return fd;
}

const char *const *
treelist(struct tree *t, size_t *n)
{
	size_t i;

	if (!t->list) {
		t->list = xcalloc(1, sizeof *t->list);
		for (i = 0; i < t->n; i++) {
			if (readlist(t, i) < 0) {
				free(t->list);
				t->list = NULL;
				t->nlist = 0;
				return NULL;
			}
		}
		qsort(t->list, t->nlist, sizeof *t->list, textcompare);
	}
	*n = t->nlist;
	return t->list;
}

const char *
treenear(struct tree *t, const char *name)
{
	const char *const *names;
	const char *best;
	size_t i, n;
	unsigned far, least;

	names = treelist(t, &n);
	best = NULL;
	least = TEXTFAR;
	for (i = 0; names && i < n; i++) {
		far = textdistance(name, names[i]);
		if (far < least) {
			least = far;
			best = names[i];
		}
	}
	return best;
}

const char *const *
treedirs(const struct tree *t, size_t *n)
{
	*n = t->n;
	return t->dirs;
}

char *
treeetc(const struct tree *t, const char *name)
{
	struct stat st;
	char *path;
	size_t i;

	for (i = 0; i < t->n; i++) {
		path = xasprintf("%s/etc/%s", t->dirs[i], name);
		if (stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
		    st.st_size > 0)
			return path;
		free(path);
	}
	return NULL;
}

/* adds a file's lines "VIRTUAL PACKAGE"; the first line for a virtual package counts */
static void
addvirtuals(struct tree *t, const char *path)
{
	struct buf b = {0};
	char *line, *name, *rest;
	void **place;

	if (ioread(AT_FDCWD, path, MAXVIRTUAL, &b) < 0 && errno != ENOENT)
		warn("%s", path);
	for (rest = b.s; (line = textnext(&rest));) {
		name = line + strcspn(line, " \t");
		if (*name)
			*name++ = '\0';
		name += strspn(name, " \t");
		name[strcspn(name, " \t")] = '\0';
		if (*line == '#' || !nameok(name))
			continue;
		place = tableput(t->virtuals, line);
		if (!*place)
			*place = arenastr(t->arena, name, strlen(name));
	}
	buffree(&b);
}

/* reads etc/virtual, else the defaults of all trees, overlays first */
static void
readvirtuals(struct tree *t)
{
	char *path;
	size_t i;

	t->virtuals = mktable();
	path = treeetc(t, "virtual");
	if (path) {
		addvirtuals(t, path);
		free(path);
		return;
	}
	for (i = 0; i < t->n; i++) {
		path = xasprintf("%s/etc/defaults.virtual", t->dirs[i]);
		addvirtuals(t, path);
		free(path);
	}
}

const char *
treevirtual(struct tree *t, const char *name)
{
	if (!t->virtuals)
		readvirtuals(t);
	return tableget(t->virtuals, name);
}
