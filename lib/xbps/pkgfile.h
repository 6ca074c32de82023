/* Package files, PKGVER.ARCH.xbps: what they say of themselves, and whether
 * that is sound. */

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

struct arena;
struct pkgfile;
struct plist;

enum { PKGHASH = 65 };	/* a SHA-256 in hexadecimal, and its NUL */

struct pkgfile {
	struct plist *props;	/* NULL if it is no sound package */
	const char *name;
	const char *pkgver;
	const char *arch;
	uint64_t size;		/* bytes */
	char sha256[PKGHASH];
	struct stat st;		/* of the file that was hashed */
	struct timespec read;	/* when that was begun */
	char why[192];		/* why it is none */
	int transient;		/* that is the system's fault: it may be one */
};

enum {
	PKG_NOLINK = 1,	/* a symbolic link is no package */
	PKG_WHOLE = 2,	/* see that it was not cut short; for what comes without a
			 * hash to compare with */
	PKG_ANYNAME = 4	/* its file may have another name than it should */
};

/* reads and checks the package file, its whole bytes hashed; what is read comes
 * from a; -1 with why set; says nothing, so that many can be read at once */
int pkgfileread(struct pkgfile *p, struct arena *a, int dir, const char *file, int how);

/* whether the file is still the one that was read, with the same bytes: 1, 0, -1
 * with errno */
int pkgfilesame(int dir, const char *file, const struct pkgfile *p);

/* sets hash to the SHA-256 of the file's bytes from its start, and *size to
 * their number; -1 with errno */
int pkgfilehash(int fd, char hash[PKGHASH], uint64_t *size);

/* Many package files, read and hashed at the same time. */

struct pkgfiles {
	struct pkgfile *list;
	size_t n;
	struct arena **arenas;	/* one for each thread */
	unsigned narenas;
};

/* reads n package files, relative to dir, into list in the same order, as
 * pkgfileread does; pkgfilefreeall frees them */
void pkgfilereadall(struct pkgfiles *ps, int dir, char *const *files, size_t n, int how);

/* frees the packages and all they said */
void pkgfilefreeall(struct pkgfiles *ps);

/* Whether a package file was cut short, told without unpacking it if it is
 * compressed with zstd, as nearly all are. */

/* 0 if the archive in fd is whole, -1 with a reason in why, of n bytes, and
 * *transient set to whether the system is to blame */
int whole(int fd, char *why, size_t n, int *transient);
