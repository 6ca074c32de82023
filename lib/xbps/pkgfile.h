/* Package files, PKGVER.ARCH.xbps: their properties, checked, and their hashes. */

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

struct arena;
struct pkgfile;
struct plist;

enum { PKGHASH = 65 };	/* a SHA-256 in hexadecimal, and its NUL */

struct pkgfile {
	struct plist *props;	/* NULL: it is no sound package */
	const char *name;
	const char *pkgver;
	const char *arch;
	uint64_t size;		/* bytes */
	char sha256[PKGHASH];
	struct stat st;		/* of the file that was hashed */
	struct timespec read;	/* when reading it began */
	char why[192];		/* why it is no sound package */
	int transient;		/* the system failed: another try may succeed */
};

enum {
	PKG_NOLINK = 1,	/* refuse a symbolic link */
	PKG_WHOLE = 2,	/* check that the file is complete, where there is no hash to
			 * compare with */
	PKG_ANYNAME = 4	/* accept another file name than PKGVER.ARCH.xbps */
};

/* reads, checks and hashes a package file, with memory of a; prints no message, so that
 * threads can do it; -1 with why set */
int pkgfileread(struct pkgfile *p, struct arena *a, int dir, const char *file, int how);

/* whether the file still has the bytes that were read: 1, 0, -1 with errno */
int pkgfilesame(int dir, const char *file, const struct pkgfile *p);

/* sets hash to the SHA-256 of the whole file, and *size to its bytes; -1 with errno */
int pkgfilehash(int fd, char hash[PKGHASH], uint64_t *size);

/* many package files, read by several threads */
struct pkgfiles {
	struct pkgfile *list;
	size_t n;
	struct arena **arenas;	/* one for each thread */
	unsigned narenas;
};

/* reads n package files, relative to dir, into list in the same order, each as
 * pkgfileread does; pkgfilefreeall frees them */
void pkgfilereadall(struct pkgfiles *ps, int dir, char *const *files, size_t n, int how);

/* frees the packages */
void pkgfilefreeall(struct pkgfiles *ps);
