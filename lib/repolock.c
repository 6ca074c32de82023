#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "lock.h"
#include "repolock.h"
#include "x.h"

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

int
repolock(const char *dir, const char *arch)
{
	char *name;
	int fd;

	name = xasprintf("%s/%s-repodata.lock", dir, arch);
	fd = take(name, LOCK_XBPS);
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
