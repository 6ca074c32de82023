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

#include "base/buf.h"
#include "base/io.h"
#include "base/lock.h"
#include "base/x.h"
#include "repo/repolock.h"

/* as /proc/PID/comm begins, and how a link of /proc/PID/fd ends */
static const char tool[] = "xbps-rindex", deleted[] = " (deleted)";

struct look {
	const char *base;	/* of the path */
	struct stat dir;	/* that it is in */
	char *pid;
};

/* splits a path: returns its last part, the rest goes to *dir, which the caller
 * owns */
static const char *
split(const char *path, char **dir)
{
	const char *slash;

	slash = strrchr(path, '/');
	*dir = slash ? xstrndup(path, (size_t)(slash - path) + 1) : xstrdup(".");
	return slash ? slash + 1 : path;
}

static int
isdir(const struct look *l, const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_dev == l->dir.st_dev &&
	    st.st_ino == l->dir.st_ino;
}

/* whether a process has that path for ours; the directory may have another name
 * there, as it has in the chroots of xbps-src */
static int
here(const struct look *l, const char *path)
{
	const char *base;
	char *dir, *there;
	int is;

	base = split(path, &dir);
	there = xasprintf("/proc/%s/root%s", l->pid, dir);
	is = strcmp(base, l->base) == 0 && (isdir(l, dir) || isdir(l, there));
	free(there);
	free(dir);
	return is;
}

static int
lookfd(const char *name, void *arg)
{
	const struct look *l = arg;
	char path[PATH_MAX + sizeof deleted], *link;
	size_t len;
	ssize_t n;

	link = xasprintf("/proc/%s/fd/%s", l->pid, name);
	n = readlink(link, path, sizeof path - 1);
	free(link);
	len = sizeof deleted - 1;
	/* a process may end at any time: that is no error */
	if (n < (ssize_t)len || memcmp(path + n - len, deleted, len) != 0)
		return 0;
	path[(size_t)n - len] = '\0';
	return here(l, path);
}

static int
lookpid(const char *name, void *arg)
{
	struct look *l = arg;
	struct buf b = { 0 };
	char path[64];
	int dir, r;

	if (name[strspn(name, "0123456789")])
		return 0;
	snprintf(path, sizeof path, "/proc/%.16s/comm", name);
	r = ioread(AT_FDCWD, path, sizeof path, &b) == 0 &&
	    b.len >= sizeof tool - 1 && memcmp(b.s, tool, sizeof tool - 1) == 0;
	buffree(&b);
	if (!r)
		return 0;
	snprintf(path, sizeof path, "/proc/%.16s/fd", name);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return 0;
	l->pid = xstrdup(name);
	r = iolist(dir, lookfd, l);
	free(l->pid);
	close(dir);
	return r > 0;
}

static int
isstray(const char *path)
{
	struct look l;
	char *dir;
	int proc, r;

	l.base = split(path, &dir);
	r = stat(dir, &l.dir);
	free(dir);
	proc = r < 0 ? -1 : open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (proc < 0)
		return 0;
	r = iolist(proc, lookpid, &l);
	close(proc);
	return r > 0;
}

/*
 * An xbps-rindex may hold a lock on a file that has no name any more (stray.h),
 * and would overwrite what we write. So who finds the lock's file empty, and has
 * locked it, waits until there is no such process, and then writes into it. As
 * long as the name leads to that file there can be none: to make one, somebody
 * has to remove the name, and the next file is empty again. Those that we wait
 * for remove the name too, when they end; then all begins anew.
 */
static const char mark[] = "spiff-index\n";

/* takes a lock, saying so when that takes a while */
static int
take(const char *name, int how)
{
	int fd;

	fd = locktake(AT_FDCWD, name, how);
	if (fd < 0 && errno == EAGAIN) {
		warnx("%s: waiting for the lock", name);
		fd = locktake(AT_FDCWD, name, how | LOCK_WAIT);
	}
	if (fd < 0)
		warn("%s", name);
	return fd;
}

/* waits for those who hold the lock by another file; whether the name is still
 * that of ours then */
static int
isalone(int fd, const char *name)
{
	static const struct timespec moment = { 0, 5000000 };
	struct stat st;
	int said;

	if (fstat(fd, &st) == 0 && st.st_size > 0)
		return 1;
	for (said = 0; isstray(name); said = 1) {
		if (!said)
			warnx("%s: waiting for an xbps-rindex that holds the lock "
			    "by a file that was removed", name);
		if (!locknames(fd, AT_FDCWD, name))
			return 0;
		nanosleep(&moment, NULL);
	}
	if (!locknames(fd, AT_FDCWD, name))
		return 0;
	/* on a full disk it stays empty, and is looked at again */
	iowritefd(fd, mark, sizeof mark - 1);
	return 1;
}

int
repolock(const char *dir, const char *arch)
{
	char *name;
	int fd;

	name = xasprintf("%s/%s-repodata.lock", dir, arch);
	while ((fd = take(name, LOCK_XBPS)) >= 0 && !isalone(fd, name))
		close(fd);
	free(name);
	return fd;
}

int
repolocknoarch(const char *dir)
{
	char *name;
	int fd;

	name = xasprintf("%s/noarch-repodata.lock", dir);
	fd = take(name, 0);
	free(name);
	return fd;
}
