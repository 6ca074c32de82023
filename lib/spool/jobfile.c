#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/lock.h"
#include "base/x.h"
#include "spool/job.h"
#include "spool/spool.h"

enum { JOBMAX = 1 << 20 };	/* bytes of a job's file */

static char *
reasonfor(int e)
{
	if (e == EINVAL)
		return xstrdup("not a regular file");
	if (e == EFBIG)
		return xasprintf("larger than %d bytes", JOBMAX);
	return xstrdup(strerror(e));
}

static int
readtext(const struct spool *sp, enum state st, const char *name, struct buf *b,
    struct stat *file, char **why)
{
	int r;

	if (ioreadstat(sp->states[st], name, JOBMAX, b, file) == 0) {
		bufadd(b, "", 0);
		return 1;
	}
	if (errno == ENOENT)
		return 0;
	r = iotransient(errno) ? -2 : -1;
	*why = reasonfor(errno);
	return r;
}

int
spooltext(const struct spool *sp, enum state st, const char *name,
    struct buf *b, char **why)
{
	struct stat file;

	return readtext(sp, st, name, b, &file, why);
}

int
spoolread(const struct spool *sp, enum state st, const char *name,
    struct job *j, char **why)
{
	struct buf b = {0};
	struct stat file;
	int r;

	r = readtext(sp, st, name, &b, &file, why);
	if (r == 1 && jobparse(j, name, b.s, b.len, why) < 0)
		r = -1;
	if (r == 1) {
		j->mtime = file.st_mtim;
		j->ctime = file.st_ctim.tv_sec;
	}
	buffree(&b);
	return r;
}

/* appends all lines or nothing: when the disk fills up, the next note must not be
 * appended to half a line */
static int
appendlines(int fd, const struct buf *lines)
{
	struct stat st;
	char last;
	int e;

	if (fstat(fd, &st) < 0)
		return -1;
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return -1;
	}
	if (st.st_size > 0) {
		/* an editor may have left the last line without a newline */
		if (pread(fd, &last, 1, st.st_size - 1) != 1)
			return -1;
		if (last != '\n' && iowritefd(fd, "\n", 1) < 0)
			return -1;
	}
	if (iowritefd(fd, lines->s, lines->len) == 0)
		return 0;
	e = errno;
	if (ftruncate(fd, st.st_size) == 0)
		errno = e;
	return -1;
}

/* Appends under a lock, if it can be had soon: over NFS, two machines that append at the
 * same time would write to the same place. sp, whose lock has to be held, may be NULL. */
static int
appendlocked(struct spool *sp, int fd, const struct buf *lines)
{
	int e, locked, r;

	locked = lockbriefly(fd) == 0;
	r = -1;
	if (!sp || spoolheld(sp))
		r = appendlines(fd, lines);
	else
		errno = ENOLCK;
	e = errno;
	if (locked)
		lockend(fd);
	errno = e;
	return r;
}

int
spoolappend(int fd, const struct buf *lines)
{
	return appendlocked(NULL, fd, lines);
}

/* appends lines; returns the descriptor, for a sync; -1 with errno, after a message
 * unless it is ENOENT */
static int
openednote(struct spool *sp, enum state st, const char *name,
    const struct buf *lines)
{
	int fd;

	fd = openat(sp->states[st], name,
	    O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0 && appendlocked(sp, fd, lines) < 0) {
		ioclose(fd);
		fd = -1;
	}
	if (fd < 0 && errno != ENOENT && !sp->lost)
		warn("%s/%s/%s", sp->path, spoolstates[st], name);
	return fd;
}

/* keeps a descriptor for the next spoolsync */
static void
keepunsynced(struct spool *sp, int fd)
{
	if (sp->nnoted < sizeof sp->noted / sizeof sp->noted[0]) {
		sp->noted[sp->nnoted++] = fd;
	} else {
		sp->all = 1;
		close(fd);
	}
}

int
spoolnote(struct spool *sp, enum state st, const char *name,
    const struct buf *lines)
{
	int fd;

	fd = openednote(sp, st, name, lines);
	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	keepunsynced(sp, fd);
	return 1;
}

int
spoolsign(struct spool *sp, enum state st, const char *name,
    const struct buf *lines)
{
	int fd;

	fd = openednote(sp, st, name, lines);
	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	close(fd);
	return 1;
}

int
spoolmake(struct spool *sp, enum state st, const char *name, const char *text)
{
	int fd;

	if (!spoolheld(sp)) {
		errno = ENOLCK;
		return -1;
	}
	fd = openat(sp->states[st], name, O_WRONLY | O_CREAT | O_EXCL |
	    O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return -1;
	if (iowritefd(fd, text, strlen(text)) < 0) {
		ioabandon(sp->states[st], fd, name);
		return -1;
	}
	keepunsynced(sp, fd);
	sp->dirty |= 1u << st;
	return 0;
}
