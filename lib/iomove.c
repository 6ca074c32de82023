#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"
#include "x.h"

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
copy(int fromdir, const char *from, int todir, const char *to)
{
	char tmp[PATH_MAX];
	int e, in, out, r;

	in = openat(fromdir, from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (in < 0)
		return -1;
	out = iotemp(todir, to, tmp, sizeof tmp, 0644);
	r = -1;
	if (out >= 0 && copybytes(in, out) == 0)
		r = iocommit(todir, out, tmp, to);
	else if (out >= 0)
		ioabandon(todir, out, tmp);
	e = errno;
	close(in);
	errno = e;
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
	/* the name of a new file, so that two who do this never share one */
	fd = iotemp(todir, to, tmp, sizeof tmp, 0600);
	if (fd < 0)
		return -1;
	ioabandon(todir, fd, tmp);
	r = linkat(fromdir, from, todir, tmp, 0);
	if (r == 0)
		r = renameat(todir, tmp, todir, to);
	/* when both are the same file already, rename leaves both names */
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
	/* what others can write to may change after it was looked at; what they
	 * cannot read is of no use */
	if (st.st_uid == geteuid() && (st.st_mode & 0446) == 0444 &&
	    linkover(fromdir, from, todir, to) == 0)
		return 0;
	return copy(fromdir, from, todir, to) < 0 ? -1 : 1;
}
