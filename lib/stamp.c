#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "stamp.h"

enum { MAXDEPTH = 16 };

static uint64_t
mix(uint64_t h, uint64_t x)
{
	h = (h ^ x) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

uint64_t
stamptext(const void *p, size_t n)
{
	const unsigned char *s = p;
	uint64_t h, x;

	h = n;
	for (; n >= sizeof x; n -= sizeof x, s += sizeof x) {
		memcpy(&x, s, sizeof x);
		h = mix(h, x);
	}
	x = 0;
	memcpy(&x, s, n);
	return mix(mix(h, x), n);
}

uint64_t
stampfile(const struct stat *st)
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

static uint64_t inside(int, const char *, int, int);

/* the number of one entry; of a link that of the file it leads to as well */
static uint64_t
entry(int dir, const char *name, int depth, int filesonly)
{
	struct stat st, to;
	uint64_t h;

	h = stamptext(name, strlen(name));
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return h;
	if (filesonly && S_ISDIR(st.st_mode))
		return 0;
	h = mix(h, stampfile(&st));
	if (S_ISLNK(st.st_mode) && fstatat(dir, name, &to, 0) == 0)
		h = mix(h, stampfile(&to));
	else if (S_ISDIR(st.st_mode) && depth > 0)
		h = mix(h, inside(openat(dir, name, O_RDONLY | O_DIRECTORY |
		    O_NOFOLLOW | O_CLOEXEC), NULL, depth - 1, 0));
	return h;
}

/* the sum of a directory's entries, as their order must not count; closes fd */
static uint64_t
inside(int fd, const char *skip, int depth, int filesonly)
{
	struct dirent *de;
	uint64_t sum;
	DIR *d;

	d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	for (sum = 0; (de = readdir(d)); ) {
		if (strcmp(de->d_name, ".") != 0 &&
		    strcmp(de->d_name, "..") != 0 &&
		    (!skip || strcmp(de->d_name, skip) != 0))
			sum += entry(fd, de->d_name, depth, filesonly);
	}
	closedir(d);
	return sum;
}

uint64_t
stamptree(const char *path, const char *skip)
{
	int fd;

	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return entry(AT_FDCWD, path, 0, 0);
	return inside(fd, skip, MAXDEPTH, 0);
}

uint64_t
stampfiles(const char *path)
{
	return inside(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), NULL, 0,
	    1);
}

/* A file system may tell times in whole seconds, or two; the kernel's clock for
 * them moves every 10 ms at the slowest. */
int
stamplately(const struct stat *st)
{
	struct timespec now;
	int64_t age;

	clock_gettime(CLOCK_REALTIME, &now);
	age = ((int64_t)now.tv_sec - st->st_ctim.tv_sec) * 1000 +
	    (now.tv_nsec - st->st_ctim.tv_nsec) / 1000000;
	return age < (st->st_ctim.tv_nsec == 0 ? 3000 : 50);
}
