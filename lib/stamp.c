#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "io.h"
#include "stamp.h"

enum { MAXDEPTH = 16 };

struct walk {
	int dir;
	const char *skip;
	int depth;		/* how much deeper it may go */
	uint64_t sum;
};

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

static int below(const char *, void *);

/* adds one entry; the order in which a directory has them must not count */
static void
add(struct walk *w, const char *name)
{
	struct walk sub = { .depth = w->depth - 1 };
	struct stat st;
	uint64_t h;

	h = stamptext(name, strlen(name));
	if (fstatat(w->dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		w->sum += h;
		return;
	}
	h = mix(h, stampfile(&st));
	if (S_ISLNK(st.st_mode) && fstatat(w->dir, name, &st, 0) == 0)
		h = mix(h, stampfile(&st));
	else if (S_ISDIR(st.st_mode) && w->depth > 0) {
		sub.dir = openat(w->dir, name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (sub.dir >= 0) {
			iolist(sub.dir, below, &sub);
			close(sub.dir);
		}
		h = mix(h, sub.sum);
	}
	w->sum += h;
}

static int
below(const char *name, void *arg)
{
	struct walk *w = arg;

	if (!w->skip || strcmp(name, w->skip) != 0)
		add(w, name);
	return 0;
}

static int
onlyfile(const char *name, void *arg)
{
	struct walk *w = arg;
	struct stat st;

	if (fstatat(w->dir, name, &st, 0) == 0 && S_ISREG(st.st_mode))
		add(w, name);
	return 0;
}

static uint64_t
walk(int dir, const char *name, struct walk *w,
    int (*fn)(const char *, void *))
{
	w->dir = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (w->dir < 0) {
		w->dir = dir;
		add(w, name);
		return w->sum;
	}
	iolist(w->dir, fn, w);
	close(w->dir);
	return w->sum;
}

uint64_t
stamptree(int dir, const char *name, const char *skip)
{
	struct walk w = { .skip = skip, .depth = MAXDEPTH };

	return walk(dir, name, &w, below);
}

uint64_t
stampfiles(int dir, const char *name)
{
	struct walk w = {0};

	return walk(dir, name, &w, onlyfile);
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
