/* for flock and statfs, which POSIX has not */
#define _DEFAULT_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/lock.h"
#include "base/x.h"

enum {
	NFS = 0x6969,
	MOUNTSMAX = 1 << 24	/* bytes of the list of mounts */
};

static int
closefailed(int fd)
{
	int e;

	e = errno;
	close(fd);
	errno = e == EACCES || e == EWOULDBLOCK ? EAGAIN : e;
	return -1;
}

int
lockcanend(int fd)
{
	struct statfs sf;

	return fstatfs(fd, &sf) == 0 && (unsigned long)sf.f_type == NFS;
}

static int
lockfile(int fd, int how)
{
	if (lockf(fd, how & LOCK_WAIT ? F_LOCK : F_TLOCK, 0) < 0)
		return -1;
	/* over NFS, flock takes lockf's lock for another owner, and would wait for the
	 * lock of this process */
	if (!(how & LOCK_XBPS) || lockcanend(fd))
		return 0;
	return flock(fd, how & LOCK_WAIT ? LOCK_EX : LOCK_EX | LOCK_NB);
}

int
locknames(int fd, int dir, const char *name)
{
	struct stat held, named;

	iorefresh(dir, name);
	return fstat(fd, &held) == 0 &&
	    fstatat(dir, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	    held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

int
locktake(int dir, const char *name, int how)
{
	int fd;

	for (;;) {
		iorefresh(dir, name);
		fd = openat(dir, name, O_RDWR | O_CREAT | O_NOFOLLOW |
		    O_CLOEXEC, 0660);
		if (fd < 0)
			return -1;
		if (lockfile(fd, how) < 0)
			return closefailed(fd);
		/* xbps-rindex removes the file while others wait for its lock, and the
		 * next process makes and locks a new one */
		if (locknames(fd, dir, name))
			return fd;
		close(fd);
	}
}

int
lockagain(int fd, int dir, const char *name)
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct stat held, named;

	if (fcntl(fd, F_SETLK, &fl) < 0 || fstat(fd, &held) < 0)
		return -1;
	iorefresh(dir, name);
	if (fstatat(dir, name, &named, AT_SYMLINK_NOFOLLOW) < 0)
		/* an error of the system does not mean that it is gone */
		return iotransient(errno) && errno != ESTALE ? 0 : -1;
	if (held.st_dev == named.st_dev && held.st_ino == named.st_ino)
		return 0;
	errno = ENOENT;
	return -1;
}

int
lockbriefly(int fd)
{
	static const struct timespec pause = { .tv_nsec = 10000000 };
	int i, r;

	for (i = 0; (r = lockf(fd, F_TLOCK, 0)) < 0 && i < 20 &&
	    (errno == EACCES || errno == EAGAIN); i++)
		nanosleep(&pause, NULL);
	return r;
}

void
lockend(int fd)
{
	/* a lock that was lost needs no release */
	(void)!lockf(fd, F_ULOCK, 0);
}

int
lockstays(int dir)
{
	struct buf b = {0};
	struct stat st;
	char *device;
	const char *s;
	int r;

	if (!lockcanend(dir) || fstat(dir, &st) < 0)
		return 0;
	device = xasprintf(" %u:%u ", major(st.st_dev), minor(st.st_dev));
	r = ioread(AT_FDCWD, "/proc/self/mountinfo", MOUNTSMAX, &b);
	bufadd(&b, "", 0);
	/* "ID PARENT MAJOR:MINOR ROOT DIR OPTIONS... - TYPE SOURCE OPTIONS": NFSv4 has
	 * the type nfs4 */
	s = r < 0 ? NULL : strstr(b.s, device);
	s = s ? strstr(s, " - ") : NULL;
	r = s && strncmp(s, " - nfs ", 7) == 0;
	free(device);
	buffree(&b);
	return r;
}

pid_t
lockholder(int dir, const char *name)
{
	struct flock fl = { 0 };
	pid_t pid;
	int fd;

	fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	fl.l_type = F_WRLCK;
	fl.l_whence = SEEK_SET;
	pid = 0;
	/* NFS does not say which process of another machine it is */
	if (fcntl(fd, F_GETLK, &fl) == 0 && fl.l_type != F_UNLCK)
		pid = fl.l_pid > 0 ? fl.l_pid : -1;
	close(fd);
	return pid;
}
