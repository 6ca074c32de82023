#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "io.h"
#include "lock.h"
#include "repolock.h"
#include "stray.h"
#include "x.h"

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
	for (said = 0; stray(name); said = 1) {
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
