#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "clean/leftover.h"

struct walk {
	int dir;
	int dry;
	int all;
	int64_t bytes;
};

static int dropany(struct walk *up, const char *name);

static int
dropentry(const char *name, void *arg)
{
	return dropany(arg, name);
}

/* opens a directory to empty it, after giving it permissions, which builds may have taken
 * away */
static int
opendrop(const struct walk *w, const char *name)
{
	int fd;

	fd = openat(w->dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == EACCES && !w->dry &&
	    fchmodat(w->dir, name, 0700, 0) == 0)
		fd = openat(w->dir, name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd;
}

static int
droptree(struct walk *up, const char *name, mode_t mode)
{
	struct walk w = { .dry = up->dry, .all = up->all };
	int r;

	w.dir = opendrop(up, name);
	if (w.dir < 0)
		return -1;
	r = up->dry || (mode & 0300) == 0300 ? 0 : fchmod(w.dir, mode | 0700);
	if (r == 0)
		r = iolist(w.dir, dropentry, &w);
	up->bytes += w.bytes;
	ioclose(w.dir);
	if (r == 0 && !up->dry)
		r = unlinkat(up->dir, name, AT_REMOVEDIR);
	return r;
}

static int
dropany(struct walk *up, const char *name)
{
	struct stat st;

	if (fstatat(up->dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -1;
	/* removing one of several links frees nothing */
	if (S_ISDIR(st.st_mode) || st.st_nlink == 1)
		up->bytes += (int64_t)st.st_blocks * 512;
	else if (up->all)
		up->bytes += (int64_t)st.st_blocks * 512 / (int64_t)st.st_nlink;
	if (S_ISDIR(st.st_mode))
		return droptree(up, name, st.st_mode & 07777);
	return up->dry ? 0 : unlinkat(up->dir, name, 0);
}

void
leftoverdrop(struct leftovers *l, const char *kind, int dir, const char *name,
    const char *path)
{
	struct walk w = { .dir = dir, .dry = l->dry, .all = l->all };
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT)
		return;
	if (dropany(&w, name) < 0) {
		warn("%s", path);
		l->failed = 1;
		return;
	}
	l->bytes += w.bytes;
	l->n++;
	l->said(kind, path, w.bytes);
}

int
leftoverold(const struct leftovers *l, int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    st.st_mtime < l->before;
}

int
leftoverunread(const struct leftovers *l, int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    st.st_ctime < l->before && st.st_atime < l->before;
}

int
leftoverlist(const char *path, int *dir, int (*fn)(const char *name, void *arg),
    void *arg)
{
	int r;

	*dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*dir < 0 && errno == ENOENT)
		return 0;
	r = *dir < 0 ? -1 : iolist(*dir, fn, arg);
	if (r < 0)
		warn("%s", path);
	ioclose(*dir);
	return r < 0 ? -1 : 0;
}
