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
#include "base/text.h"
#include "base/x.h"
#include "repo/repolock.h"

/* the beginning of /proc/PID/comm, and the end of a link in /proc/PID/fd; a client of NFS
 * gives a removed file that is open a name that begins with the last */
static const char tool[] = "xbps-rindex", deleted[] = " (deleted)", silly[] = ".nfs";

struct search {
	const char *base;	/* of the path */
	struct stat dir;	/* its directory */
	char *pid;		/* of the process that is looked at */
};

/* splits a path: returns its last part, the rest goes to *dir, which the caller
 * owns */
static const char *
splitpath(const char *path, char **dir)
{
	const char *slash;

	slash = strrchr(path, '/');
	*dir = slash ? xstrndup(path, (size_t)(slash - path) + 1) : xstrdup(".");
	return slash ? slash + 1 : path;
}

static int
isdir(const struct search *l, const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_dev == l->dir.st_dev &&
	    st.st_ino == l->dir.st_ino;
}

/* whether a process's path is the one searched for; a chroot of xbps-src has another name
 * for the directory */
static int
ispath(const struct search *l, const char *path)
{
	const char *base;
	char *dir, *there;
	int is;

	base = splitpath(path, &dir);
	there = xasprintf("/proc/%s/root%s", l->pid, dir);
	is = (strcmp(base, l->base) == 0 || strncmp(base, silly, 4) == 0) &&
	    (isdir(l, dir) || isdir(l, there));
	free(there);
	free(dir);
	return is;
}

static int
searchfd(const char *name, void *arg)
{
	const struct search *l = arg;
	char path[PATH_MAX + sizeof deleted], *base, *link;
	ssize_t n;

	link = xasprintf("/proc/%s/fd/%s", l->pid, name);
	n = readlink(link, path, sizeof path - 1);
	free(link);
	/* a process that has ended has no link */
	if (n < 0)
		return 0;
	path[n] = '\0';
	if (textends(path, deleted))
		path[(size_t)n - (sizeof deleted - 1)] = '\0';
	else if (!(base = strrchr(path, '/')) || strncmp(base + 1, silly, 4) != 0)
		return 0;
	return ispath(l, path);
}

static int
searchpid(const char *name, void *arg)
{
	struct search *l = arg;
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
	r = iolist(dir, searchfd, l);
	free(l->pid);
	close(dir);
	return r > 0;
}

/* Whether an xbps-rindex has a file open that had this path until it was removed; 0 if
 * that cannot be seen: without /proc, or of another user or machine. */
static int
isstray(const char *path)
{
	struct search l;
	char *dir;
	int proc, r;

	l.base = splitpath(path, &dir);
	r = stat(dir, &l.dir);
	free(dir);
	proc = r < 0 ? -1 : open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (proc < 0)
		return 0;
	r = iolist(proc, searchpid, &l);
	close(proc);
	return r > 0;
}

/*
 * xbps-rindex (0.60) removes the file of its lock at its end, while others may wait for
 * that very file: the next of them works with a lock on a file without a name, and would
 * overwrite our index. So whoever locks an empty file waits until no xbps-rindex has a
 * file open that was removed, and then writes this mark into it. While the name leads to
 * a file with the mark there is none: to get there, an xbps-rindex must remove the name,
 * and the next file is empty. The ones that we wait for remove the name, too, and all
 * begins anew.
 */
static const char mark[] = "spiff-index\n";

int
repolocktake(int dir, const char *name, const char *path, int how)
{
	int fd;

	fd = locktake(dir, name, how);
	if (fd < 0 && errno == EAGAIN) {
		warnx("%s: waiting for the lock", path);
		fd = locktake(dir, name, how | LOCK_WAIT);
	}
	if (fd < 0)
		warn("%s", path);
	return fd;
}

/* waits until nobody holds the lock by a removed file; whether the name still leads to
 * ours then */
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
	/* on a full disk the file stays empty, and the next one waits again */
	iowritefd(fd, mark, sizeof mark - 1);
	return 1;
}

int
repolock(const char *dir, const char *arch)
{
	char *name;
	int fd;

	name = xasprintf("%s/%s-repodata.lock", dir, arch);
	while ((fd = repolocktake(AT_FDCWD, name, name, LOCK_XBPS)) >= 0 &&
	    !isalone(fd, name))
		close(fd);
	free(name);
	return fd;
}

int
repolocked(int lock, const char *dir, const char *arch)
{
	char *name;
	int r;

	name = xasprintf("%s/%s-repodata.lock", dir, arch);
	r = lockagain(lock, AT_FDCWD, name) == 0;
	if (!r)
		warn("%s: lost", name);
	free(name);
	return r;
}

int
repolocknoarch(const char *dir)
{
	char *name;
	int fd;

	name = xasprintf("%s/noarch-repodata.lock", dir);
	fd = repolocktake(AT_FDCWD, name, name, 0);
	free(name);
	return fd;
}
