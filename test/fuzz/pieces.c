/* Fuzzes the writer of compressed texts with what the file was before, in the
 * current directory: whatever that is, what is written is the text. The input is
 * the length of the text in two bytes, the text, and the file. */
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "xbps/pieces.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int
file(const char *path)
{
	int fd;

	fd = open(path, O_RDWR | O_CREAT, 0644);
	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static int new = -1, old = -1;
	struct buf got = { 0 }, text = { 0 }, whole = { 0 };
	size_t len;

	if (new < 0) {
		new = file("new");
		old = file("old");
	}
	if (n < 2)
		return 0;
	len = data[0] | (size_t)data[1] << 8;
	if (len > n - 2)
		len = n - 2;
	bufadd(&text, data + 2, len);
	if (ftruncate(old, 0) < 0 || ftruncate(new, 0) < 0 ||
	    lseek(new, 0, SEEK_SET) < 0 ||
	    pwrite(old, data + 2 + len, n - 2 - len, 0) != (ssize_t)(n - 2 - len) ||
	    pieceswrite(new, &text, 1, "old") < 0 ||
	    lseek(new, 0, SEEK_SET) < 0 || ioreadfd(new, SIZE_MAX, &got) < 0)
		err(1, "old, new");
	if (len > 0 && piecesunzip(&whole, got.s, got.len, len) < 0)
		abort();
	if (whole.len != len || (len > 0 && memcmp(whole.s, text.s, len) != 0))
		abort();
	buffree(&got);
	buffree(&text);
	buffree(&whole);
	return 0;
}
