#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "buf.h"
#include "io.h"
#include "origin.h"
#include "stamp.h"
#include "x.h"

enum { MAXTEMPLATE = 16 << 20 };	/* bytes */

int
originread(const char *srcpkgs, const char *name, struct buf *b)
{
	char *path;
	int r;

	path = xasprintf("%s/%s/template", srcpkgs, name);
	r = ioread(AT_FDCWD, path, MAXTEMPLATE, b);
	free(path);
	return r;
}

/* the number of the directories; of those of another tree it is another one */
static uint64_t
around(const char *srcpkgs, const char *lines, int deep)
{
	const char *s;
	char *path;
	uint64_t sum;
	size_t n;

	sum = stamptext(srcpkgs, strlen(srcpkgs));
	for (s = lines; s[0] == 'w' && s[1] == ' '; s += n + 1) {
		n = strcspn(s, "\n");
		path = xasprintf("%s/%.*s", srcpkgs, (int)(n - 2), s + 2);
		sum += stamptree(path, NULL, deep);
		free(path);
	}
	return sum;
}

uint64_t
originstatus(const char *srcpkgs, const struct stat *st, const char *lines)
{
	return stampfile(st) + around(srcpkgs, lines, 0);
}

uint64_t
origincontents(const char *srcpkgs, const char *text, size_t n,
    const char *lines)
{
	return stamptext(text, n) + around(srcpkgs, lines, 1);
}
