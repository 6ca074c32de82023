#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/lock.h"
#include "base/text.h"
#include "base/x.h"
#include "spool/spool.h"

enum { STALE = 24 * 60 * 60 };	/* seconds until a file in tmp/ is swept */

const char *const spoolstates[NSTATE] = {
	[NEW] = "new",
	[WAIT] = "wait",
	[READY] = "ready",
	[RUN] = "run",
	[BUILT] = "built",
	[DONE] = "done",
	[FAIL] = "fail",
	[CANCEL] = "cancel",
};

static int
sweepfile(const char *name, void *arg)
{
	struct spool *sp = arg;
	struct stat st;

	if ((iostray(name) || (fstatat(sp->tmp, name, &st,
	    AT_SYMLINK_NOFOLLOW) == 0 && time(NULL) - st.st_mtime > STALE)) &&
	    ioremove(sp->tmp, name) < 0)
		warn("%s/tmp/%s", sp->path, name);
	return 0;
}

void
spoolsweep(struct spool *sp)
{
	if (iolist(sp->tmp, sweepfile, sp) < 0)
		warn("%s/tmp", sp->path);
}

/* Returns whether not everybody can write to a directory of the spool, else after a
 * message: a job there decides what is built, and enters the repository. */
static int
isprivate(const struct spool *sp, int fd, const char *name)
{
	struct stat st;

	if (fstat(fd, &st) < 0) {
		warn("%s/%s", sp->path, name);
		return 0;
	}
	if (st.st_mode & S_IWOTH)
		warnx("%s/%s: everybody can write to it: chmod o-w", sp->path,
		    name);
	return !(st.st_mode & S_IWOTH);
}

/* says that a directory of the spool, or all of it with "", cannot be opened */
static void
warnopen(const struct spool *sp, const char *name)
{
	const char *slash = *name ? "/" : "";

	if (errno == ENOENT)
		warnx("%s%s%s: %s: no spool is here: spiff-enqueue makes one", sp->path,
		    slash, name, strerror(errno));
	else
		warn("%s%s%s", sp->path, slash, name);
}

static int
openpart(struct spool *sp, const char *name, int create)
{
	struct stat st;
	int fd;

	if (create && mkdirat(sp->dir, name, 0777) < 0 && errno != EEXIST) {
		warn("%s/%s", sp->path, name);
		return -1;
	}
	fd = openat(sp->dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && (errno == ENOTDIR || errno == ELOOP) &&
	    fstatat(sp->dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISLNK(st.st_mode)) {
		warnx("%s/%s: is a link", sp->path, name);
	} else if (fd < 0) {
		warnopen(sp, name);
	} else if (!isprivate(sp, fd, name)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static int
openparts(struct spool *sp, int create)
{
	int i;

	if (!isprivate(sp, sp->dir, ""))
		return -1;

	for (i = 0; i < NSTATE; i++) {
		sp->states[i] = openpart(sp, spoolstates[i], create);
		if (sp->states[i] < 0)
			return -1;
	}
	sp->tmp = openpart(sp, "tmp", create);
	sp->incoming = openpart(sp, "incoming", create);
	sp->log = openpart(sp, "log", create);
	return sp->tmp < 0 || sp->incoming < 0 || sp->log < 0 ? -1 : 0;
}

int
spoolopen(struct spool *sp, const char *path, int create)
{
	int i;

	sp->path = xstrdup(path);
	sp->dirty = 0;
	sp->nnoted = 0;
	sp->all = 0;
	sp->lock = -1;
	sp->lost = 0;
	sp->tmp = sp->incoming = sp->log = -1;
	for (i = 0; i < NSTATE; i++)
		sp->states[i] = -1;
	sp->dir = -1;
	if (!create || iomkdirs(path) == 0)
		sp->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (sp->dir < 0)
		warnopen(sp, "");
	if (sp->dir < 0 || openparts(sp, create) < 0) {
		spoolclose(sp);
		return -1;
	}
	if (create)
		spoolsweep(sp);
	return 0;
}

void
spoolclose(struct spool *sp)
{
	int i;

	while (sp->nnoted > 0)
		close(sp->noted[--sp->nnoted]);
	for (i = 0; i < NSTATE; i++)
		ioclose(sp->states[i]);
	ioclose(sp->tmp);
	ioclose(sp->incoming);
	ioclose(sp->log);
	ioclose(sp->dir);
	free(sp->path);
}

void
spoolfence(struct spool *sp, int lock, int dir, const char *name)
{
	sp->lock = lock;
	sp->lockdir = dir;
	sp->lockname = name;
	sp->lost = 0;
}

int
spoolheld(struct spool *sp)
{
	const char *under;

	if (sp->lost || sp->lock < 0 ||
	    lockagain(sp->lock, sp->lockdir, sp->lockname) == 0)
		return !sp->lost;
	under = sp->lockdir == sp->incoming ? "incoming/" : "";
	if (errno == ENOENT)
		warnx("%s/%s%s: is not the file that this process has locked",
		    sp->path, under, sp->lockname);
	else
		warn("%s/%s%s: lost", sp->path, under, sp->lockname);
	sp->lost = 1;
	return 0;
}

static int
isreplaced(int fd, int dir, const char *name)
{
	struct stat a, b;

	/* only the spool's own path may be a link */
	return fstat(fd, &a) < 0 || fstatat(dir, name, &b,
	    dir == AT_FDCWD ? 0 : AT_SYMLINK_NOFOLLOW) < 0 ||
	    a.st_dev != b.st_dev || a.st_ino != b.st_ino;
}

int
spoolgone(const struct spool *sp)
{
	int i;

	for (i = 0; i < NSTATE; i++) {
		if (isreplaced(sp->states[i], sp->dir, spoolstates[i]))
			return 1;
	}
	return isreplaced(sp->dir, AT_FDCWD, sp->path) ||
	    isreplaced(sp->tmp, sp->dir, "tmp") || isreplaced(sp->log, sp->dir, "log") ||
	    isreplaced(sp->incoming, sp->dir, "incoming");
}

int
spooldraft(struct spool *sp, const char *name, const char *text, size_t len,
    char *tmp, size_t tmpsize)
{
	if (iodraft(sp->tmp, name, text, len, tmp, tmpsize) < 0) {
		warn("%s/tmp: %s", sp->path, name);
		return -1;
	}
	return 0;
}

int
spoolsyncdrafts(const struct spool *sp, const char *const *tmps, size_t n)
{
	size_t failed;

	if (iosyncfiles(sp->tmp, tmps, n, &failed) < 0) {
		warn("%s/tmp/%s", sp->path, tmps[failed]);
		return -1;
	}
	return 0;
}

int
spoolpublish(struct spool *sp, const char *tmp, enum state to,
    const char *name)
{
	if (!name) {
		ioabandon(sp->tmp, -1, tmp);
		return 0;
	}
	if (!spoolheld(sp)) {
		ioabandon(sp->tmp, -1, tmp);
		return -1;
	}
	if (iopublish(sp->tmp, tmp, sp->states[to], name) < 0) {
		if (errno == EEXIST)
			return 0;
		warn("%s/%s/%s", sp->path, spoolstates[to], name);
		return -1;
	}
	sp->dirty |= 1u << to;
	return 1;
}

int
spoolrename(struct spool *sp, enum state from, const char *name,
    enum state to, const char *as)
{
	struct stat st;

	if (!spoolheld(sp)) {
		errno = ENOLCK;
		return -1;
	}
	if (renameat(sp->states[from], name, sp->states[to], as) < 0) {
		if (errno != ENOENT)
			return -1;
		/* when the answer of a file server is lost, the second try finds
		 * that the first has moved it */
		if (fstatat(sp->states[to], as, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return errno == ENOENT ? 0 : -1;
	}
	sp->dirty |= 1u << from | 1u << to;
	return 1;
}

int
spoolmove(struct spool *sp, enum state from, enum state to, const char *name)
{
	int r;

	r = spoolrename(sp, from, name, to, name);
	if (r < 0 && !sp->lost)
		warn("%s: %s to %s: %s", sp->path, spoolstates[from],
		    spoolstates[to], name);
	return r;
}

int
spoolcancel(struct spool *sp, enum state from, const char *name)
{
	int r;

	r = spoolmove(sp, from, CANCEL, name);
	if (r == 1 && (spooldrop(sp, DONE, name) < 0 || spooldrop(sp, FAIL, name) < 0))
		return -1;
	return r;
}

int
spooldrop(struct spool *sp, enum state st, const char *name)
{
	if (!spoolheld(sp))
		return -1;
	if (unlinkat(sp->states[st], name, 0) < 0) {
		if (errno == ENOENT)
			return 0;
		warn("%s/%s/%s", sp->path, spoolstates[st], name);
		return -1;
	}
	sp->dirty |= 1u << st;
	return 1;
}

int
spoolunsynced(const struct spool *sp)
{
	return sp->dirty || sp->nnoted || sp->all;
}

/* syncs the notes, before the moves that they explain */
static int
syncnotes(struct spool *sp)
{
	int fd, r;

	r = 0;
	if (sp->all) {
		r = iosyncall(sp->dir);
		if (r == 0)
			sp->dirty = 0;
	}
	while (sp->nnoted > 0) {
		fd = sp->noted[--sp->nnoted];
		if (!sp->all && iosync(fd) < 0)
			r = -1;
		close(fd);
	}
	if (r < 0)
		warn("%s", sp->path);
	sp->all = r < 0;
	return r;
}

int
spoolsync(struct spool *sp)
{
	int i, r;

	r = syncnotes(sp);
	for (i = 0; i < NSTATE; i++) {
		if (!(sp->dirty & 1u << i))
			continue;
		if (iosyncdir(sp->states[i]) < 0) {
			warn("%s/%s", sp->path, spoolstates[i]);
			r = -1;
		} else {
			sp->dirty &= ~(1u << i);
		}
	}
	return r;
}

void
spoolrefresh(const struct spool *sp)
{
	int i;

	for (i = 0; i < NSTATE; i++)
		iorefresh(sp->states[i], ".");
}

enum state
spoolfind(const struct spool *sp, const char *name, unsigned states)
{
	struct stat st;
	int e, i;

	e = ENOENT;
	for (i = 0; i < NSTATE; i++) {
		if (!(states & 1u << i))
			continue;
		if (fstatat(sp->states[i], name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			return (enum state)i;
		if (errno != ENOENT)
			e = errno;
	}
	errno = e;
	return NSTATE;
}

struct list {
	char **names;
	size_t n;
};

static int
addname(const char *name, void *arg)
{
	struct list *l = arg;

	if (*name == '.')
		return 0;
	l->names = xgrow(l->names, l->n, sizeof *l->names);
	l->names[l->n++] = xstrdup(name);
	return 0;
}

int
spoollist(const struct spool *sp, enum state st, char ***names, size_t *n)
{
	struct list l = {0};

	if (iolist(sp->states[st], addname, &l) < 0) {
		warn("%s/%s", sp->path, spoolstates[st]);
		spoollistfree(l.names, l.n);
		return -1;
	}
	if (l.n)
		qsort(l.names, l.n, sizeof *l.names, textcompare);
	*names = l.names;
	*n = l.n;
	return 0;
}

void
spoollistfree(char **names, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(names[i]);
	free(names);
}
