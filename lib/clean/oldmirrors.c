#include <bsd/stdlib.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/x.h"
#include "clean/leftover.h"
#include "clean/oldmirrors.h"

struct mirrorsweep {
	struct leftovers *l;
	const char *path;	/* HOSTDIR/spiff */
	int dir;
	long used;		/* main-1 to this one are */
};

/* the number of main repositories that are directories: spiff-build numbers these */
static long
directories(void)
{
	char **mains;
	size_t i, n;
	long count;

	mains = conflist(CONF_REPOS, &n);
	for (i = 0, count = 0; i < n; i++)
		count += strstr(mains[i], "://") == NULL;
	free(mains);
	return count;
}

static int
dropmirror(const char *name, void *arg)
{
	const struct mirrorsweep *k = arg;
	const char *why;
	char *path;
	long n;

	if (strncmp(name, "main-", 5) != 0)
		return 0;
	n = (long)strtonum(name + 5, 1, INT_MAX, &why);
	if (why || (n <= k->used && !k->l->all))
		return 0;
	path = xasprintf("%s/%s", k->path, name);
	leftoverdrop(k->l, "mirror", k->dir, name, path);
	free(path);
	return 0;
}

int
oldmirrors(struct leftovers *l)
{
	struct mirrorsweep k = { .l = l, .used = directories() };
	char *path;
	int r;

	path = xasprintf("%s/spiff", confget(CONF_HOSTDIR));
	k.path = path;
	r = leftoverlist(path, &k.dir, dropmirror, &k);
	free(path);
	return r;
}
