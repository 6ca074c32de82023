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
#include "clean/oldslots.h"

struct look {
	struct leftovers *l;
	const char *path;	/* of the directory that is looked through */
	int dir;
	int work;		/* HOSTDIR/spiff, which has the slots' locks */
	const char *base;	/* what the name of a masterdir begins with */
	long slots;
};

/* the slot that a name ends with, behind a dash and before a dot; -1: none */
static long
slotof(const char *name)
{
	const char *p, *why;
	char *number;
	long n;

	p = strrchr(name, '-');
	if (!p)
		return -1;
	number = xstrndup(p + 1, strcspn(p + 1, "."));
	n = (long)strtonum(number, 1, INT_MAX, &why);
	free(number);
	return why ? -1 : n;
}

/* holds the slot's lock, as spiff-build does while it builds there; -1 when a
 * build runs in it */
static int
hold(const struct look *k, long slot)
{
	char *name;
	int fd;

	name = xasprintf("slot-%ld", slot);
	fd = locktake(k->work, name, LOCK_XBPS);
	free(name);
	return fd;
}

static int
dropone(const struct look *k, const char *name, const char *kind)
{
	char *path;
	long slot;
	int fd;

	slot = slotof(name);
	if (slot <= k->slots)
		return 0;
	fd = hold(k, slot);
	if (fd < 0)
		return 0;
	path = xasprintf("%s/%s", k->path, name);
	leftoverdrop(k->l, kind, k->dir, name, path);
	free(path);
	close(fd);
	return 0;
}

static int
dropwork(const char *name, void *arg)
{
	if (strncmp(name, "tree-", 5) != 0 && strncmp(name, "repos-", 6) != 0)
		return 0;
	return dropone(arg, name, "tree");
}

/* a masterdir is MASTERDIR-SLOT or MASTERDIR-HOST-SLOT, and xbps-src has left its
 * mark in it */
static int
dropmaster(const char *name, void *arg)
{
	struct look *k = arg;
	char *mark;
	size_t n;
	int there;

	n = strlen(k->base);
	if (strncmp(name, k->base, n) != 0 || name[n] != '-')
		return 0;
	mark = xasprintf("%s/.xbps_chroot_init", name);
	there = faccessat(k->dir, mark, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	free(mark);
	return there ? dropone(k, name, "masterdir") : 0;
}

static int
through(struct look *k, int (*fn)(const char *name, void *arg))
{
	int r;

	r = 0;
	k->dir = open(k->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (k->dir < 0 && errno == ENOENT)
		return 0;
	if (k->dir < 0 || iolist(k->dir, fn, k) < 0) {
		warn("%s", k->path);
		r = -1;
	}
	ioclose(k->dir);
	return r;
}

int
oldslots(struct leftovers *l, long slots)
{
	struct look k = { .l = l, .slots = slots };
	char *master, *slash, *work;
	int r;

	work = xasprintf("%s/spiff", confget(CONF_HOSTDIR));
	k.work = open(work, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (k.work < 0) {
		r = errno == ENOENT ? 0 : -1;
		if (r < 0)
			warn("%s", work);
		free(work);
		return r;
	}
	k.path = work;
	r = through(&k, dropwork);
	master = xstrdup(confget(CONF_MASTERDIR));
	slash = strrchr(master, '/');
	k.base = slash ? slash + 1 : master;
	k.path = ".";
	if (slash) {
		*slash = '\0';
		k.path = slash == master ? "/" : master;
	}
	if (*k.base && through(&k, dropmaster) < 0)
		r = -1;
	close(k.work);
	free(master);
	free(work);
	return r;
}
