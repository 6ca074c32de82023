#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "add.h"
#include "index.h"
#include "io.h"
#include "pkg.h"
#include "pkgs.h"
#include "plist.h"
#include "x.h"

/* the two hashes let people see which bytes are which */
static void
saydiffers(const char *file, const struct pkg *p, const struct plist *have)
{
	const char *sha256;

	sha256 = pliststr(have, "filename-sha256");
	warnx("%s: the index has other bytes of this version: %s, not %s", file,
	    sha256 ? sha256 : "no hash", p->sha256);
}

/* adds one: 1 added, 0 passed over, -1 refused */
static int
addone(struct index *ix, const char *file, struct pkg *p, int force)
{
	const struct plist *have;

	if (!p->props) {
		warnx("%s: %s", file, p->why);
		return -1;
	}
	if (strcmp(p->arch, ix->arch) != 0 && strcmp(p->arch, "noarch") != 0) {
		warnx("%s: is for %s, not %s: ignored", file, p->arch, ix->arch);
		return 0;
	}
	switch (indexask(ix, p, force, &have)) {
	case INDEX_ADDED:
		indexadd(ix, p, force);
		return 1;
	case INDEX_PRESENT:
	case INDEX_OLDER:
		indexnote(ix, "present", have);
		return 0;
	case INDEX_DIFFERS:
		saydiffers(file, p, have);
	}
	return -1;
}

static int
syncall(const char **files, size_t n)
{
	size_t failed;

	if (iosyncfiles(AT_FDCWD, files, n, &failed) == 0)
		return 0;
	warn("%s", files[failed]);
	return -1;
}

int
addfiles(const char *dir, const char *arch, char *const *files, size_t n,
    int force, FILE *out)
{
	struct index ix;
	struct pkgs ps;
	const char **added;
	size_t i, nadded;
	int r, refused;

	if (indexopen(&ix, dir, arch, 1) < 0)
		return -1;
	/* with the lock: what is read here is what the index will say */
	pkgsread(&ps, AT_FDCWD, files, n, 0);
	added = xcalloc(n, sizeof *added);
	nadded = 0;
	refused = 0;
	for (i = 0; i < n; i++) {
		r = addone(&ix, files[i], &ps.list[i], force);
		if (r > 0)
			added[nadded++] = files[i];
		else if (r < 0)
			refused++;
	}
	r = 0;
	indexsettle(&ix);
	if (syncall(added, nadded) < 0 || indexwrite(&ix, out) < 0)
		r = -1;
	free(added);
	indexclose(&ix);
	pkgsfree(&ps);
	return r < 0 ? -1 : refused;
}
