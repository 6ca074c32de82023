#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/threads.h"
#include "base/x.h"
#include "xbps/pieces.h"

/* A frame of zstd (RFC 8878) is a magic number, a header whose first byte tells its
 * length, blocks that begin with their size, and a checksum if the header says so.
 * Skippable frames have a size behind their magic number. */
#define ZSTD 0xfd2fb528
#define SKIP 0x184d2a50

/* reads a number of n bytes, little endian: 1; 0 at the end of the file; -1 with errno,
 * which is 0 when there are fewer bytes */
static int
readnumber(int fd, uint64_t at, unsigned n, uint32_t *v)
{
	unsigned char b[4];
	ssize_t r;

	r = pread(fd, b, n, (off_t)at);
	if (r < 0)
		return -1;
	errno = 0;
	if (r != (ssize_t)n)
		return r == 0 ? 0 : -1;
	for (*v = 0; n > 0; n--)
		*v = *v << 8 | b[n - 1];
	return 1;
}

/* moves *at from behind a frame's magic number to its end */
static int
skipblocks(int fd, uint64_t *at)
{
	static const unsigned content[] = { 0, 2, 4, 8 };
	uint32_t block, head;

	if (readnumber(fd, *at, 1, &head) <= 0)
		return -1;
	/* flags: 0xc0 the length of the contents' size, 0x20 no window size but always
	 * a contents' size, 3 the length of the dictionary's number */
	*at += 1 + (head & 0x20 ? 0 : 1) + (head & 3 ? 1u << ((head & 3) - 1) : 0);
	*at += head & 0x20 && head < 0x40 ? 1 : content[head >> 6];
	do {
		if (readnumber(fd, *at, 3, &block) <= 0)
			return -1;
		/* a block of type 1 is one byte, repeated */
		*at += 3 + ((block >> 1 & 3) == 1 ? 1 : block >> 3);
	} while (!(block & 1));
	*at += head & 4 ? 4 : 0;
	return 0;
}

int
piecesskip(int fd, uint64_t *at)
{
	uint32_t n;
	int r;

	r = readnumber(fd, *at, 4, &n);
	if (r <= 0)
		return r;
	if (n != ZSTD && (n & ~0xfu) != SKIP)
		return 0;
	*at += 4;
	if (n == ZSTD)
		return skipblocks(fd, at) < 0 ? -1 : 1;
	if (readnumber(fd, *at, 4, &n) <= 0)
		return -1;
	*at += 4 + (uint64_t)n;
	return 1;
}

/* To libarchive, compressed text is an archive of format raw with one file. */

static int
failarchive(struct archive *ar)
{
	int e;

	e = archive_errno(ar);
	archive_free(ar);
	errno = e > 0 ? e : EINVAL;
	return -1;
}

static int
writefile(struct archive *ar, const void *p, size_t n)
{
	struct archive_entry *e;
	int r;

	e = archive_entry_new();
	if (!e) {
		archive_set_error(ar, ENOMEM, "no memory");
		return -1;
	}
	archive_entry_set_filetype(e, AE_IFREG);
	r = archive_write_header(ar, e);
	archive_entry_free(e);
	if (r != ARCHIVE_OK || archive_write_data(ar, p, n) != (la_ssize_t)n)
		return -1;
	return archive_write_close(ar) == ARCHIVE_OK ? 0 : -1;
}

int
pieceszip(struct buf *b, const void *p, size_t n, int level)
{
	struct archive *ar;
	char s[16];
	size_t room, used;

	ar = archive_write_new();
	if (!ar) {
		errno = ENOMEM;
		return -1;
	}
	snprintf(s, sizeof s, "%d", level);
	archive_write_set_format_raw(ar);
	archive_write_add_filter_zstd(ar);
	archive_write_set_filter_option(ar, "zstd", "compression-level", s);
	/* more than zstd needs for incompressible text */
	room = n + n / 128 + 1024;
	if (archive_write_open_memory(ar, bufroom(b, room), room, &used) !=
	    ARCHIVE_OK || writefile(ar, p, n) < 0)
		return failarchive(ar);
	b->len += used;
	archive_write_free(ar);
	return 0;
}

static int
readfile(struct archive *ar, struct buf *b, size_t max)
{
	struct archive_entry *e;
	const void *p;
	la_int64_t at;
	size_t n;
	int r;

	if (archive_read_next_header(ar, &e) != ARCHIVE_OK)
		return -1;
	while ((r = archive_read_data_block(ar, &p, &n, &at)) == ARCHIVE_OK) {
		if (n > max) {
			archive_set_error(ar, EFBIG, "too large");
			return -1;
		}
		bufadd(b, p, n);
		max -= n;
	}
	return r == ARCHIVE_EOF ? 0 : -1;
}

int
piecesunzip(struct buf *b, const void *p, size_t n, size_t max)
{
	struct archive *ar;

	ar = archive_read_new();
	if (!ar) {
		errno = ENOMEM;
		return -1;
	}
	archive_read_support_format_raw(ar);
	/* if all filters were allowed, text that looks like a frame would be unpacked
	 * too */
	if (archive_read_append_filter(ar, ARCHIVE_FILTER_ZSTD) != ARCHIVE_OK ||
	    archive_read_open_memory(ar, p, n) != ARCHIVE_OK ||
	    readfile(ar, b, max) < 0)
		return failarchive(ar);
	archive_read_free(ar);
	return 0;
}

/* Where a piece ends must not depend on the text before it, or one more package would
 * shift all that follow. So a piece begins at the first package of a property list, and
 * at each package whose name's hash is a multiple of PACKAGES. */
enum { PACKAGES = 512 };

static const char key[] = "\n\t<key>";

struct piece {
	const char *s;		/* text, n bytes */
	size_t n;
	struct buf made;	/* memory for the text of an old piece, or the frame of
				 * a new one */
	const char *z;		/* frame, nz bytes */
	size_t nz;
	int error;		/* errno */
};

struct pieces {
	struct piece *list;
	size_t n;
	size_t max;		/* bytes of the longest text */
	int level;
	const struct pieces *old;
};

static uint32_t
hashname(const char *s, const char *end)
{
	uint32_t h;

	for (h = 2166136261u; s < end && *s != '<'; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h ^ h >> 16;
}

/* returns the end of the piece that begins at s */
static const char *
pieceend(const char *s, const char *end)
{
	const size_t n = sizeof key - 2;
	const char *p;
	int head;

	head = (size_t)(end - s) < n || memcmp(s, key + 1, n) != 0;
	for (p = s; (p = memchr(p, '\n', (size_t)(end - p)));) {
		p++;
		if ((size_t)(end - p) > n && memcmp(p, key + 1, n) == 0 &&
		    (head || hashname(p + n, end) % PACKAGES == 0))
			return p;
	}
	return end;
}

static struct piece *
addpiece(struct pieces *ps, const char *s, size_t n)
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
cuttext(struct pieces *ps, const struct buf *text)
{
	const char *end, *next, *s;

	if (text->len == 0)
		return;
	end = text->s + text->len;
	for (s = text->s; s < end; s = next) {
		next = pieceend(s, end);
		addpiece(ps, s, (size_t)(next - s));
	}
}

/* adds the frames of the file whose bytes are in b */
static void
findframes(struct pieces *ps, int fd, const struct buf *b)
{
	struct piece *p;
	uint64_t at, from;

	for (at = from = 0; piecesskip(fd, &at) == 1 && at <= b->len; from = at) {
		p = addpiece(ps, NULL, 0);
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
	/* a longer text than the longest new piece is of no use */
	if (piecesunzip(&p->made, p->z, p->nz, ps->max) < 0)
		return;
	p->s = p->made.s;
	p->n = p->made.len;
}

/* reads the pieces of the old file into b; without them, all are compressed anew */
static void
readold(struct pieces *ps, const char *path, struct buf *b)
{
	int fd;

	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return;
	if (ioreadfd(fd, SIZE_MAX, b) == 0) {
		findframes(ps, fd, b);
		threadsrun(ps->n, unpack, ps);
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
	if (pieceszip(&p->made, p->s, p->n, ps->level) < 0)
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

	cuttext(&ps, text);
	old.max = ps.max;
	readold(&old, path, &b);
	ps.level = level;
	ps.old = &old;
	threadsrun(ps.n, pack, &ps);
	r = writeall(&ps, fd);
	e = errno;
	piecesfree(&ps);
	piecesfree(&old);
	buffree(&b);
	errno = e;
	return r;
}
