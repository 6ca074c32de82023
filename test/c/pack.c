#include <err.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "pack.h"
#include "xbps/pieces.h"

void
packwrite(int dir, const char *file, struct buf *archive, int level)
{
	struct buf b = { 0 };
	int fd;

	fd = openat(dir, file, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || pieceszip(&b, archive->s, archive->len, level) < 0 ||
	    iowritefd(fd, b.s, b.len) < 0 || close(fd) < 0)
		err(111, "%s", file);
	buffree(&b);
	buffree(archive);
}
