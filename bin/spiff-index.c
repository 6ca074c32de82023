#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/x.h"
#include "repo/index.h"
#include "repo/indexadd.h"
#include "repo/indexclean.h"
#include "repo/indexgone.h"
#include "repo/oldfiles.h"
#include "repo/repolock.h"
#include "repo/sign.h"
#include "repo/takein.h"
#include "spool/spool.h"
#include "tree/tree.h"
#include "xbps/plist.h"
#include "xbps/repo.h"
#include "xbps/repodata.h"
#include "xbps/repos.h"
#include "xbps/shlibs.h"

enum { USAGE = 2, SYSFAIL = 111 };

static int Cflag, Dflag, fflag;

/* says what is wrong, unless why is NULL, and how to use the program */
static void
usage(const char *why)
{
	if (why)
		warnx("%s", why);
	fprintf(stderr, "usage: spiff-index -a [-f] file.xbps...\n"
	    "       spiff-index -c [-C] [repo]\n"
	    "       spiff-index -r [-D dir]... [repo]\n"
	    "       spiff-index -l | -v [repo]\n"
	    "       spiff-index -i [-s spool] [repo]\n");
	exit(USAGE);
}

static char *
directory(const char *file)
{
	const char *slash;

	slash = strrchr(file, '/');
	if (!slash)
		return xstrdup(".");
	while (slash > file && slash[-1] == '/')
		slash--;
	return xstrndup(file, slash > file ? (size_t)(slash - file) : 1);
}

/* adds the files of the first one's directory; those of others are moved to the
 * front, *n is how many they are */
static int
addsome(const struct signer *sg, char **files, size_t *n)
{
	char **these, *dir, *other;
	size_t all, i, k;
	int r;

	all = *n;
	these = xcalloc(all, sizeof *these);
	dir = directory(files[0]);
	*n = 0;
	for (i = k = 0; i < all; i++) {
		other = directory(files[i]);
		if (strcmp(dir, other) == 0)
			these[k++] = files[i];
		else
			files[(*n)++] = files[i];
		free(other);
	}
	r = addfiles(sg, dir, confget(CONF_ARCH), these, k, fflag, stdout);
	free(these);
	free(dir);
	return r < 0 ? SYSFAIL : r > 0;
}

static int
add(char **files)
{
	struct signer sg;
	size_t n;
	int r, status;

	if (signopen(&sg) < 0)
		return SYSFAIL;
	for (n = 0; files[n]; n++)
		;
	status = 0;
	while (n > 0) {
		r = addsome(&sg, files, &n);
		if (r > status)
			status = r;
	}
	signclose(&sg);
	return status;
}

static int
clean(struct index *ix)
{
	return ix->there && cleanindex(ix, Cflag) < 0 ? SYSFAIL : 0;
}

/* the packages whose template is gone; the index must be written before any
 * file goes */
static int
removegone(struct index *ix)
{
	struct tree *t;
	char **dirs;
	size_t n;
	int r;

	dirs = conflist(CONF_DISTDIR, &n);
	t = treeopen(dirs, n);
	free(dirs);
	if (!t)
		return -1;
	r = gone(ix, t);
	treeclose(t);
	return r < 0 ? -1 : indexwrite(ix, stdout);
}

static int
removeobsolete(struct index *ix)
{
	if (Dflag && removegone(ix) < 0)
		return SYSFAIL;
	return obsolete(ix, stdout) < 0 ? SYSFAIL : 0;
}

static int
byname(const void *a, const void *b)
{
	const struct plist *const *x = a, *const *y = b;
	int r;

	r = strcmp((*x)->key, (*y)->key);
	return r != 0 ? r : *x < *y ? -1 : *x > *y;
}

static int
list(struct index *ix)
{
	const struct plist **all, *dicts[2] = { ix->rd->index, ix->rd->stage };
	const char *arch, *pkgver;
	size_t i, n;
	uint64_t size;
	uint32_t k;

	all = xcalloc((size_t)dicts[0]->len + dicts[1]->len, sizeof *all);
	for (i = n = 0; i < 2; i++) {
		for (k = 0; k < dicts[i]->len; k++)
			all[n++] = &dicts[i]->u.kids[k];
	}
	qsort(all, n, sizeof *all, byname);
	for (i = 0; i < n; i++) {
		pkgver = pliststr(all[i], "pkgver");
		arch = pliststr(all[i], "architecture");
		if (plistnum(all[i], "filename-size", &size) < 0)
			size = 0;
		k = dicts[1]->len > 0 && all[i] >= dicts[1]->u.kids &&
		    all[i] < dicts[1]->u.kids + dicts[1]->len;
		printf("%s\t%s\t%llu%s\n", pkgver ? pkgver : all[i]->key,
		    arch ? arch : "-", (unsigned long long)size,
		    k ? "\tstaged" : "");
	}
	free(all);
	indexrebuilds(ix);
	return 0;
}

/* notes what the packages of the whole repository lack: 1 if anything, -1 after a
 * message */
static int
findlacks(struct index *ix)
{
	struct lack *l;
	struct repo *r;
	struct repos *rs;
	const char *sub;
	char *home;
	size_t i, n;

	home = repohome(ix->dir, &sub);
	r = repoopen(home, ix->arch, 1);
	free(home);
	rs = r ? reposwith(r, ix->arch) : NULL;
	if (!rs)
		return -1;
	l = shlibslack(rs, 0, &n);
	for (i = 0; i < n; i++) {
		buffmt(ix->said, "broken\t%s\t%s\t", l[i].pkg->pkgver,
		    l[i].pkg->arch);
		lackwords(ix->said, &l[i]);
		bufchar(ix->said, '\n');
	}
	free(l);
	reposdel(rs);
	return n > 0;
}

static int
verify(struct index *ix)
{
	int files, lacks;

	files = cleanverify(ix, isatty(2) ? stderr : NULL);
	lacks = findlacks(ix);
	if (files >= 0 && lacks >= 0)
		return files || lacks;
	/* what is known is said all the same */
	indexwrite(ix, stdout);
	return SYSFAIL;
}

/* whether there is a repository to work on: 1, 0 for a build repository of the
 * settings that does not exist yet, -1 after a message */
static int
isthere(const char *dir)
{
	if (access(dir, R_OK | X_OK) == 0)
		return 1;
	if (errno == ENOENT && dir == confget(CONF_REPO))
		return 0;
	warn("%s", dir);
	return -1;
}

/* opens a repository, does its work, and writes the index if it changed */
static int
with(const char *dir, int change, int (*work)(struct index *))
{
	struct index ix;
	int status;

	status = isthere(dir);
	if (status <= 0)
		return status < 0 ? SYSFAIL : 0;
	if (indexopen(&ix, dir, confget(CONF_ARCH), change) < 0)
		return SYSFAIL;
	status = work(&ix);
	if (status != SYSFAIL && indexwrite(&ix, stdout) < 0)
		status = SYSFAIL;
	indexclose(&ix);
	return status;
}

/* removes files, while nobody adds noarch ones that no index has yet */
static int
withnoarch(const char *dir, int (*work)(struct index *))
{
	int fd, status;

	status = isthere(dir);
	if (status <= 0)
		return status < 0 ? SYSFAIL : 0;
	fd = repolocknoarch(dir);
	if (fd < 0)
		return SYSFAIL;
	status = with(dir, 1, work);
	close(fd);
	return status;
}

static int
takein(const char *repo)
{
	struct signer sg;
	struct spool sp;
	int r;

	if (spoolopen(&sp, confget(CONF_SPOOL), 0) < 0)
		return SYSFAIL;
	r = signopen(&sg);
	if (r == 0) {
		r = take(&sp, &sg, repo, stdout);
		signclose(&sg);
	}
	spoolclose(&sp);
	return r < 0 ? SYSFAIL : r;
}

static int
run(int mode, int argc, char **argv)
{
	const char *dir;

	if (mode == 'a')
		return add(argv);
	dir = argc > 0 ? argv[0] : confget(CONF_REPO);
	switch (mode) {
	case 'i':
		return takein(dir);
	case 'c':
		return with(dir, 1, clean);
	case 'r':
		return withnoarch(dir, removeobsolete);
	case 'l':
		return with(dir, 0, list);
	default:
		return with(dir, 0, verify);
	}
}

#define ONEMODE "one of -a, -c, -i, -l, -r and -v, and only one"

static void
checkuse(int mode, int argc)
{
	if (!mode)
		usage(ONEMODE);
	if (mode == 'a' && argc < 1)
		usage("-a: no package file is named");
	if (mode != 'a' && argc > 1)
		usage("more than one repository is named");
	if (fflag && mode != 'a')
		usage("-f goes with -a alone");
	if (Cflag && mode != 'c')
		usage("-C goes with -c alone");
	if (Dflag && mode != 'r')
		usage("-D goes with -r alone");
}

int
main(int argc, char **argv)
{
	int c, mode, status;

	mode = 0;
	while ((c = getopt(argc, argv, "acfrlvCD:is:")) != -1) {
		switch (c) {
		case 'a':
		case 'c':
		case 'r':
		case 'l':
		case 'v':
		case 'i':
			if (mode && mode != c)
				usage(ONEMODE);
			mode = c;
			break;
		case 'f':
			fflag = 1;
			break;
		case 'C':
			Cflag = 1;
			break;
		case 'D':
			Dflag = 1;
			confflag(c, optarg);
			break;
		case 's':
			confflag(c, optarg);
			break;
		default:
			usage(NULL);
		}
	}
	argc -= optind;
	argv += optind;
	checkuse(mode, argc);
	if (confload() < 0)
		return USAGE;
	status = run(mode, argc, argv);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		warn("standard output");
		status = SYSFAIL;
	}
	return status;
}
