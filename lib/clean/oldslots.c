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
#include "base/progress.h"
#include "base/x.h"
#include "clean/leftover.h"
#include "clean/oldslots.h"

struct slotsweep {
	struct leftovers *l;
	const char *path;	/* of the directory that is listed */
	int dir;
	int work;		/* HOSTDIR/spiff, which has the slots' locks */
	const char *base;	/* begins the names of masterdirs */
	long slots;
};

/* returns the slot in a name, between the last dash and a dot, -1: there is none */
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

/* takes the slot's lock, as spiff-build does; -1 if a build has it */
static int
lockslot(const struct slotsweep *k, long slot)
{
	char *name;
	int fd;

	name = xasprintf("slot-%ld", slot);
	fd = locktake(k->work, name, LOCK_XBPS);
	free(name);
	return fd;
}

/* removes what belongs to a slot above least in which no build runs */
static int
dropunused(const struct slotsweep *k, const char *name, const char *kind, long least)
{
	char *path;
	long slot;
	int fd;

	progressone();
	slot = slotof(name);
	if (slot <= least)
		return 0;
	fd = k->l->all ? -1 : lockslot(k, slot);
	if (fd < 0 && !k->l->all)
		return 0;
	path = xasprintf("%s/%s", k->path, name);
	leftoverdrop(k->l, kind, k->dir, name, path);
	free(path);
	ioclose(fd);
	return 0;
}

/* a tree for making a chroot is left behind by a build that was killed */
static int
dropwork(const char *name, void *arg)
{
	struct slotsweep *k = arg;

	if (strncmp(name, "boot-", 5) == 0)
		return dropunused(k, name, "tree", 0);
	if (strncmp(name, "repos-", 6) != 0 || strncmp(name, "repos-of-", 9) == 0)
		return 0;
	return dropunused(k, name, "tree", k->slots);
}

/* a masterdir is MASTERDIR-SLOT or MASTERDIR-HOST-SLOT, with a mark by xbps-src */
static int
dropmaster(const char *name, void *arg)
{
	struct slotsweep *k = arg;
	char *mark;
	size_t n;
	int there;

	n = strlen(k->base);
	if (strncmp(name, k->base, n) != 0 || name[n] != '-')
		return 0;
	mark = xasprintf("%s/.xbps_chroot_init", name);
	there = faccessat(k->dir, mark, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	free(mark);
	return there ? dropunused(k, name, "masterdir", k->slots) : 0;
}

int
oldslots(struct leftovers *l, long slots)
{
	struct slotsweep k = { .l = l, .slots = slots };
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
	progressbegin("slots looked at");
	k.path = work;
	r = leftoverlist(k.path, &k.dir, dropwork, &k);
	master = xstrdup(confget(CONF_MASTERDIR));
	slash = strrchr(master, '/');
	k.base = slash ? slash + 1 : master;
	k.path = ".";
	if (slash) {
		*slash = '\0';
		k.path = slash == master ? "/" : master;
	}
	if (*k.base && leftoverlist(k.path, &k.dir, dropmaster, &k) < 0)
		r = -1;
	progressend();
	close(k.work);
	free(master);
	free(work);
	return r;
}
