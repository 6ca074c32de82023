#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "frame.h"
#include "io.h"
#include "pieces.h"
#include "pool.h"
#include "x.h"
#include "zip.h"

/*
 * Where a piece ends must not depend on what is before it, or one package more
 * would shift all that follow. So pieces begin at the first package of a property
 * list, and at each whose name has a hash of a kind that one of so many has.
 */
enum { PACKAGES = 512 };

static const char key[] = "\n\t<key>";

struct piece {
	const char *s;		/* text */
	size_t n;
	struct buf made;	/* the text of an old piece, which was unpacked, or the
				 * frame of a new one that was packed */
	const char *z;		/* as it is in the file */
	size_t nz;
	int error;
};

struct pieces {
	struct piece *list;
	size_t n;
	size_t max;		/* that the text of one has */
	int level;
	const struct pieces *old;
};

static uint32_t
hash(const char *s, const char *end)
{
	uint32_t h;

	for (h = 2166136261u; s < end && *s != '<'; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h ^ h >> 16;
}

/* the end of the piece that begins at s */
static const char *
cut(const char *s, const char *end)
{
	const size_t n = sizeof key - 2;
	const char *p;
	int head;

	head = (size_t)(end - s) < n || memcmp(s, key + 1, n) != 0;
	for (p = s; (p = memchr(p, '\n', (size_t)(end - p)));) {
		p++;
		if ((size_t)(end - p) > n && memcmp(p, key + 1, n) == 0 &&
		    (head || hash(p + n, end) % PACKAGES == 0))
			return p;
	}
	return end;
}

static struct piece *
add(struct pieces *ps, const char *s, size_t n)
{
	struct piece *p;

	ps->list = xgrow(ps->list, ps->n, sizeof *ps->list);
	p = &ps->list[ps->n++];
	memset(p, 0, sizeof *p);
	p->s = s;
	p->n = n;
	if (n > ps->max)
		ps->max = n;
	return p;
}

static void
cutall(struct pieces *ps, const struct buf *text)
{
	const char *end, *next, *s;

	if (text->len == 0)
		return;
	end = text->s + text->len;
	for (s = text->s; s < end; s = next) {
		next = cut(s, end);
		add(ps, s, (size_t)(next - s));
	}
}

/* finds the frames of the file that was read into b */
static void
findframes(struct pieces *ps, int fd, const struct buf *b)
{
	struct piece *p;
	uint64_t at, from;

	for (at = from = 0; frameskip(fd, &at) == 1 && at <= b->len; from = at) {
		p = add(ps, NULL, 0);
		p->z = b->s + from;
		p->nz = (size_t)(at - from);
	}
}

static void
unpack(void *arg, size_t i, unsigned thread)
{
	struct pieces *ps = arg;
	struct piece *p = &ps->list[i];

	(void)thread;
	/* more than a new piece has is none of them */
	if (unzip(&p->made, p->z, p->nz, ps->max) < 0)
		return;
	p->s = p->made.s;
	p->n = p->made.len;
}

/* reads the old file to b; what is wrong with it is no matter here */
static void
readold(struct pieces *ps, const char *path, struct buf *b)
{
	int fd;

	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return;
	if (ioreadfd(fd, SIZE_MAX, b) == 0) {
		findframes(ps, fd, b);
		poolrun(ps->n, unpack, ps);
	}
	close(fd);
}

static void
pack(void *arg, size_t i, unsigned thread)
{
	struct pieces *ps = arg;
	struct piece *p = &ps->list[i];
	const struct piece *o;
	size_t k;

	(void)thread;
	for (k = 0; k < ps->old->n; k++) {
		o = &ps->old->list[k];
		if (o->n == p->n && memcmp(o->s, p->s, p->n) == 0) {
			p->z = o->z;
			p->nz = o->nz;
			return;
		}
	}
	if (zip(&p->made, p->s, p->n, ps->level) < 0)
		p->error = errno;
	p->z = p->made.s;
	p->nz = p->made.len;
}

static int
writeall(const struct pieces *ps, int fd)
{
	const struct piece *p;
	size_t i;

	for (i = 0; i < ps->n; i++) {
		p = &ps->list[i];
		errno = p->error;
		if (p->error || iowritefd(fd, p->z, p->nz) < 0)
			return -1;
	}
	return 0;
}

static void
piecesfree(struct pieces *ps)
{
	size_t i;

	for (i = 0; i < ps->n; i++)
		buffree(&ps->list[i].made);
	free(ps->list);
}

int
pieceswrite(int fd, const struct buf *text, int level, const char *path)
{
	struct pieces old = { 0 }, ps = { 0 };
	struct buf b = { 0 };
	int e, r;

	cutall(&ps, text);
	old.max = ps.max;
	readold(&old, path, &b);
	ps.level = level;
	ps.old = &old;
	poolrun(ps.n, pack, &ps);
	r = writeall(&ps, fd);
	e = errno;
	piecesfree(&ps);
	piecesfree(&old);
	buffree(&b);
	errno = e;
	return r;
}
