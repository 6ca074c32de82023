/* Fuzzes the reader of packages, with a file in the current directory: what is
 * taken for one is sound. */
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "xbps/pkgfile.h"
#include "xbps/pkgver.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char file[] = "x-1_1.x86_64.xbps";
	static int fd = -1;
	struct arena *a;
	struct pkgfile p;

	if (fd < 0) {
		fd = open(file, O_RDWR | O_CREAT, 0644);
		if (fd < 0)
			err(1, "%s", file);
	}
	if (ftruncate(fd, 0) < 0 || pwrite(fd, data, n, 0) != (ssize_t)n)
		err(1, "%s", file);
	a = mkarena();
	if (pkgfileread(&p, a, AT_FDCWD, file, PKG_NOLINK | PKG_WHOLE) == 0) {
		if (!pkgverok(p.pkgver) || strcmp(p.pkgver, "x-1_1") != 0 ||
		    strcmp(p.arch, "x86_64") != 0 || p.size != n)
			abort();
	} else if (!*p.why || p.props)
		abort();
	arenadel(a);
	return 0;
}
