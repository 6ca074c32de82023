#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cachefile.h"
#include "base/io.h"
#include "base/text.h"
#include "base/x.h"

/* whether an open file begins with the head, so that no more of another is read */
static int
hashead(int fd, const char *head)
{
	char *s;
	size_t n;
	int r;

	n = strlen(head);
	s = xmalloc(n + 1);
	r = pread(fd, s, n, 0) == (ssize_t)n && memcmp(s, head, n) == 0;
	free(s);
	return r;
}

/* whether the last line has the hash of the text above it; removes that line */
static int
checkend(struct buf *b)
{
	enum { END = sizeof "end 0123456789abcdef\n" - 1 };
	char end[END + 1];
	size_t n;

	if (b->len < END)
		return 0;
	n = b->len - END;
	snprintf(end, sizeof end, "end %016" PRIx64 "\n", texthash(b->s, n));
	if (memcmp(b->s + n, end, END) != 0)
		return 0;
	b->s[n] = '\0';
	b->len = n;
	return 1;
}

int
cachefileread(const char *path, const char *head, size_t max, struct buf *b)
{
	struct stat st;
	int fd, r;

	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -1;
	r = -1;
	/* other users could write anything into their files */
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
	    (unsigned long long)st.st_size <= max && hashead(fd, head)) {
		bufroom(b, (size_t)st.st_size + 4096);
		r = ioreadfd(fd, max, b);
	}
	close(fd);
	return r == 0 && checkend(b) && b->len >= strlen(head) ? 0 : -1;
}

void
cachefilewrite(const char *path, struct buf *b)
{
	char tmp[PATH_MAX];
	int fd;

	buffmt(b, "end %016" PRIx64 "\n", texthash(b->s, b->len));
	fd = iotemp(AT_FDCWD, path, tmp, sizeof tmp, 0600);
	if (fd < 0)
		return;
	/* without a sync, which would take longer than all else: the hash tells what a
	 * crash has left */
	if (iowritefd(fd, b->s, b->len) < 0 ||
	    iorename(AT_FDCWD, tmp, path) < 0)
		ioabandon(AT_FDCWD, fd, tmp);
	else
		close(fd);
}
