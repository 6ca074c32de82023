#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/x.h"
#include "repo/index.h"
#include "repo/indexadd.h"
#include "repo/repolock.h"
#include "repo/sign.h"
#include "xbps/pkgfile.h"
#include "xbps/plist.h"

/* the two hashes let people see which bytes are which */
static void
saydiffers(const char *file, const struct pkg *p, const struct plist *have)
{
	const char *sha256;

	sha256 = pliststr(have, "filename-sha256");
	warnx("%s: the index has other bytes of this version: %s, not %s", file,
	    sha256 ? sha256 : "no hash", p->sha256);
}

/* whether it can be added at all; else after a message, refused counts it unless
 * it is another architecture's */
static int
fits(const struct index *ix, const char *file, const struct pkg *p, int *refused)
{
	if (!p->props) {
		warnx("%s: %s", file, p->why);
		++*refused;
		return 0;
	}
	if (strcmp(p->arch, ix->arch) == 0 || strcmp(p->arch, "noarch") == 0)
		return 1;
	warnx("%s: is for %s, not %s: ignored", file, p->arch, ix->arch);
	return 0;
}

/* signs those that will be added and have no signature */
static int
signall(const struct signer *sg, const struct index *ix, const struct pkgs *ps,
    char *const *files, int force)
{
	const struct plist *have;
	char **list;
	size_t i, n;
	int r;

	list = xcalloc(ps->n, sizeof *list);
	for (i = n = 0; sg->on && i < ps->n; i++) {
		if (ps->list[i].props && !signedalready(files[i]) &&
		    indexask(ix, &ps->list[i], force, &have) == INDEX_ADDED)
			list[n++] = files[i];
	}
	r = signfiles(sg, list, n);
	free(list);
	return r;
}

/* adds one: 1 added, 0 not */
static int
addone(struct index *ix, const char *file, struct pkg *p, int force, int *refused)
{
	const struct plist *have;

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
		++*refused;
	}
	return 0;
}

/* whether one of them is a noarch package, by its name: pkgread sees to it that
 * names are true */
static int
anynoarch(char *const *files, size_t n)
{
	static const char suffix[] = ".noarch.xbps";
	size_t i, len;

	for (i = 0; i < n; i++) {
		len = strlen(files[i]);
		if (len >= sizeof suffix &&
		    strcmp(files[i] + len - sizeof suffix + 1, suffix) == 0)
			return 1;
	}
	return 0;
}

/* what the system could not read is not known to be unsound: nothing is added */
static int
allread(const struct pkgs *ps, char *const *files)
{
	size_t i;
	int r;

	r = 0;
	for (i = 0; i < ps->n; i++) {
		if (ps->list[i].props || !ps->list[i].transient)
			continue;
		warnx("%s: %s", files[i], ps->list[i].why);
		r = -1;
	}
	return r;
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

/* adds them, while their noarch files are locked */
static int
addlocked(const struct signer *sg, const char *dir, const char *arch,
    char *const *files, size_t n, int force, FILE *out)
{
	struct index ix;
	struct pkgs ps;
	const char **added;
	size_t i, nadded;
	int r, refused;

	if (indexopen(&ix, dir, arch, 1) < 0)
		return -1;
	/* with the lock: what is read here is what the index will say */
	pkgsread(&ps, AT_FDCWD, files, n, PKG_WHOLE);
	added = xcalloc(n, sizeof *added);
	nadded = 0;
	refused = 0;
	r = allread(&ps, files);
	for (i = 0; r == 0 && i < n; i++) {
		if (!fits(&ix, files[i], &ps.list[i], &refused))
			ps.list[i].props = NULL;
	}
	if (r == 0)
		r = signall(sg, &ix, &ps, files, force);
	for (i = 0; r == 0 && i < n; i++) {
		if (ps.list[i].props &&
		    addone(&ix, files[i], &ps.list[i], force, &refused))
			added[nadded++] = files[i];
	}
	if (r == 0) {
		indexsettle(&ix);
		if (signindex(sg, &ix) < 0 || syncall(added, nadded) < 0 ||
		    indexwrite(&ix, out) < 0)
			r = -1;
	}
	free(added);
	indexclose(&ix);
	pkgsfree(&ps);
	return r < 0 ? -1 : refused;
}

int
addfiles(const struct signer *sg, const char *dir, const char *arch,
    char *const *files, size_t n, int force, FILE *out)
{
	int fd, r;

	if (!anynoarch(files, n))
		return addlocked(sg, dir, arch, files, n, force, out);
	fd = repolocknoarch(dir);
	if (fd < 0)
		return -1;
	r = addlocked(sg, dir, arch, files, n, force, out);
	close(fd);
	return r;
}
