#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/x.h"
#include "repo/forced.h"
#include "repo/index.h"
#include "repo/indexset.h"
#include "repo/place.h"
#include "xbps/pkgfile.h"

enum bytes { ABSENT, SAME, OTHER };

/* compares a file with a hash: enum bytes; -1 with errno */
static int
bytesof(int dir, const char *file, const char *sha256)
{
	char hash[PKGHASH];
	uint64_t size;
	int fd, r;

	fd = openat(dir, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? ABSENT : errno == ELOOP ? OTHER : -1;
	r = pkgfilehash(fd, hash, &size);
	ioclose(fd);
	return r < 0 ? -1 : strcmp(hash, sha256) == 0 ? SAME : OTHER;
}

/* whether an open index of the directory names that version of the package */
static int
isnamed(const struct indexset *s, const struct index *in, const struct pkgfile *p)
{
	const struct index *ix;

	for (ix = s->list; ix < s->list + s->n; ix++) {
		if (ix->rd && strcmp(ix->sub, in->sub) == 0 && indexnames(ix, p))
			return 1;
	}
	return 0;
}

static void
appendname(char ***list, size_t *n, char *name)
{
	*list = xgrow(*list, *n, sizeof **list);
	(*list)[(*n)++] = name;
}

/* puts p's file into the directory as name, where it has p's bytes */
static int
putfile(struct index *ix, int fromdir, const char *from, const char *name,
    const struct pkgfile *p)
{
	struct stat st;
	int r;

	if (pkgfilesame(fromdir, from, p) != 1) {
		errno = EBUSY;
		return -1;
	}
	r = ioplace(fromdir, from, ix->dirfd, name);
	if (r < 0)
		return -1;
	/* the file was hashed under its old name, and may have been replaced */
	if (r == 1 ? bytesof(ix->dirfd, name, p->sha256) == SAME :
	    fstatat(ix->dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    iounchanged(&st, &p->st))
		return fchmodat(ix->dirfd, name, 0644, 0);
	unlinkat(ix->dirfd, name, 0);
	errno = EBUSY;
	return -1;
}

static int
putsig(struct index *ix, int fromdir, const char *from, const char *name)
{
	char *fromsig, *sig;
	int r;

	fromsig = xasprintf("%s.sig2", from);
	sig = xasprintf("%s.sig2", name);
	r = ioplace(fromdir, fromsig, ix->dirfd, sig);
	if (r >= 0)
		r = fchmodat(ix->dirfd, sig, 0644, 0);
	free(fromsig);
	appendname(&ix->placed, &ix->nplaced, sig);
	return r < 0 ? -1 : 0;
}

int
placefile(struct indexset *s, struct index *ix, int fromdir, const char *from,
    const struct pkgfile *p, int issigned)
{
	char *file, *sig;
	int bytes;

	file = xasprintf("%s.%s.xbps", p->pkgver, p->arch);
	bytes = bytesof(ix->dirfd, file, p->sha256);
	if (bytes == OTHER && isnamed(s, ix, p)) {
		appendname(&ix->forced, &ix->nforced, file);
		file = forcedname(file);
	}
	appendname(&ix->placed, &ix->nplaced, file);
	if (bytes < 0 || (bytes != SAME &&
	    putfile(ix, fromdir, from, file, p) < 0))
		return -1;
	if (issigned)
		return putsig(ix, fromdir, from, file);
	if (bytes == OTHER && *file != '.') {
		/* the signature of the old bytes */
		sig = xasprintf("%s.sig2", file);
		unlinkat(ix->dirfd, sig, 0);
		free(sig);
	}
	return 0;
}

int
placeforced(struct index *ix, const char *file, const struct pkgfile *p)
{
	char *mark, *name, *sig;
	int r;

	name = xasprintf("%s.%s.xbps", p->pkgver, p->arch);
	mark = forcedname(name);
	sig = xasprintf("%s.sig2", file);
	r = ioplace(AT_FDCWD, file, ix->dirfd, mark);
	if (r >= 0 && access(sig, F_OK) == 0)
		r = putsig(ix, AT_FDCWD, file, mark);
	if (r < 0)
		warn("%s", file);
	appendname(&ix->placed, &ix->nplaced, mark);
	appendname(&ix->forced, &ix->nforced, name);
	free(sig);
	return r < 0 ? -1 : 0;
}

int
placesync(const struct index *ix)
{
	size_t failed;

	if (ix->nplaced == 0)
		return 0;
	if (iosyncfiles(ix->dirfd, (const char *const *)ix->placed, ix->nplaced,
	    &failed) < 0) {
		warn("%s/%s", ix->dir, ix->placed[failed]);
		return -1;
	}
	if (iosyncdir(ix->dirfd) < 0) {
		warn("%s", ix->dir);
		return -1;
	}
	return 0;
}
