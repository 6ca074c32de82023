#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/io.h"
#include "xbps/tar.h"

enum { BLOCK = 64 * 1024 };

static int
setwhy(struct tar *t, const char *why)
{
	snprintf(t->why, sizeof t->why, "%s", why ? why : "unreadable archive");
	return -1;
}

/* sets why after reading failed; ENOMEM is the fault of an archive that asks for too
 * much, not the system's */
static int
readerror(struct tar *t)
{
	int e;

	e = archive_errno(t->ar);
	t->transient = e != ENOMEM && iotransient(e);
	return setwhy(t, archive_error_string(t->ar));
}

/* sets why after writing failed, of which libarchive's own words do not say why */
static int
writeerror(struct tar *t)
{
	if (archive_errno(t->ar) > 0)
		return setwhy(t, strerror(archive_errno(t->ar)));
	return readerror(t);
}

int
taropen(struct tar *t, int fd)
{
	t->transient = 0;
	t->ar = archive_read_new();
	if (!t->ar)
		return setwhy(t, strerror(errno));
	/* only those of XBPS: some filters of libarchive start programs */
	archive_read_support_filter_gzip(t->ar);
	archive_read_support_filter_bzip2(t->ar);
	archive_read_support_filter_xz(t->ar);
	archive_read_support_filter_lz4(t->ar);
	archive_read_support_filter_zstd(t->ar);
	archive_read_support_format_tar(t->ar);
	if (archive_read_open_fd(t->ar, fd, BLOCK) != ARCHIVE_OK) {
		readerror(t);
		tarclose(t);
		return -1;
	}
	return 0;
}

int
tarnext(struct tar *t, const char **name, int *regular)
{
	int r;

	r = archive_read_next_header(t->ar, &t->entry);
	if (r == ARCHIVE_EOF)
		return 0;
	/* a warning concerns extraction: owners, times, character sets */
	if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
		return readerror(t);
	*name = archive_entry_pathname(t->entry);
	if (!*name)
		return setwhy(t, "has an entry without a name");
	*regular = archive_entry_filetype(t->entry) == AE_IFREG &&
	    !archive_entry_hardlink(t->entry);
	return 1;
}

unsigned long long
tarsize(struct tar *t)
{
	la_int64_t size;

	size = archive_entry_size(t->entry);
	return size < 0 ? UINT64_MAX : (unsigned long long)size;
}

int
tardata(struct tar *t, size_t max, struct buf *b)
{
	la_ssize_t r;
	size_t left;

	if (tarsize(t) > max)
		return setwhy(t, "has too large a file");
	/* a sparse file's size costs nothing to claim, so room is made in steps */
	for (left = (size_t)tarsize(t); left > 0; left -= (size_t)r) {
		r = archive_read_data(t->ar,
		    bufroom(b, left < BLOCK * 16 ? left : BLOCK * 16),
		    left < BLOCK * 16 ? left : BLOCK * 16);
		if (r == ARCHIVE_RETRY || r == ARCHIVE_WARN) {
			r = 0;
			continue;
		}
		if (r < 0)
			return readerror(t);
		if (r == 0)
			return setwhy(t, "ends too early");
		b->len += (size_t)r;
	}
	bufadd(b, "", 0);
	return 0;
}

void
tarclose(struct tar *t)
{
	archive_read_free(t->ar);
	t->ar = NULL;
}

static la_ssize_t
appendto(struct archive *ar, void *to, const void *p, size_t n)
{
	(void)ar;
	bufadd(to, p, n);
	return (la_ssize_t)n;
}

int
tarcreate(struct tar *t, struct buf *to)
{
	t->ar = archive_write_new();
	if (!t->ar)
		return setwhy(t, strerror(errno));
	/* without a buffer of libarchive's */
	archive_write_set_bytes_per_block(t->ar, 0);
	archive_write_set_format_pax_restricted(t->ar);
	if (archive_write_open(t->ar, to, NULL, appendto, NULL) != ARCHIVE_OK) {
		writeerror(t);
		archive_write_free(t->ar);
		return -1;
	}
	return 0;
}

int
taradd(struct tar *t, const char *name, const void *data, size_t n)
{
	struct archive_entry *e;
	la_ssize_t r;

	e = archive_entry_new2(t->ar);
	if (!e)
		return setwhy(t, strerror(errno));
	archive_entry_set_pathname(e, name);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_uname(e, "root");
	archive_entry_set_gname(e, "root");
	archive_entry_set_size(e, (la_int64_t)n);
	r = archive_write_header(t->ar, e);
	archive_entry_free(e);
	if (r != ARCHIVE_OK)
		return writeerror(t);
	while (n > 0) {
		/* it returns the bytes written, not ARCHIVE_OK */
		r = archive_write_data(t->ar, data, n);
		if (r <= 0)
			return writeerror(t);
		data = (const char *)data + r;
		n -= (size_t)r;
	}
	return 0;
}

int
tarfinish(struct tar *t, int failed)
{
	int r;

	r = 0;
	if (failed)
		archive_write_fail(t->ar);
	else if (archive_write_close(t->ar) != ARCHIVE_OK)
		r = writeerror(t);
	archive_write_free(t->ar);
	t->ar = NULL;
	return r;
}
