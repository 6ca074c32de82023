#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/io.h"
#include "base/progress.h"
#include "base/sha.h"
#include "base/text.h"
#include "base/threads.h"
#include "base/x.h"
#include "xbps/pieces.h"
#include "xbps/pkgfile.h"
#include "xbps/pkgver.h"
#include "xbps/plist.h"
#include "xbps/plistread.h"
#include "xbps/tar.h"

/* Only scripts come before props.plist. Both limits are far above what packages have,
 * and low enough that a hostile archive cannot waste time or memory. */
enum { PROPSMAX = 8 << 20, ENTRIESMAX = 8, BLOCK = 256 << 10 };

static int refuse(struct pkgfile *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

static int
refuse(struct pkgfile *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->why, sizeof p->why, fmt, ap);
	va_end(ap);
	p->props = NULL;
	return -1;
}

/* refuses a package for the error in errno */
static int
failsystem(struct pkgfile *p)
{
	p->transient = iotransient(errno);
	return refuse(p, "%s", strerror(errno));
}

/* refuses a package for an error of reading its archive */
static int
failtar(struct pkgfile *p, const struct tar *t, const char *of)
{
	p->transient = t->transient;
	return refuse(p, "%s%s", of, t->why);
}

int
pkgfilehash(int fd, char hash[PKGHASH], uint64_t *size)
{
	unsigned char *block;
	struct sha s;
	ssize_t r;
	int e;

	block = malloc(BLOCK);
	if (!block)
		return -1;
	shainit(&s);
	do {
		r = pread(fd, block, BLOCK, (off_t)s.len);
		if (r > 0)
			shaadd(&s, block, (size_t)r);
		progressdraw();
	} while (r > 0 || (r < 0 && errno == EINTR));
	e = errno;
	free(block);
	errno = e;
	*size = s.len;
	shaend(&s, hash);
	return r < 0 ? -1 : 0;
}

/* whether a text, which a NUL follows, is UTF-8 with the characters that XML allows */
static int
istext(const char *s, size_t n)
{
	const char *end = s + n;
	unsigned long c;

	for (; s < end; s += n) {
		n = textdecode(s, &c);
		if (n == 0 || (c < ' ' && c != '\t' && c != '\n' && c != '\r'))
			return 0;
	}
	return 1;
}

/* appends the text of props.plist to b */
static int
findprops(struct pkgfile *p, struct tar *t, struct buf *b)
{
	const char *name;
	int i, r, regular;

	for (i = 0; i < ENTRIESMAX; i++) {
		r = tarnext(t, &name, &regular);
		if (r < 0)
			return failtar(p, t, "");
		if (r == 0)
			break;
		if (strcmp(name, "./props.plist") == 0 ||
		    strcmp(name, "/props.plist") == 0) {
			if (!regular)
				return refuse(p, "props.plist is not a regular file");
			if (tardata(t, PROPSMAX, b) < 0)
				return failtar(p, t, "props.plist: ");
			return 0;
		}
		if (tarsize(t) > PROPSMAX)
			break;
	}
	return refuse(p, i == 0 && r == 0 ? "is empty" :
	    "does not begin with a props.plist");
}

static int
parseprops(struct pkgfile *p, struct arena *a, const struct buf *b)
{
	struct plisterr e;
	char *text;

	text = arenastr(a, b->s, b->len);
	if (!istext(text, b->len))
		return refuse(p, "props.plist is not UTF-8 text");
	p->props = plistread(a, text, b->len, &e);
	if (!p->props)
		return refuse(p, "props.plist:%zu: %s", e.line, e.why);
	if (p->props->type != PLIST_DICT)
		return refuse(p, "props.plist is not a dictionary");
	return 0;
}

static int
readprops(struct pkgfile *p, struct arena *a, int fd)
{
	struct buf b = { 0 };
	struct tar t;
	int r;

	if (taropen(&t, fd) < 0)
		return failtar(p, &t, "");
	r = findprops(p, &t, &b);
	tarclose(&t);
	if (r == 0)
		r = parseprops(p, a, &b);
	buffree(&b);
	return r;
}

/* checks the name, version and architecture of the props, and that the file's name,
 * unless it is NULL, has the same */
static int
checkprops(struct pkgfile *p, struct arena *a, const char *file)
{
	const char *arch, *base, *name, *version;
	size_t archlen, n;

	p->pkgver = pliststr(p->props, "pkgver");
	p->arch = pliststr(p->props, "architecture");
	if (!p->pkgver || !pkgverok(p->pkgver))
		return refuse(p, "has a bad pkgver");
	if (!p->arch || !pkgverarchok(p->arch))
		return refuse(p, "has a bad architecture");
	p->name = arenastr(a, p->pkgver, pkgvername(p->pkgver));
	name = pliststr(p->props, "pkgname");
	version = pliststr(p->props, "version");
	if ((name && strcmp(name, p->name) != 0) ||
	    (version && strcmp(version, pkgverversion(p->pkgver)) != 0))
		return refuse(p, "its pkgname and version are not its pkgver %s",
		    p->pkgver);
	if (!file)
		return 0;
	base = strrchr(file, '/');
	base = base ? base + 1 : file;
	n = pkgverfile(base, &arch, &archlen);
	if (n != strlen(p->pkgver) || strncmp(base, p->pkgver, n) != 0 ||
	    archlen != strlen(p->arch) || strncmp(arch, p->arch, archlen) != 0 ||
	    strcmp(arch + archlen, ".xbps") != 0)
		return refuse(p, "is %s.%s by its contents", p->pkgver, p->arch);
	return 0;
}

/* 1: all frames are complete, 0: not zstd, -1: cut short, with errno 0, or -1 with
 * errno */
static int
checkframes(int fd)
{
	uint64_t at;
	off_t end;
	int r;

	errno = 0;
	end = lseek(fd, 0, SEEK_END);
	for (at = 0; at < (uint64_t)end;) {
		r = piecesskip(fd, &at);
		if (r <= 0)
			return at == 0 ? 0 : -1;
	}
	return at == (uint64_t)end ? 1 : -1;
}

/* checks that the archive in fd was not cut short, without unpacking it if it is
 * compressed with zstd, as nearly all are */
static int
checkwhole(struct pkgfile *p, int fd)
{
	const char *name;
	struct tar t;
	int r, regular;

	r = checkframes(fd);
	if (r > 0)
		return 0;
	if (r < 0 && iotransient(errno))
		return failsystem(p);
	if (r < 0)
		return refuse(p, "is cut short, or goes on behind its end");
	lseek(fd, 0, SEEK_SET);
	r = taropen(&t, fd);
	if (r == 0) {
		while ((r = tarnext(&t, &name, &regular)) > 0)
			;
		tarclose(&t);
	}
	return r < 0 ? failtar(p, &t, "") : 0;
}

/* reads from a descriptor that stands at the file's start */
static int
readfd(struct pkgfile *p, struct arena *a, int fd, const char *file, int how)
{
	struct stat st;

	clock_gettime(CLOCK_REALTIME, &p->read);
	if (fstat(fd, &p->st) < 0)
		return failsystem(p);
	if (!S_ISREG(p->st.st_mode))
		return refuse(p, "is not a regular file");
	if (readprops(p, a, fd) < 0 ||
	    checkprops(p, a, how & PKG_ANYNAME ? NULL : file) < 0)
		return -1;
	if (how & PKG_WHOLE && checkwhole(p, fd) < 0)
		return -1;
	if (pkgfilehash(fd, p->sha256, &p->size) < 0 || fstat(fd, &st) < 0)
		return failsystem(p);
	if (!iounchanged(&p->st, &st)) {
		p->transient = 1;
		return refuse(p, "changes while it is read");
	}
	return 0;
}

/* whether the file changed so shortly before it was read that another write would leave
 * its times as they are: the kernel's clock for them goes in steps */
static int
isfresh(const struct pkgfile *p)
{
	enum { STEP = 50000000 };
	struct timespec t = p->read;

	t.tv_nsec -= STEP;
	if (t.tv_nsec < 0) {
		t.tv_nsec += 1000000000;
		t.tv_sec--;
	}
	return p->st.st_ctim.tv_sec > t.tv_sec ||
	    (p->st.st_ctim.tv_sec == t.tv_sec &&
	    p->st.st_ctim.tv_nsec >= t.tv_nsec);
}

int
pkgfilesame(int dir, const char *file, const struct pkgfile *p)
{
	char hash[PKGHASH];
	struct stat st;
	uint64_t size;
	int fd, r;

	if (fstatat(dir, file, &st, 0) < 0)
		return -1;
	if (iounchanged(&p->st, &st) && !isfresh(p) &&
	    st.st_ctim.tv_sec == p->st.st_ctim.tv_sec &&
	    st.st_ctim.tv_nsec == p->st.st_ctim.tv_nsec)
		return 1;
	fd = openat(dir, file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -1;
	r = pkgfilehash(fd, hash, &size);
	ioclose(fd);
	return r < 0 ? -1 : strcmp(hash, p->sha256) == 0;
}

int
pkgfileread(struct pkgfile *p, struct arena *a, int dir, const char *file, int how)
{
	int fd, r;

	memset(p, 0, sizeof *p);
	/* O_NONBLOCK: a fifo would wait for a writer */
	fd = openat(dir, file, O_RDONLY | O_NONBLOCK | O_CLOEXEC |
	    (how & PKG_NOLINK ? O_NOFOLLOW : 0));
	if (fd < 0)
		return failsystem(p);
	r = readfd(p, a, fd, file, how);
	close(fd);
	return r;
}

struct task {
	struct pkgfiles *ps;
	int dir;
	char *const *files;
	int how;
};

static void
readone(void *arg, size_t i, unsigned thread)
{
	struct task *t = arg;

	pkgfileread(&t->ps->list[i], t->ps->arenas[thread], t->dir, t->files[i],
	    t->how);
	progressone();
}

void
pkgfilereadall(struct pkgfiles *ps, int dir, char *const *files, size_t n, int how)
{
	struct task t = { ps, dir, files, how };
	unsigned i;

	ps->n = n;
	ps->list = xcalloc(n, sizeof *ps->list);
	ps->narenas = threadsmax();
	ps->arenas = xcalloc(ps->narenas, sizeof *ps->arenas);
	for (i = 0; i < ps->narenas; i++)
		ps->arenas[i] = mkarena();
	progressbegin("packages read");
	progressset(0, n);
	threadsrun(n, readone, &t);
	progressend();
}

void
pkgfilefreeall(struct pkgfiles *ps)
{
	unsigned i;

	for (i = 0; i < ps->narenas; i++)
		arenadel(ps->arenas[i]);
	free(ps->arenas);
	free(ps->list);
}
