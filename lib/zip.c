#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>

#include "buf.h"
#include "zip.h"

/* libarchive compresses archives; one whose format is raw is its only file */

static int
fail(struct archive *ar)
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
zip(struct buf *b, const void *p, size_t n, int level)
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
	/* more than zstd makes of the worst */
	room = n + n / 128 + 1024;
	if (archive_write_open_memory(ar, bufroom(b, room), room, &used) !=
	    ARCHIVE_OK || writefile(ar, p, n) < 0)
		return fail(ar);
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
unzip(struct buf *b, const void *p, size_t n, size_t max)
{
	struct archive *ar;

	ar = archive_read_new();
	if (!ar) {
		errno = ENOMEM;
		return -1;
	}
	archive_read_support_format_raw(ar);
	/* named, or what looks like a frame again would be unpacked again */
	if (archive_read_append_filter(ar, ARCHIVE_FILTER_ZSTD) != ARCHIVE_OK ||
	    archive_read_open_memory(ar, p, n) != ARCHIVE_OK ||
	    readfile(ar, b, max) < 0)
		return fail(ar);
	archive_read_free(ar);
	return 0;
}
