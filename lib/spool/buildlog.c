#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/text.h"
#include "base/x.h"
#include "spool/buildlog.h"
#include "spool/job.h"
#include "spool/spool.h"

enum { STEP = 1 << 18, LINEMAX = 4096, HEADMAX = 1 << 20 };

struct buildlogzip {
	char *log, *packed;	/* names in log/ */
	char tmp[512];		/* in log/ too; "": there is none */
	char *path;		/* of the spool, for messages */
	int dir, in;
	gzFile gz;
};

static int
openwriting(const struct spool *sp, const char *job, int flag)
{
	char *name;
	int fd;

	name = xasprintf("%s.log", job);
	fd = openat(sp->log, name, O_WRONLY | O_CREAT | O_APPEND | flag |
	    O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0644);
	if (fd < 0)
		warn("%s/log/%s", sp->path, name);
	free(name);
	return fd;
}

int
buildlogopen(const struct spool *sp, const char *job)
{
	return openwriting(sp, job, O_TRUNC);
}

int
buildlogreopen(const struct spool *sp, const char *job)
{
	return openwriting(sp, job, 0);
}

static int
statlog(const struct spool *sp, const char *job, struct stat *st)
{
	char *name;
	int r;

	name = xasprintf("%s.log", job);
	r = fstatat(sp->log, name, st, AT_SYMLINK_NOFOLLOW);
	free(name);
	return r;
}

int
buildlogistaken(const struct spool *sp, const char *job)
{
	struct stat st;

	return statlog(sp, job, &st) == 0 &&
	    (!S_ISREG(st.st_mode) || st.st_uid != geteuid());
}

int64_t
buildlogsize(const struct spool *sp, const char *job)
{
	struct stat st;

	return statlog(sp, job, &st) < 0 ? 0 : st.st_size;
}

static int
readtail(int fd, size_t max, struct buf *b)
{
	struct stat st;
	off_t from;

	if (fstat(fd, &st) < 0)
		return -1;
	from = st.st_size > (off_t)max ? st.st_size - (off_t)max : 0;
	if (lseek(fd, from, SEEK_SET) < 0)
		return -1;
	/* it may have grown meanwhile beyond max */
	if (ioreadfd(fd, max, b) < 0 && errno != EFBIG)
		return -1;
	return 0;
}

static int
openreading(const struct spool *sp, const char *job, const char *suffix)
{
	char *name;
	int fd;

	name = xasprintf("%s%s", job, suffix);
	fd = openat(sp->log, name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	free(name);
	return fd;
}

/* removes the first n bytes and returns how many lines ended in them */
static size_t
dropbytes(struct buf *b, size_t n)
{
	const char *end, *p;
	size_t lines;

	lines = 0;
	for (p = b->s, end = p + n; (p = memchr(p, '\n', (size_t)(end - p))); p++)
		lines++;
	memmove(b->s, b->s + n, b->len - n);
	b->len -= n;
	return lines;
}

/* reads all of the log and keeps the end, since gzip cannot be read backwards, and
 * lines are counted from the beginning */
int
buildlogtail(const struct spool *sp, const char *job, size_t max, struct buf *b,
    size_t *before)
{
	const char *line;
	gzFile gz;
	int fd, n;

	fd = openreading(sp, job, ".log");
	if (fd < 0)
		fd = openreading(sp, job, ".log.gz");
	if (fd < 0)
		return -1;
	gz = gzdopen(fd, "r");
	if (!gz) {
		close(fd);
		return -1;
	}
	*before = 0;
	while ((n = gzread(gz, bufroom(b, STEP), STEP)) > 0) {
		b->len += (size_t)n;
		if (b->len > 2 * max + STEP)
			*before += dropbytes(b, b->len - max - 1);
	}
	gzclose(gz);
	bufadd(b, "", 0);
	if (b->len > max) {
		/* the byte before the last max ones tells whether a line begins */
		line = memchr(b->s + b->len - max - 1, '\n', max);
		*before += dropbytes(b, line ? (size_t)(line + 1 - b->s) :
		    b->len - max);
		bufadd(b, "", 0);
	}
	if (n < 0)
		errno = EINVAL;
	return n < 0 ? -1 : 0;
}

/* appends the end of a log that is not packed, without the newlines at its end */
static void
readend(const struct spool *sp, const char *job, struct buf *b)
{
	int fd;

	fd = openreading(sp, job, ".log");
	if (fd >= 0) {
		if (readtail(fd, LINEMAX, b) < 0)
			warn("%s/log/%s.log", sp->path, job);
		close(fd);
	}
	bufadd(b, "", 0);
	while (b->len > 0 && (b->s[b->len - 1] == '\n' || !b->s[b->len - 1]))
		b->s[--b->len] = '\0';
}

/* cuts the last line off a text and returns it, "" when there is none; it lives as long
 * as the text */
static char *
cutlastline(struct buf *b)
{
	char *s;

	for (s = b->s + b->len; s > b->s && s[-1] != '\n'; s--)
		;
	b->len = 0;
	if (s > b->s) {
		b->len = (size_t)(s - 1 - b->s);
		b->s[b->len] = '\0';
	}
	return s;
}

const char *
buildlogwords(struct buf *said)
{
	return textlast(said, "spiff-build: ");
}

int64_t
buildlogchroot(const struct spool *sp, const char *job)
{
	enum { LONGEST = 1000000 };	/* seconds */
	static const char begun[] = "\nspiff-build: making the chroot\n",
	    made[] = "\nspiff-build: made the chroot in ";
	struct buf b = {0};
	const char *s, *work;
	int64_t n;
	int fd;

	fd = openreading(sp, job, ".log");
	if (fd < 0)
		return 0;
	if (ioreadfd(fd, HEADMAX, &b) < 0 && errno != EFBIG)
		warn("%s/log/%s.log", sp->path, job);
	close(fd);
	bufadd(&b, "", 0);
	/* the package may print the same once xbps-src is at work */
	s = strstr(b.s, begun);
	work = strstr(b.s, "\n=> ");
	if (s && work && work < s)
		s = NULL;
	n = s ? -1 : 0;
	s = s ? strstr(s, made) : NULL;
	if (s)
		n = strtol(s + sizeof made - 1, NULL, 10);
	buffree(&b);
	return n < -1 || n > LONGEST ? 0 : n;
}

char *
buildloglast(const struct spool *sp, const char *job)
{
	struct buf b = {0};
	char *line;

	readend(sp, job, &b);
	line = xstrdup(cutlastline(&b));
	buffree(&b);
	return line;
}

char *
buildlogsaid(const struct spool *sp, const char *job, const char *name)
{
	struct buf b = {0};
	char *label, *p, *value;

	readend(sp, job, &b);
	label = xasprintf("\nspiff-build: %s ", name);
	value = NULL;
	for (p = b.s; (p = strstr(p, label));) {
		p += strlen(label);
		free(value);
		value = xstrndup(p, strcspn(p, "\n"));
	}
	free(label);
	buffree(&b);
	return value;
}

/* returns what follows "spiff-NAME: " in a line, NULL if the line is no program's of
 * spiff */
static const char *
spiffline(const char *line)
{
	const char *p;

	if (strncmp(line, "spiff-", 6) != 0)
		return NULL;
	p = line + 6 + strspn(line + 6, "abcdefghijklmnopqrstuvwxyz");
	return strncmp(p, ": ", 2) == 0 ? p + 2 : NULL;
}

static void
prependcommit(struct buildlogverdict *v, const char *commit)
{
	v->commits = xgrow(v->commits, v->ncommits, sizeof *v->commits);
	memmove(v->commits + 1, v->commits, v->ncommits * sizeof *v->commits);
	v->commits[0] = xstrdup(commit);
	v->ncommits++;
}

void
buildlogverdict(const struct spool *sp, const char *job, struct buildlogverdict *v)
{
	struct buf b = {0};
	struct jobcommit c;
	const char *line;

	memset(v, 0, sizeof *v);
	readend(sp, job, &b);
	line = spiffline(cutlastline(&b));
	v->reason = line ? xstrdup(line) : NULL;
	while (line && b.len > 0 && (line = spiffline(cutlastline(&b)))) {
		if (strncmp(line, "class ", 6) == 0 && !v->class)
			v->class = xstrdup(line + 6);
		else if (strncmp(line, "logline ", 8) == 0)
			v->line = strtol(line + 8, NULL, 10);
		else if (strncmp(line, "commit ", 7) == 0 &&
		    jobcommit(&c, line + 7) == 0)
			prependcommit(v, line + 7);
	}
	buffree(&b);
}

void
buildlogverdictfree(struct buildlogverdict *v)
{
	while (v->ncommits > 0)
		free(v->commits[--v->ncommits]);
	free(v->commits);
	free(v->class);
	free(v->reason);
}

void
buildlogzipdel(struct buildlogzip *z)
{
	if (z->gz)
		gzclose(z->gz);
	ioclose(z->in);
	if (*z->tmp)
		ioabandon(z->dir, -1, z->tmp);
	free(z->log);
	free(z->packed);
	free(z->path);
	free(z);
}

struct buildlogzip *
buildlogzip(const struct spool *sp, const char *job)
{
	struct buildlogzip *z;
	int fd;

	z = xcalloc(1, sizeof *z);
	z->dir = sp->log;
	z->path = xstrdup(sp->path);
	z->log = xasprintf("%s.log", job);
	z->packed = xasprintf("%s.log.gz", job);
	z->in = openreading(sp, job, ".log");
	if (z->in < 0 && errno == ENOENT) {
		buildlogzipdel(z);
		return NULL;
	}
	fd = z->in < 0 ? -1 :
	    iotemp(z->dir, z->packed, z->tmp, sizeof z->tmp, 0644);
	z->gz = fd < 0 ? NULL : gzdopen(fd, "w6");
	if (!z->gz) {
		warn("%s/log/%s", z->path, z->packed);
		ioclose(fd);
		buildlogzipdel(z);
		return NULL;
	}
	return z;
}

static int
zippiece(struct buildlogzip *z)
{
	static char piece[STEP];
	ssize_t n;

	while ((n = read(z->in, piece, sizeof piece)) < 0 && errno == EINTR)
		;
	if (n < 0)
		return -1;
	/* zlib sets no errno when the disk is full */
	errno = EIO;
	if (n > 0)
		return gzwrite(z->gz, piece, (unsigned)n) == n ? 1 : -1;
	return 0;
}

int
buildlogzipstep(struct buildlogzip *z)
{
	int r;

	r = zippiece(z);
	if (r == 0) {
		errno = EIO;
		r = gzclose(z->gz) == Z_OK ? 0 : -1;
		z->gz = NULL;
		close(z->in);
		z->in = -1;
	}
	if (r < 0) {
		warn("%s/log/%s", z->path, z->packed);
		buildlogzipdel(z);
	}
	return r;
}

/* Syncs the packed logs; removes one for which that fails, after a message. */
static void
syncpacked(const struct spool *sp, struct buildlogzip *const *list, size_t n)
{
	const char **tmps;
	size_t failed, i;
	int r;

	tmps = xcalloc(n, sizeof *tmps);
	for (i = 0; i < n; i++)
		tmps[i] = list[i]->tmp;
	r = iosyncfiles(sp->log, tmps, n, &failed);
	/* one that cannot be synced must not hold up the others */
	for (i = 0; r < 0 && i < n; i++) {
		if (iosyncfiles(sp->log, &tmps[i], 1, &failed) == 0)
			continue;
		warn("%s/log/%s", sp->path, list[i]->packed);
		ioabandon(sp->log, -1, list[i]->tmp);
		*list[i]->tmp = '\0';
	}
	free(tmps);
}

/* Renames a packed log to its place: 1 done, 0 after a message. */
static int
installpacked(const struct spool *sp, struct buildlogzip *z)
{
	if (!*z->tmp)
		return 0;
	if (iorename(sp->log, z->tmp, z->packed) < 0) {
		warn("%s/log/%s", sp->path, z->packed);
		return 0;
	}
	*z->tmp = '\0';
	return 1;
}

void
buildlogzipend(const struct spool *sp, struct buildlogzip *const *list, size_t n)
{
	char *installed;
	size_t i;
	int synced;

	syncpacked(sp, list, n);
	installed = xcalloc(n, 1);
	for (i = 0; i < n; i++)
		installed[i] = (char)installpacked(sp, list[i]);
	synced = iosyncdir(sp->log) == 0;
	if (!synced)
		warn("%s/log", sp->path);
	for (i = 0; i < n; i++) {
		if (synced && installed[i] &&
		    unlinkat(sp->log, list[i]->log, 0) < 0 && errno != ENOENT)
			warn("%s/log/%s", sp->path, list[i]->log);
		buildlogzipdel(list[i]);
	}
	free(installed);
}
