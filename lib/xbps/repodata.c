#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/io.h"
#include "base/x.h"
#include "xbps/pieces.h"
#include "xbps/plist.h"
#include "xbps/plistread.h"
#include "xbps/repodata.h"
#include "xbps/tar.h"

/* forty times what all packages of Void need */
enum { TEXTMAX = 1 << 30 };

static const char *const names[] = {
	"index.plist", "index-meta.plist", "stage.plist"
};

/* reads the archive's next entry, which has to have the i-th of the names: 1; 0 when
 * there is none; -1 after a message; *p is NULL when the entry is empty */
static int
readpart(struct repodata *rd, struct tar *t, const char *path, int i,
    struct plist **p)
{
	struct plisterr e;
	struct buf b = { 0 };
	const char *name;
	int r, regular;
	size_t n;

	*p = NULL;
	r = tarnext(t, &name, &regular);
	if (r < 0)
		warnx("%s: %s", path, t->why);
	if (r <= 0)
		return r;
	if (strcmp(name, names[i]) != 0 || !regular) {
		warnx("%s: has %s in place of %s", path, name, names[i]);
		return -1;
	}
	if (tardata(t, TEXTMAX, &b) < 0) {
		warnx("%s: %s: %s", path, names[i], t->why);
		buffree(&b);
		return -1;
	}
	n = b.len;
	rd->text[i] = buftake(&b);
	/* old versions of XBPS write DEADBEEF for no key */
	if (n == 0 || (i == 1 && strcmp(rd->text[i], "DEADBEEF") == 0))
		return 1;
	*p = plistread(rd->arena, rd->text[i], n, &e);
	if (!*p) {
		warnx("%s: %s:%zu: %s", path, names[i], e.line, e.why);
		return -1;
	}
	if ((*p)->type != PLIST_DICT) {
		warnx("%s: %s is not a dictionary", path, names[i]);
		return -1;
	}
	return 1;
}

static int
readparts(struct repodata *rd, struct tar *t, const char *path)
{
	struct plist *parts[3];
	int i, r;

	for (i = 0; i < 3; i++) {
		r = readpart(rd, t, path, i, &parts[i]);
		if (r < 0)
			return -1;
		/* old versions of XBPS wrote no stage */
		if (r == 0 && i < 2) {
			warnx("%s: has no %s", path, names[i]);
			return -1;
		}
	}
	rd->index = parts[0] ? parts[0] : mkplist(rd->arena);
	rd->meta = parts[1];
	rd->stage = parts[2] ? parts[2] : mkplist(rd->arena);
	return 0;
}

int
repodataread(struct repodata *rd, const char *path)
{
	struct stat st;
	struct tar t;
	int fd, r;

	memset(rd, 0, sizeof *rd);
	/* O_NONBLOCK: a fifo would wait for a writer */
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno != ENOENT) {
		warn("%s", path);
		return -1;
	}
	if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))) {
		warnx("%s: is not a regular file", path);
		close(fd);
		return -1;
	}
	rd->arena = mkarena();
	if (fd < 0) {
		rd->index = mkplist(rd->arena);
		rd->stage = mkplist(rd->arena);
		return 0;
	}
	r = taropen(&t, fd);
	if (r < 0) {
		warnx("%s: %s", path, t.why);
	} else {
		r = readparts(rd, &t, path);
		tarclose(&t);
	}
	close(fd);
	if (r < 0) {
		repodatafree(rd);
		return -1;
	}
	return 1;
}

static int
writepart(struct tar *t, const char *name, const struct plist *p)
{
	struct buf b = { 0 };
	int r;

	if (p && p->len > 0)
		plistwrite(&b, p);
	r = taradd(t, name, b.s, b.len);
	buffree(&b);
	return r;
}

static int
writeparts(const struct repodata *rd, struct buf *b, const char *path)
{
	struct tar t;
	int r;

	r = tarcreate(&t, b);
	if (r == 0) {
		r = writepart(&t, names[0], rd->index);
		if (r == 0)
			r = writepart(&t, names[1], rd->meta);
		if (r == 0)
			r = writepart(&t, names[2], rd->stage);
		if (tarfinish(&t, r < 0) < 0)
			r = -1;
	}
	if (r < 0)
		warnx("%s: %s", path, t.why);
	return r;
}

static int
writefile(int fd, const struct buf *b, const char *path, int level)
{
	/* as XBPS does, whatever the umask */
	if (pieceswrite(fd, b, level, path) == 0 && fchmod(fd, 0664) == 0)
		return 0;
	warn("%s", path);
	return -1;
}

char *
repodatadraft(const struct repodata *rd, const char *path, int level)
{
	struct buf b = { 0 };
	char tmp[PATH_MAX];
	int fd, r;

	fd = iotemp(AT_FDCWD, path, tmp, sizeof tmp, 0664);
	if (fd < 0) {
		warn("%s", path);
		return NULL;
	}
	r = writeparts(rd, &b, path);
	if (r == 0)
		r = writefile(fd, &b, path, level);
	buffree(&b);
	if (r < 0) {
		ioabandon(AT_FDCWD, fd, tmp);
		return NULL;
	}
	if (iosettle(fd) < 0) {
		warn("%s", path);
		ioabandon(AT_FDCWD, -1, tmp);
		return NULL;
	}
	return xstrdup(tmp);
}

void
repodatafree(struct repodata *rd)
{
	size_t i;

	arenadel(rd->arena);
	for (i = 0; i < sizeof rd->text / sizeof rd->text[0]; i++)
		free(rd->text[i]);
	memset(rd, 0, sizeof *rd);
}
