#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/text.h"
#include "tree/fingerprint.h"

enum {
	MAXDEPTH = 16,
	MAXFILE = 256 << 20	/* bytes */
};

/* what to number */
struct what {
	int deep;		/* by contents */
	const char *skip;	/* an entry of the top, or NULL */
};

static uint64_t
mix(uint64_t h, uint64_t x)
{
	h = (h ^ x) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

uint64_t
fingerprintfile(const struct stat *st)
{
	uint64_t h;

	h = mix(0, (uint64_t)st->st_mtim.tv_sec);
	h = mix(h, (uint64_t)st->st_mtim.tv_nsec);
	h = mix(h, (uint64_t)st->st_ctim.tv_sec);
	h = mix(h, (uint64_t)st->st_ctim.tv_nsec);
	h = mix(h, (uint64_t)st->st_size);
	h = mix(h, (uint64_t)st->st_mode);
	return mix(h, (uint64_t)st->st_ino);
}

/* returns the number of a file's contents; of its status if it is no regular file or
 * cannot be read */
static uint64_t
contentsof(int dir, const char *name, const struct stat *st)
{
	struct buf b = {0};
	uint64_t h;
	int fd;

	h = fingerprintfile(st);
	if (!S_ISREG(st->st_mode))
		return h;
	fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return h;
	if (ioreadfd(fd, MAXFILE, &b) == 0)
		h = mix(texthash(b.s, b.len), st->st_mode & (S_IFMT | S_IXUSR));
	close(fd);
	buffree(&b);
	return h;
}

/* returns the number of a link and of the file that it leads to */
static uint64_t
linkof(int dir, const char *name, const struct stat *st, int deep)
{
	char target[PATH_MAX];
	struct stat to;
	uint64_t h;
	ssize_t n;

	if (deep) {
		n = readlinkat(dir, name, target, sizeof target);
		h = texthash(target, n < 0 ? 0 : (size_t)n);
	} else {
		h = fingerprintfile(st);
	}
	if (fstatat(dir, name, &to, 0) < 0)
		return h;
	return mix(h, deep ? contentsof(dir, name, &to) : fingerprintfile(&to));
}

static uint64_t directoryof(int, const struct what *, int);

static uint64_t
entryof(int dir, const char *name, const struct what *w, int depth)
{
	const char *base;
	struct stat st;
	uint64_t h;

	base = strrchr(name, '/');
	base = base ? base + 1 : name;
	h = texthash(base, strlen(base));
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return h;
	if (S_ISLNK(st.st_mode))
		return mix(h, linkof(dir, name, &st, w->deep));
	if (!S_ISDIR(st.st_mode))
		return mix(h, w->deep ? contentsof(dir, name, &st) :
		    fingerprintfile(&st));
	if (!w->deep)
		h = mix(h, fingerprintfile(&st));
	if (depth > 0)
		h = mix(h, directoryof(openat(dir, name, O_RDONLY | O_DIRECTORY |
		    O_NOFOLLOW | O_CLOEXEC), &(struct what){ .deep = w->deep },
		    depth - 1));
	return h;
}

static int
isskipped(const char *name, const struct what *w)
{
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return 1;
	return w->skip && strcmp(name, w->skip) == 0;
}

/* returns the sum of the numbers of a directory's entries, whatever their order; closes
 * fd */
static uint64_t
directoryof(int fd, const struct what *w, int depth)
{
	struct dirent *de;
	uint64_t sum;
	DIR *d;

	d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		ioclose(fd);
		return 0;
	}
	for (sum = 0; (de = readdir(d)); ) {
		if (!isskipped(de->d_name, w))
			sum += entryof(fd, de->d_name, w, depth);
	}
	closedir(d);
	return sum;
}

uint64_t
fingerprinttree(const char *path, const char *skip, int deep)
{
	const struct what w = { .deep = deep, .skip = skip };
	int fd;

	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return entryof(AT_FDCWD, path, &w, 0);
	return directoryof(fd, &w, MAXDEPTH);
}

/* Some file systems have times in steps of two seconds; for the others the kernel's
 * clock goes in steps of at most 10 ms. */
int
fingerprintlately(const struct stat *st)
{
	struct timespec now;
	int64_t age;

	clock_gettime(CLOCK_REALTIME, &now);
	age = ((int64_t)now.tv_sec - st->st_ctim.tv_sec) * 1000 +
	    (now.tv_nsec - st->st_ctim.tv_nsec) / 1000000;
	return age < (st->st_ctim.tv_nsec == 0 ? 3000 : 50);
}
