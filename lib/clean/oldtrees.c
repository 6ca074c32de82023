#include <bsd/stdlib.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/io.h"
#include "base/lock.h"
#include "base/x.h"
#include "clean/leftover.h"
#include "clean/oldtrees.h"

struct treesweep {
	struct leftovers *l;
	const char *path;	/* HOSTDIR/spiff */
	int dir;
};

/* removes tree-N, and tree-N.lock last: whoever takes that lock has taken trees.lock
 * before, which is ours now */
static int
droptree(const char *name, void *arg)
{
	static const char *const suffixes[] = { "", ".state", ".old", ".new", ".new.raw",
	    ".err", ".said", ".why", ".changed", ".files", ".commits",
	    ".commits.new", ".lock" };
	const struct treesweep *k = arg;
	const char *why;
	char *file, *path;
	size_t i, n;
	int all = k->l->all, lock;

	n = strcspn(name, ".");
	if (strncmp(name, "tree-", 5) != 0 || strcmp(name + n, ".lock") != 0)
		return 0;
	file = xasprintf("%.*s", (int)(n - 5), name + 5);
	strtonum(file, all ? 0 : 2, INT_MAX, &why);
	free(file);
	lock = why || all ? -1 : locktake(k->dir, name, LOCK_XBPS);
	if (why || (lock < 0 && !all))
		return 0;
	for (i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		file = xasprintf("%.*s%s", (int)n, name, suffixes[i]);
		path = xasprintf("%s/%s", k->path, file);
		leftoverdrop(k->l, "tree", k->dir, file, path);
		free(path);
		free(file);
	}
	ioclose(lock);
	return 0;
}

int
oldtrees(struct leftovers *l)
{
	struct treesweep k = { .l = l };
	char *path;
	int lock, r;

	path = xasprintf("%s/spiff", confget(CONF_HOSTDIR));
	k.path = path;
	k.dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	lock = k.dir < 0 || l->all ? -1 : locktake(k.dir, "trees.lock", LOCK_XBPS);
	r = 0;
	if (lock >= 0 || (k.dir >= 0 && l->all))
		r = iolist(k.dir, droptree, &k);
	else if (errno != ENOENT && errno != EAGAIN)
		r = -1;
	if (r < 0)
		warn("%s", path);
	ioclose(lock);
	ioclose(k.dir);
	free(path);
	return r < 0 ? -1 : 0;
}
