/* Package files, PKGVER.ARCH.xbps: what they say of themselves, and whether
 * that is sound. */

#include <stddef.h>
#include <stdint.h>

struct arena;
struct plist;

enum { PKGHASH = 65 };	/* a SHA-256 in hexadecimal, and its NUL */

struct pkg {
	struct plist *props;	/* NULL if it is no sound package */
	const char *name;
	const char *pkgver;
	const char *arch;
	uint64_t size;		/* bytes */
	char sha256[PKGHASH];
	char why[192];		/* why it is none */
	int transient;		/* that is the system's fault: it may be one */
};

enum {
	PKG_NOLINK = 1,	/* a symbolic link is no package */
	PKG_WHOLE = 2	/* see that it was not cut short; for what comes without a
			 * hash to compare with */
};

/* reads and checks the package file, its whole bytes hashed; what is read comes
 * from a; -1 with why set; says nothing, so that many can be read at once */
int pkgread(struct pkg *p, struct arena *a, int dir, const char *file, int how);

/* sets hash to the SHA-256 of the file's bytes from its start, and *size to
 * their number; -1 with errno */
int pkghash(int fd, char hash[PKGHASH], uint64_t *size);
