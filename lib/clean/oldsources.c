#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/progress.h"
#include "base/table.h"
#include "base/x.h"
#include "clean/leftover.h"
#include "clean/oldsources.h"
#include "tree/tree.h"

enum { HASH = 64, TEXTMAX = 1 << 20 };	/* digits of SHA-256; bytes of a template */

struct sourcesweep {
	struct leftovers *l;
	struct table *sums;	/* the checksums in all templates */
	struct table *versions;	/* by source package, the template's version, or "" if
				 * only bash can tell it */
	const char *path;
	int dir;
};

/* puts every word of 64 hexadecimal digits into the table */
static void
readsums(struct sourcesweep *k, const char *s)
{
	char sum[HASH + 1];
	size_t n;

	for (; *s; s += n ? n : 1) {
		n = strspn(s, "0123456789abcdef");
		if (n == HASH) {
			memcpy(sum, s, HASH);
			sum[HASH] = '\0';
			*tableput(k->sums, sum) = k;
		}
	}
}

/* returns the value of the first line version=, without quotes, which the caller owns; ""
 * if bash has to expand it */
static char *
readversion(const char *s)
{
	size_t n;

	s = strncmp(s, "version=", 8) == 0 ? s : strstr(s, "\nversion=");
	if (!s)
		return xstrdup("");
	s = strchr(s, '=') + 1;
	s += strspn(s, "\"'");
	n = strcspn(s, "\"'\n \t#");
	return memchr(s, '$', n) || memchr(s, '`', n) ? xstrdup("") :
	    xstrndup(s, n);
}

static int
readtemplate(struct sourcesweep *k, const char *dir, const char *name)
{
	struct buf b = {0};
	char *path;
	void **place;
	int r;

	path = xasprintf("%s/srcpkgs/%s/template", dir, name);
	r = ioread(AT_FDCWD, path, TEXTMAX, &b);
	if (r < 0 && errno == ENOENT)
		r = 0;
	else if (r < 0)
		warn("%s", path);
	else if (b.s) {
		readsums(k, b.s);
		place = tableput(k->versions, name);
		if (!*place)
			*place = readversion(b.s);
	}
	buffree(&b);
	free(path);
	return r;
}

/* reads the templates of all trees, also those that an overlay hides, which may be needed
 * again */
static int
readtrees(struct sourcesweep *k, struct tree *t)
{
	const char *const *dirs, *const *names;
	size_t d, i, n, ndirs;

	names = treelist(t, &n);
	if (!names)
		return -1;
	dirs = treedirs(t, &ndirs);
	progressset(0, ndirs * n);
	for (d = 0; d < ndirs; d++) {
		for (i = 0; i < n; i++) {
			if (readtemplate(k, dirs[d], names[i]) < 0)
				return -1;
			progressone();
		}
	}
	return treefailed(t) ? -1 : 0;
}

static void
dropunread(const struct sourcesweep *k, const char *name)
{
	char *path;

	if (!leftoverunread(k->l, k->dir, name))
		return;
	path = xasprintf("%s/%s", k->path, name);
	leftoverdrop(k->l, "source", k->dir, name, path);
	free(path);
}

static int
dropsum(const char *name, void *arg)
{
	struct sourcesweep *k = arg;
	char *sum;

	progressone();
	if (strspn(name, "0123456789abcdef") != HASH || name[HASH] != '_')
		return 0;
	sum = xstrndup(name, HASH);
	if (!tableget(k->sums, sum))
		dropunread(k, name);
	free(sum);
	return 0;
}

static int
dropversion(const char *name, void *arg)
{
	struct sourcesweep *k = arg;
	const char *dash, *version;
	char *package;

	progressone();
	dash = strrchr(name, '-');
	if (!dash)
		return 0;
	package = xstrndup(name, (size_t)(dash - name));
	version = tableget(k->versions, package);
	if (!version || (*version && strcmp(version, dash + 1) != 0))
		dropunread(k, name);
	free(package);
	return 0;
}

static int
dropall(struct sourcesweep *k, const char *path, int (*fn)(const char *name, void *arg))
{
	k->path = path;
	return leftoverlist(path, &k->dir, fn, k);
}

int
oldsources(struct leftovers *l, struct tree *t)
{
	struct sourcesweep k = { .l = l };
	char *sources, *sums;
	void *version;
	size_t i;
	int r;

	k.sums = mktable();
	k.versions = mktable();
	sources = xasprintf("%s/sources", confget(CONF_HOSTDIR));
	sums = xasprintf("%s/by_sha256", sources);
	progressbegin("templates read");
	r = readtrees(&k, t);
	progressend();
	progressbegin("sources looked at");
	if (r == 0 && (dropall(&k, sums, dropsum) < 0 ||
	    dropall(&k, sources, dropversion) < 0))
		r = -1;
	progressend();
	for (i = 0; tablenext(k.versions, &i, &version);)
		free(version);
	tabledel(k.versions);
	tabledel(k.sums);
	free(sums);
	free(sources);
	return r;
}
