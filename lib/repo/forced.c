#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/text.h"
#include "base/x.h"
#include "repo/forced.h"
#include "repo/index.h"
#include "xbps/pkgfile.h"

static const char ending[] = ".forced";

char *
forcedname(const char *file)
{
	return xasprintf(".%s%s", file, ending);
}

/* whether the name is that of a forced file or of its signature */
static int
isforced(const char *name, void *arg)
{
	const char *dot;

	(void)arg;
	dot = *name == '.' ? strstr(name + 1, ending) : NULL;
	return dot && (strcmp(dot + sizeof ending - 1, "") == 0 ||
	    strcmp(dot + sizeof ending - 1, ".sig2") == 0);
}

/* does what iolistpath does; -1 after a message */
static int
scan(const char *dir, int (*fn)(const char *name, void *arg), void *arg)
{
	int r;

	r = iolistpath(dir, fn, arg);
	if (r < 0)
		warn("%s", dir);
	return r;
}

int
forcedhas(const char *dir)
{
	return scan(dir, isforced, NULL);
}

/* renames a file over another: 1, 0 if it is not there, -1 with errno */
static int
moveover(int dir, const char *from, const char *to)
{
	if (iorename(dir, from, to) < 0)
		return errno == ENOENT ? 0 : -1;
	/* a rename between two names of one file leaves both */
	unlinkat(dir, from, 0);
	return 1;
}

int
forcedfinish(const struct index *ix, const char *file)
{
	char *new, *newsig, *sig;
	int r;

	new = forcedname(file);
	newsig = xasprintf("%s.sig2", new);
	sig = xasprintf("%s.sig2", file);
	/* the signature of the old bytes */
	if (faccessat(ix->dirfd, newsig, F_OK, 0) < 0 && errno == ENOENT &&
	    faccessat(ix->dirfd, new, F_OK, 0) == 0)
		unlinkat(ix->dirfd, sig, 0);
	r = moveover(ix->dirfd, new, file);
	/* file first: a new signature alone belongs to a file that has its name */
	if (r >= 0)
		r = moveover(ix->dirfd, newsig, sig);
	if (r < 0 || iosyncdir(ix->dirfd) < 0) {
		warn("%s/%s", ix->dir, file);
		r = -1;
	}
	free(new);
	free(newsig);
	free(sig);
	return r < 0 ? -1 : 0;
}

struct names {
	char **list;
	size_t n;
};

static int
collect(const char *name, void *arg)
{
	struct names *l = arg;

	if (!isforced(name, NULL))
		return 0;
	l->list = xgrow(l->list, l->n, sizeof *l->list);
	l->list[l->n++] = xstrdup(name);
	return 0;
}

/* if an index of the directory has the package's hash, writes the hash into all that name
 * its version: 1, 0 if none has it, -1 after a message */
static int
replaceall(struct index *list, size_t n, struct arena *a, const struct index *in,
    struct pkgfile *p)
{
	struct index *ix;
	int begun;

	for (ix = list, begun = 0; ix < list + n; ix++)
		begun |= ix->rd && strcmp(ix->sub, in->sub) == 0 &&
		    indexnames(ix, p) == 2;
	for (ix = list; ix < list + n && begun; ix++) {
		if (!ix->rd || strcmp(ix->sub, in->sub) != 0)
			continue;
		indexreplace(ix, a, p);
		if (indexdraft(ix) < 0 || indexcommit(ix) < 0)
			return -1;
	}
	return begun;
}

/* finishes a replacement, or removes the forced file */
static int
recoverfile(struct index *list, size_t n, struct index *in, struct arena *a,
    const char *name)
{
	struct pkgfile p;
	char *file, *sig;
	int r;

	file = xstrndup(name + 1, (size_t)(strstr(name + 1, ending) - name) - 1);
	sig = xasprintf(".%s%s.sig2", file, ending);
	r = pkgfileread(&p, a, in->dirfd, name, PKG_NOLINK | PKG_ANYNAME);
	if (strcmp(name, sig) == 0) {
		r = forcedfinish(in, file);
	} else if (r < 0 && p.transient) {
		warnx("%s/%s: %s", in->dir, name, p.why);
	} else {
		r = r < 0 ? 0 : replaceall(list, n, a, in, &p);
		if (r > 0) {
			r = forcedfinish(in, file);
		} else if (r == 0) {
			unlinkat(in->dirfd, sig, 0);
			unlinkat(in->dirfd, name, 0);
		}
	}
	free(file);
	free(sig);
	return r;
}

int
forcedrecover(struct index *list, size_t n, struct index *in, struct arena *a)
{
	struct names l = {0};
	size_t i;
	int r;

	r = in->rd ? scan(in->dir, collect, &l) : -1;
	/* each file before its signature */
	if (l.n > 1)
		qsort(l.list, l.n, sizeof(char *), textcompare);
	for (i = 0; i < l.n; i++) {
		if (r == 0)
			r = recoverfile(list, n, in, a, l.list[i]);
		free(l.list[i]);
	}
	free(l.list);
	return r;
}
