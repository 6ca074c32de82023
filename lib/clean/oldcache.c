#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/io.h"
#include "base/x.h"
#include "clean/leftover.h"
#include "clean/oldcache.h"

struct look {
	struct leftovers *l;
	int dir;
};

/* what a killed program has left of such a file has a dot before its name */
static int
look(const char *name, void *arg)
{
	static const char *const ours[] = { "templates-", "interfaces" };
	const struct look *k = arg;
	char *path;
	size_t i;

	for (i = 0; i < sizeof ours / sizeof ours[0]; i++) {
		if (strncmp(name + (*name == '.'), ours[i], strlen(ours[i])) != 0 ||
		    !leftoverunread(k->l, k->dir, name))
			continue;
		path = xasprintf("%s/%s", confget(CONF_CACHE), name);
		leftoverdrop(k->l, "cache", k->dir, name, path);
		free(path);
	}
	return 0;
}

int
oldcache(struct leftovers *l)
{
	struct look k = { .l = l };
	int r;

	if (!*confget(CONF_CACHE))
		return 0;
	k.dir = open(confget(CONF_CACHE), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = k.dir < 0 ? -1 : iolist(k.dir, look, &k);
	if (r < 0 && (errno == ENOENT || errno == ENOTDIR))
		r = 0;
	if (r < 0)
		warn("%s", confget(CONF_CACHE));
	ioclose(k.dir);
	return r;
}
