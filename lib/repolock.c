#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "io.h"
#include "lock.h"
#include "repolock.h"
#include "x.h"

/*
 * xbps-rindex removes the lock file when it is done, while others of its kind
 * may be waiting for that very file: the next of them goes on with a lock on a
 * file without a name, and who comes then makes and locks a new one. To be
 * alone, it takes the locks on all those nameless files too. Linux says who has
 * them open: /proc/PID/fd/N leads to `PATH (deleted)'. Where it does not say
 * (no /proc, another user's process) only the lock on the name is left.
 *
 * An xbps-rindex that had such a lock removes the name when it is done, though
 * that is the name of our file by then. Who finds that the name is not that of
 * its file lets go of all and begins again; so two of us never wait for each
 * other. When no lock is left to take the name cannot change: all who could
 * remove it wait for us.
 */
static const char tool[] = "xbps-rindex";

struct repolock {
	char *name;		/* of the lock file */
	char *gone;		/* what /proc says of it once it is removed */
	int fd;
	int *others;		/* locks on removed files */
	size_t n;
	int took;		/* one since the last look */
	int busy;		/* one is another's */
};

struct look {
	struct repolock *l;
	const char *pid;
};

static void
drop(struct repolock *l)
{
	while (l->n > 0)
		close(l->others[--l->n]);
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}

static int
same(const struct stat *x, const struct stat *y)
{
	return x->st_dev == y->st_dev && x->st_ino == y->st_ino;
}

/* whether a file that was removed is a lock of the same repository that we do
 * not have; the same name on the same file system is taken for that, since the
 * directory may have another name where that process runs */
static int
wanted(const struct repolock *l, int fd)
{
	struct stat mine, st;
	size_t i;

	if (fstat(fd, &st) < 0 || fstat(l->fd, &mine) < 0 ||
	    st.st_dev != mine.st_dev || same(&st, &mine))
		return 0;
	for (i = 0; i < l->n; i++) {
		if (fstat(l->others[i], &mine) == 0 && same(&st, &mine))
			return 0;
	}
	return 1;
}

/* a descriptor of an xbps-rindex; a process that ended meanwhile is no error */
static int
lookfd(const char *name, void *arg)
{
	const struct look *k = arg;
	struct repolock *l = k->l;
	char path[64], to[PATH_MAX + 16], *base;
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%.16s/fd/%.16s", k->pid, name);
	n = readlink(path, to, sizeof to - 1);
	if (n < 0)
		return 0;
	to[n] = '\0';
	base = strrchr(to, '/');
	if (!base || strcmp(base + 1, l->gone) != 0)
		return 0;
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return 0;
	/* asked before it is locked: we would wait for ourselves */
	errno = 0;
	if (!wanted(l, fd) || lockflock(fd) < 0) {
		l->busy |= errno == EAGAIN;
		close(fd);
		return 0;
	}
	l->others = xgrow(l->others, l->n, sizeof *l->others);
	l->others[l->n++] = fd;
	l->took = 1;
	return 0;
}

static int
lookpid(const char *name, void *arg)
{
	struct look k = { arg, name };
	struct buf b = { 0 };
	char path[64];
	int dir, is;

	if (name[strspn(name, "0123456789")])
		return 0;
	snprintf(path, sizeof path, "/proc/%.16s/comm", name);
	is = ioread(AT_FDCWD, path, 64, &b) == 0 && b.len == sizeof tool &&
	    memcmp(b.s, tool, sizeof tool - 1) == 0;
	buffree(&b);
	if (!is)
		return 0;
	snprintf(path, sizeof path, "/proc/%.16s/fd", name);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir >= 0) {
		iolist(dir, lookfd, &k);
		close(dir);
	}
	return 0;
}

/* whether the lock's name is still that of the file that is locked */
static int
named(const struct repolock *l)
{
	struct stat x, y;

	return fstat(l->fd, &x) == 0 && stat(l->name, &y) == 0 && same(&x, &y);
}

/* takes the locks on removed files, until there are no more; 1 when the name is
 * still that of our file */
static int
takeothers(struct repolock *l)
{
	static const struct timespec moment = { 0, 2000000 };
	int dir;

	dir = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	do {
		l->took = l->busy = 0;
		if (dir >= 0)
			iolist(dir, lookpid, l);
		if (l->busy)
			nanosleep(&moment, NULL);
	} while (named(l) && (l->took || l->busy));
	if (dir >= 0)
		close(dir);
	return named(l);
}

struct repolock *
repolock(const char *path)
{
	struct repolock *l;
	const char *base;

	base = strrchr(path, '/');
	base = base ? base + 1 : path;
	l = xcalloc(1, sizeof *l);
	l->fd = -1;
	l->name = xasprintf("%s.lock", path);
	l->gone = xasprintf("%s.lock (deleted)", base);
	do {
		drop(l);
		l->fd = locktake(AT_FDCWD, l->name, LOCK_XBPS);
		if (l->fd < 0 && errno == EAGAIN) {
			warnx("%s: waiting for the lock", l->name);
			l->fd = locktake(AT_FDCWD, l->name,
			    LOCK_XBPS | LOCK_WAIT);
		}
		if (l->fd < 0) {
			warn("%s", l->name);
			repounlock(l);
			return NULL;
		}
	} while (!takeothers(l));
	return l;
}

void
repounlock(struct repolock *l)
{
	if (!l)
		return;
	drop(l);
	free(l->others);
	free(l->gone);
	free(l->name);
	free(l);
}
