/* for syncfs, which POSIX has not */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "io.h"

/* from so many on it is cheaper to sync the whole file system */
enum { MANY = 32 };

static int
syncone(int dir, const char *name)
{
	int fd;

	fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? -1 : iosettle(fd);
}

int
iosettle(int fd)
{
	int e, r;

	r = fsync(fd);
	e = errno;
	/* it can report a write that failed late */
	if (close(fd) < 0 && r == 0)
		return -1;
	errno = e;
	return r;
}

int
iosync(int fd)
{
	return fdatasync(fd);
}

int
iosyncall(int dir)
{
	return syncfs(dir);
}

int
iosyncfiles(int dir, const char *const *names, size_t n, size_t *failed)
{
	int fd, r;

	if (n >= MANY) {
		fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		r = fd < 0 ? -1 : iosyncall(fd);
		if (fd >= 0)
			close(fd);
		if (r == 0)
			return 0;
	}
	for (*failed = 0; *failed < n; ++*failed) {
		if (syncone(dir, names[*failed]) < 0)
			return -1;
	}
	return 0;
}
