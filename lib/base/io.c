/* for syncfs, which POSIX has not */
#define _GNU_SOURCE

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/pid.h"
#include "base/x.h"

int
ioreadfd(int fd, size_t max, struct buf *b)
{
	size_t n, start;
	ssize_t r;

	start = b->len;
	for (;;) {
		/* the buffer keeps a byte for the NUL */
		n = b->cap > b->len ? b->cap - b->len - 1 : 0;
		if (n < 4096)
			n = 65536;
		r = read(fd, bufroom(b, n), n);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -1;
		b->len += (size_t)r;
		b->s[b->len] = '\0';
		if (b->len - start > max) {
			errno = EFBIG;
			return -1;
		}
		if (r == 0)
			return 0;
	}
}

/* reads a file whose size is known, which spares most files the read that finds the end;
 * those of /proc have none */
static int
readsized(int fd, size_t size, size_t max, struct buf *b)
{
	size_t n;
	ssize_t r;

	n = size > 0 ? size + 1 : 4096;
	do
		r = read(fd, bufroom(b, n), n);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return -1;
	b->len += (size_t)r;
	b->s[b->len] = '\0';
	if ((size_t)r > max) {
		errno = EFBIG;
		return -1;
	}
	return size > 0 && (size_t)r == size ? 0 : ioreadfd(fd, max - (size_t)r, b);
}

int
ioreadstat(int dir, const char *name, size_t max, struct buf *b, struct stat *st)
{
	int fd, r;

	/* O_NONBLOCK: a fifo would wait for a writer */
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0) {
		if (errno == ELOOP)
			errno = EINVAL;
		return -1;
	}
	r = fstat(fd, st);
	if (r == 0 && !S_ISREG(st->st_mode)) {
		errno = EINVAL;
		r = -1;
	}
	if (r == 0 && (unsigned long long)st->st_size > max) {
		errno = EFBIG;
		r = -1;
	}
	if (r == 0)
		r = readsized(fd, (size_t)st->st_size, max, b);
	ioclose(fd);
	return r;
}

int
ioread(int dir, const char *name, size_t max, struct buf *b)
{
	struct stat st;

	return ioreadstat(dir, name, max, b, &st);
}

int
iotransient(int e)
{
	return e == EIO || e == EMFILE || e == ENFILE || e == ENOMEM ||
	    e == ESTALE || e == ETIMEDOUT;
}

int
iowritefd(int fd, const void *p, size_t n)
{
	const char *s = p;
	ssize_t r;

	while (n > 0) {
		r = write(fd, s, n);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -1;
		s += r;
		n -= (size_t)r;
	}
	return 0;
}

/* returns a number for this machine, since machines may share a directory */
static unsigned
machinenumber(void)
{
	const char *s;
	unsigned h;

	h = 5381;
	for (s = pidmachine(); *s; s++)
		h = h * 33 + (unsigned char)*s;
	return h | 1;
}

/* returns when a process was started, in ticks since boot; 0 when there is none, the
 * highest number for one that has ended but is not reaped yet */
static unsigned long long
startof(pid_t pid)
{
	struct pidstat st;
	char name[24];

	snprintf(name, sizeof name, "%ld", (long)pid);
	if (pidstat(name, &st) < 0)
		return 0;
	return st.dead ? ULLONG_MAX : st.start;
}

/* The name .NAME.MACHINE.PID.START.COUNT.tmp tells the files of processes that were
 * killed from those that are being written. */
int
iotemp(int dir, const char *name, char *tmp, size_t tmpsize, mode_t mode)
{
	static unsigned count;
	static unsigned long long start;
	static pid_t self;
	const char *base;
	int fd, len, n;

	base = strrchr(name, '/');
	len = base ? (int)(base + 1 - name) : 0;
	base = name + len;
	if (self != getpid()) {
		self = getpid();
		start = startof(self);
	}
	do {
		n = snprintf(tmp, tmpsize, "%.*s.%.180s.%08x.%ld.%llu.%u.tmp", len,
		    name, base, machinenumber(), (long)self, start, count++);
		if (n < 0 || (size_t)n >= tmpsize) {
			errno = ENAMETOOLONG;
			return -1;
		}
		fd = openat(dir, tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		    mode);
	} while (fd < 0 && errno == EEXIST);
	return fd;
}

int
iostray(const char *name)
{
	const char *from, *p;
	unsigned host, number;
	unsigned long long now, start;
	long pid;
	int dots, end;

	from = name + strlen(name);
	for (dots = 0, p = from; p > name && dots < 5; p--)
		dots += p[-1] == '.';
	end = 0;
	if (dots < 5 || sscanf(p, ".%8x.%ld.%llu.%u.tmp%n", &host, &pid, &start,
	    &number, &end) != 4 || p + end != from)
		return 0;
	if (host != machinenumber() || pid <= 0 || start == 0)
		return 0;
	/* another process may have that pid now; /proc may hide those of other users */
	now = startof((pid_t)pid);
	return now ? now != start : kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}

void
ioclose(int fd)
{
	int e;

	e = errno;
	if (fd >= 0)
		close(fd);
	errno = e;
}

int
iounchanged(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

void
ioabandon(int dir, int fd, const char *tmp)
{
	int e;

	e = errno;
	ioclose(fd);
	unlinkat(dir, tmp, 0);
	errno = e;
}

/* opens the directory that has the name */
static int
openparent(int dir, const char *name)
{
	const char *slash;
	char *path;
	int fd;

	slash = strrchr(name, '/');
	if (slash)
		path = xstrndup(name, slash == name ? 1 : (size_t)(slash - name));
	else
		path = xstrdup(".");
	fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(path);
	return fd;
}

static int
syncparent(int dir, const char *name)
{
	int fd;

	fd = openparent(dir, name);
	return fd < 0 ? -1 : iosettle(fd);
}

void
iorefresh(int dir, const char *name)
{
	ioclose(openparent(dir, name));
}

int
iocommit(int dir, int fd, const char *tmp, const char *name)
{
	if (iosettle(fd) < 0 || renameat(dir, tmp, dir, name) < 0) {
		ioabandon(dir, -1, tmp);
		return -1;
	}
	return syncparent(dir, name);
}

int
ioreplace(int dir, const char *name, const void *p, size_t n, mode_t mode)
{
	char tmp[PATH_MAX];
	int fd;

	fd = iotemp(dir, name, tmp, sizeof tmp, mode);
	if (fd < 0)
		return -1;
	if (iowritefd(fd, p, n) < 0) {
		ioabandon(dir, fd, tmp);
		return -1;
	}
	return iocommit(dir, fd, tmp, name);
}

int
iodraft(int dir, const char *name, const void *p, size_t n, char *tmp,
    size_t tmpsize)
{
	int fd;

	fd = iotemp(dir, name, tmp, tmpsize, 0644);
	if (fd < 0)
		return -1;
	if (iowritefd(fd, p, n) < 0) {
		ioabandon(dir, fd, tmp);
		return -1;
	}
	/* close can report a write that failed late */
	if (close(fd) < 0) {
		ioabandon(dir, -1, tmp);
		return -1;
	}
	return 0;
}

int
iopublish(int tmpdir, const char *tmp, int dir, const char *name)
{
	struct stat st;
	int r;

	/* unlike rename, link replaces no file */
	r = linkat(tmpdir, tmp, dir, name, 0);
	/* when the answer of a file server is lost, the second try finds the link that
	 * the first has made */
	if (r < 0 && errno == EEXIST && fstatat(tmpdir, tmp, &st, 0) == 0 &&
	    st.st_nlink > 1)
		r = 0;
	ioabandon(tmpdir, -1, tmp);
	return r;
}

int
iosyncdir(int dir)
{
	return fsync(dir);
}

int
ioopendir(int dir, const char *name, int create)
{
	if (create && mkdirat(dir, name, 0777) < 0 && errno != EEXIST)
		return -1;
	return openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int
iomkdirs(const char *path)
{
	char *copy, *p;
	int r;

	copy = xstrdup(path);
	r = 0;
	for (p = copy + 1; r == 0 && *copy && (p = strchr(p, '/')); p++) {
		*p = '\0';
		if (mkdir(copy, 0777) < 0 && errno != EEXIST)
			r = -1;
		*p = '/';
	}
	if (r == 0 && mkdir(copy, 0777) < 0 && errno != EEXIST)
		r = -1;
	free(copy);
	return r;
}

int
iolist(int dir, int (*fn)(const char *name, void *arg), void *arg)
{
	struct dirent *de;
	DIR *d;
	int e, fd, r;

	fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	d = fdopendir(fd);
	if (!d) {
		ioclose(fd);
		return -1;
	}
	r = 0;
	while (r == 0 && (errno = 0, de = readdir(d))) {
		if (strcmp(de->d_name, ".") != 0 &&
		    strcmp(de->d_name, "..") != 0)
			r = fn(de->d_name, arg);
	}
	e = errno;
	if (r == 0 && e != 0)
		r = -1;
	closedir(d);
	errno = e;
	return r;
}

int
iolistpath(const char *path, int (*fn)(const char *name, void *arg), void *arg)
{
	int dir, r;

	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return errno == ENOENT ? 0 : -1;
	r = iolist(dir, fn, arg);
	ioclose(dir);
	return r;
}

static int
removeentry(const char *name, void *arg)
{
	return ioremove(*(int *)arg, name);
}

int
ioremove(int dir, const char *name)
{
	int e, fd, r;

	if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -1;
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	r = iolist(fd, removeentry, &fd);
	if (r == 0)
		r = unlinkat(dir, name, AT_REMOVEDIR);
	e = errno;
	/* after unlinkat, which would otherwise free the blocks, for a long time, with
	 * the parent directory locked */
	close(fd);
	errno = e;
	return r < 0 ? -1 : 0;
}

enum { BLOCK = 1 << 20 };

int
iorename(int dir, const char *from, const char *to)
{
	return renameat(dir, from, dir, to);
}

static int
copybytes(int in, int out)
{
	ssize_t r;
	char *block;
	int e;

	block = xmalloc(BLOCK);
	do {
		r = read(in, block, BLOCK);
		if (r > 0 && iowritefd(out, block, (size_t)r) < 0)
			r = -2;
	} while (r > 0 || (r == -1 && errno == EINTR));
	e = errno;
	free(block);
	errno = e;
	return r < 0 ? -1 : 0;
}

static int
copyfile(int fromdir, const char *from, int todir, const char *to)
{
	char tmp[PATH_MAX];
	int in, out, r;

	in = openat(fromdir, from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (in < 0)
		return -1;
	out = iotemp(todir, to, tmp, sizeof tmp, 0644);
	r = -1;
	if (out >= 0 && copybytes(in, out) == 0)
		r = iocommit(todir, out, tmp, to);
	else if (out >= 0)
		ioabandon(todir, out, tmp);
	ioclose(in);
	return r;
}

static int
linkover(int fromdir, const char *from, int todir, const char *to)
{
	char tmp[PATH_MAX];
	int fd, r;

	if (linkat(fromdir, from, todir, to, 0) == 0)
		return 0;
	if (errno != EEXIST)
		return -1;
	/* a name that no other process uses */
	fd = iotemp(todir, to, tmp, sizeof tmp, 0600);
	if (fd < 0)
		return -1;
	ioabandon(todir, fd, tmp);
	r = linkat(fromdir, from, todir, tmp, 0);
	if (r == 0)
		r = renameat(todir, tmp, todir, to);
	/* rename leaves tmp if both are links to the same file */
	if (r == 0)
		unlinkat(todir, tmp, 0);
	else
		ioabandon(todir, -1, tmp);
	return r;
}

int
ioplace(int fromdir, const char *from, int todir, const char *to)
{
	struct stat st;

	if (fstatat(fromdir, from, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	/* a file that others can write to may still change; one that they cannot read is
	 * of no use to them */
	if (st.st_uid == geteuid() && (st.st_mode & 0446) == 0444 &&
	    linkover(fromdir, from, todir, to) == 0)
		return 0;
	return copyfile(fromdir, from, todir, to) < 0 ? -1 : 1;
}

/* files from which on syncing the whole file system takes less time */
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
	/* close can report a write that failed late */
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
