#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/sha.h"
#include "base/text.h"
#include "base/x.h"
#include "plan/inputhash.h"
#include "plan/plan.h"
#include "plan/sides.h"
#include "tree/tmpl.h"
#include "tree/tree.h"
#include "xbps/pkgver.h"

enum { BLOCK = 1 << 16, LINKMAX = 4096, DEPTH = 20 };

struct names {
	char **list;
	size_t n;
};

static void
appendname(struct names *names, char *name)
{
	names->list = xgrow(names->list, names->n, sizeof *names->list);
	names->list[names->n++] = name;
}

static int
addname(const char *name, void *arg)
{
	appendname(arg, xstrdup(name));
	return 0;
}

/* adds a string with its NUL, so that "a" "bc" and "ab" "c" differ */
static void
hashstring(struct sha *sum, const char *s)
{
	shaadd(sum, s, strlen(s) + 1);
}

static void
namesfree(struct names *names)
{
	size_t i;

	for (i = 0; i < names->n; i++)
		free(names->list[i]);
	free(names->list);
}

static int
hashfile(struct sha *sum, int fd)
{
	char block[BLOCK];
	ssize_t n;

	while ((n = read(fd, block, sizeof block)) > 0)
		shaadd(sum, block, (size_t)n);
	return n < 0 ? -1 : 0;
}

static int hashdir(struct sha *sum, int dir, int depth);

static int
hashentry(struct sha *sum, int dir, const char *name, int depth)
{
	char link[LINKMAX];
	struct stat st;
	ssize_t n;
	int fd, r;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	hashstring(sum, name);
	if (S_ISLNK(st.st_mode)) {
		n = readlinkat(dir, name, link, sizeof link);
		if (n > 0)
			shaadd(sum, link, (size_t)n);
		return n < 0 ? -1 : 0;
	}
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return 0;
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -1;
	hashstring(sum, st.st_mode & S_IXUSR ? "x" : "-");
	r = S_ISDIR(st.st_mode) ? hashdir(sum, fd, depth + 1) :
	    hashfile(sum, fd);
	ioclose(fd);
	return r;
}

static int
hashdir(struct sha *sum, int dir, int depth)
{
	struct names names = {0};
	size_t i;
	int r;

	if (depth > DEPTH) {
		errno = ELOOP;
		return -1;
	}
	r = iolist(dir, addname, &names);
	if (names.n)
		qsort(names.list, names.n, sizeof *names.list, textcompare);
	for (i = 0; i < names.n && r == 0; i++)
		r = hashentry(sum, dir, names.list[i], depth);
	hashstring(sum, "/");
	namesfree(&names);
	return r;
}

/* hashes an entry of a tree's common/; 1 if it is not there, -1 after a message */
static int
hashcommon(struct sha *sum, const char *tree, const char *place, const char *name)
{
	char *path;
	int dir, r;

	path = xasprintf("%s/common/%s", tree, place);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = dir < 0 ? -1 : hashentry(sum, dir, name, 0);
	if (r < 0 && (errno == ENOENT || (dir < 0 && errno == ENOTDIR)))
		r = 1;
	else if (r < 0)
		warn("%s/%s", path, name);
	ioclose(dir);
	free(path);
	return r;
}

/* hashes the parts of common/ that words name: of the first tree that has it, a file
 * NAME.sh in place, and of all trees a directory NAME beside it, as builds have them */
static int
hashwords(struct sha *sum, struct tree *t, const char *place, const char *words)
{
	const char *const *dirs;
	char *file, *name;
	size_t i, n, ndirs;
	int r;

	dirs = treedirs(t, &ndirs);
	for (r = 0; r >= 0 && *words; words += n) {
		words += strspn(words, " ");
		n = strcspn(words, " ");
		name = xstrndup(words, n);
		file = xasprintf("%s.sh", name);
		for (i = 0, r = 1; i < ndirs && r == 1 && pkgvernameok(file); i++)
			r = hashcommon(sum, dirs[i], place, file);
		for (i = 0; i < ndirs && r >= 0 && pkgvernameok(name); i++)
			r = hashcommon(sum, dirs[i], place, name);
		free(file);
		free(name);
	}
	return r < 0 ? -1 : 0;
}

/* hashes the build style and helpers of the template */
static int
hashstyle(struct sha *sum, struct tree *tree, const struct tmpl *t)
{
	static const char style[] = "build-style", helper[] = "build-helper",
	    env[] = "environment/build-style";

	if (!t || t->error)
		return 0;
	return hashwords(sum, tree, style, t->style) < 0 ||
	    hashwords(sum, tree, env, t->style) < 0 ||
	    hashwords(sum, tree, helper, t->helpers) < 0 ? -1 : 0;
}

/* hashes the versions of the dependencies, as the trees have them, else repositories */
static void
hashdeps(struct sha *sum, const struct plan *p, size_t node)
{
	struct names names = {0};
	struct pdep d;
	size_t i;

	for (i = 0; plandep(p, node, i, &d); i++) {
		if (d.node != node)
			appendname(&names, xasprintf("%s %s %s", d.name, d.arch,
			    d.pkgver ? d.pkgver : "-"));
		plandepfree(&d);
	}
	if (names.n)
		qsort(names.list, names.n, sizeof *names.list, textcompare);
	for (i = 0; i < names.n; i++)
		hashstring(sum, names.list[i]);
	namesfree(&names);
}

static int
addbeside(const char *name, void *arg)
{
	return strcmp(name, "template") == 0 ? 0 : addname(name, arg);
}

/* hashes the template, and the files beside it */
static int
hashpackage(const char *path, struct sha *template, struct sha *files)
{
	struct names names = {0};
	size_t i;
	int dir, r;

	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = dir < 0 ? -1 : hashentry(template, dir, "template", 0);
	if (r == 0)
		r = iolist(dir, addbeside, &names);
	if (names.n)
		qsort(names.list, names.n, sizeof *names.list, textcompare);
	for (i = 0; i < names.n && r == 0; i++)
		r = hashentry(files, dir, names.list[i], 0);
	if (r < 0)
		warn("%s", path);
	namesfree(&names);
	ioclose(dir);
	return r;
}

/* hashes the package's build options and the other settings of etc/conf */
static void
hashoptions(struct sha *sum, struct sides *w, const struct tmpl *t)
{
	hashstring(sum, t && !t->error ? t->options : "");
	hashstring(sum, sidesconf(w));
}

static void
hashshlibs(struct sha *sum, struct sides *w, const struct tmpl *t)
{
	size_t i;

	for (i = 0; t && !t->error && i < t->nmakes; i++)
		hashstring(sum, sidesshlibs(w, t->makes[i]));
}

enum { TEMPLATE, FILES, STYLE, OPTIONS, SHLIBS, PARTS, DIGITS = 16 };

static const char *const partwords[PARTS] = {
	"template", "files", "style", "options", "shlibs"
};

/* hashes the parts of a node; -1 after a message */
static int
hashparts(struct plan *p, const struct pnode *v, struct sha part[PARTS])
{
	const char *const *dirs;
	struct stat st;
	char *path;
	size_t n;
	int i, r;

	i = treestat(p->sides->tree, v->name, &st);
	dirs = treedirs(p->sides->tree, &n);
	path = xasprintf("%s/srcpkgs/%s", i < 0 ? "." : dirs[i], v->name);
	r = hashpackage(path, &part[TEMPLATE], &part[FILES]);
	free(path);
	if (r == 0)
		r = hashstyle(&part[STYLE], p->sides->tree, v->t);
	hashoptions(&part[OPTIONS], p->sides, v->t);
	hashshlibs(&part[SHLIBS], p->sides, v->t);
	return r;
}

char *
inputhash(struct plan *p, size_t node)
{
	struct buf b = {0}, words = {0};
	struct sha all, part[PARTS];
	char hex[SHAHEX];
	int i, r;

	for (i = 0; i < PARTS; i++)
		shainit(&part[i]);
	r = hashparts(p, &p->nodes[node], part);
	shainit(&all);
	for (i = 0; i < PARTS; i++) {
		shaend(&part[i], hex);
		hashstring(&all, hex);
		buffmt(&words, " %s:%.*s", partwords[i], DIGITS, hex);
	}
	hashdeps(&all, p, node);
	/* no part: what was made with other tests is the same */
	if (*confget(CONF_CHECK))
		hashstring(&all, confget(CONF_CHECK));
	shaend(&all, hex);
	buffmt(&b, "%s%s", hex, words.s);
	buffree(&words);
	if (r == 0)
		return buftake(&b);
	buffree(&b);
	return NULL;
}

void
inputhashdiffer(const char *old, const char *new, struct buf *words)
{
	const char *a, *b;
	char *key;
	size_t n;
	int i;

	for (i = 0; i < PARTS; i++) {
		key = xasprintf(" %s:", partwords[i]);
		n = strlen(key);
		a = strstr(old, key);
		b = strstr(new, key);
		if (a && b && strncmp(a + n, b + n, DIGITS) != 0)
			buffmt(words, "%s%s", words->len ? "," : "",
			    partwords[i]);
		free(key);
	}
}
