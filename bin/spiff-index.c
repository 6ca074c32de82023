#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/flags.h"
#include "base/print.h"
#include "base/text.h"
#include "base/x.h"
#include "repo/index.h"
#include "repo/indexadd.h"
#include "repo/indexclean.h"
#include "repo/indexgone.h"
#include "repo/indexset.h"
#include "repo/indexwrite.h"
#include "repo/oldfiles.h"
#include "repo/rollback.h"
#include "repo/sign.h"
#include "repo/stages.h"
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
static char **operands;
static size_t noperands;

static const struct flag flags[] = {
	{ 'a', NULL, "add packages to the repository that holds the files" },
	{ 'c', NULL, "drop entries whose file is gone" },
	{ 'C', NULL, "with -c: or whose file has another hash" },
	{ 'd', NULL, "drop packages that no other package needs" },
	{ 'D', "dir", "with -r: remove what no template makes" },
	{ 'f', NULL, "with -a: replace what the index has; with -d: drop all the same" },
	{ 'i', NULL, "take in what builds delivered" },
	{ 'l', NULL, "list the packages" },
	{ 'r', NULL, "remove files that the index does not name" },
	{ 's', "spool", "the spool, for -i" },
	{ 'u', NULL, "put older versions of packages back" },
	{ 'v', NULL, "verify files, sonames and dependencies" },
	{ 0 }
};
static const struct usage usage = {
	"spiff-index -a [-f] file.xbps...\n"
	"spiff-index -c [-C] [repo]\n"
	"spiff-index -d [-f] package...\n"
	"spiff-index -r [-D dir]... [repo]\n"
	"spiff-index -l | -v [repo]\n"
	"spiff-index -i [-s spool] [repo]\n"
	"spiff-index -u pkgver...",
	flags, 0
};

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

/* adds the files that are in the first one's directory; moves the others to the front,
 * and sets *n to their number */
static int
adddirectory(const struct signer *sg, char **files, size_t *n)
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
	r = indexaddfiles(sg, dir, confget(CONF_ARCH), these, k, fflag);
	free(these);
	free(dir);
	return r < 0 ? SYSFAIL : r > 0;
}

static int
addfiles(char **files)
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
		r = adddirectory(&sg, files, &n);
		if (r > status)
			status = r;
	}
	signclose(&sg);
	return status;
}

static int
cleanindex(struct indexset *s, struct index *ix)
{
	if (ix->there && indexclean(ix, Cflag) < 0)
		return SYSFAIL;
	return indexwrite(s, NULL) < 0 ? SYSFAIL : 0;
}

static struct tree *
opentree(void)
{
	struct tree *t;
	char **dirs;
	size_t n;

	dirs = conflist(CONF_DISTDIR, &n);
	t = treeopen(dirs, n);
	free(dirs);
	return t;
}

/* the index must be written without packages whose template is gone before their files
 * are removed */
static int
removeold(struct indexset *s, struct index *ix)
{
	struct tree *t;
	int failed;

	if (Dflag) {
		t = opentree();
		if (!t)
			return SYSFAIL;
		indexgone(ix, s, t);
		failed = treefailed(t);
		treeclose(t);
		if (failed)
			return SYSFAIL;
	}
	if (indexwrite(s, NULL) < 0)
		return SYSFAIL;
	return oldfiles(ix) < 0 ? SYSFAIL : 0;
}

static int
byname(const void *a, const void *b)
{
	const struct plist *const *x = a, *const *y = b;
	int r;

	r = strcmp((*x)->key, (*y)->key);
	return r != 0 ? r : *x < *y ? -1 : *x > *y;
}

static void
listentry(struct buf *b, const struct plist *p, int staged)
{
	const char *arch, *pkgver;
	uint64_t size;

	pkgver = pliststr(p, "pkgver");
	arch = pliststr(p, "architecture");
	if (plistnum(p, "filename-size", &size) < 0)
		size = 0;
	textclean(b, pkgver ? pkgver : p->key);
	bufchar(b, '\t');
	textclean(b, arch ? arch : "-");
	buffmt(b, "\t%llu%s\n", (unsigned long long)size,
	    staged ? "\tstaged" : "");
}

static int
listindex(struct indexset *s, struct index *ix)
{
	const struct plist **all, *dicts[2] = { ix->rd->index, ix->rd->stage };
	struct buf b = { 0 };
	size_t i, n;
	uint32_t k;
	int r;

	all = xcalloc((size_t)dicts[0]->len + dicts[1]->len + 1, sizeof *all);
	for (i = n = 0; i < 2; i++) {
		for (k = 0; k < dicts[i]->len; k++)
			all[n++] = &dicts[i]->u.kids[k];
	}
	qsort(all, n, sizeof *all, byname);
	for (i = 0; i < n; i++)
		listentry(&b, all[i], dicts[1]->len > 0 &&
		    all[i] >= dicts[1]->u.kids &&
		    all[i] < dicts[1]->u.kids + dicts[1]->len);
	free(all);
	r = b.len > 0 ? print(b.s, b.len) : 0;
	buffree(&b);
	if (r == 0 && stagesrebuilds(s, ix) < 0)
		r = -1;
	return r < 0 || indexcommit(ix) < 0 ? SYSFAIL : 0;
}

/* notes the packages of the whole repository that cannot be installed: 1 if there are
 * any, -1 after a message */
static int
notelacks(struct indexset *s, struct index *ix)
{
	struct lack *l;
	struct repos *rs;
	size_t i, n;

	rs = indexsetworld(s, ix->arch);
	if (!rs)
		return -1;
	l = shlibslack(rs, 0, &n);
	for (i = 0; i < n; i++) {
		buffmt(ix->said, "broken\t%s\t%s\t", l[i].pkg->pkgver,
		    l[i].pkg->arch);
		shlibswords(ix->said, &l[i]);
		bufchar(ix->said, '\n');
	}
	free(l);
	return n > 0;
}

static int
verifyindex(struct indexset *s, struct index *ix)
{
	int files, lacks;

	files = indexcleanverify(ix);
	lacks = notelacks(s, ix);
	/* the notes are printed in any case */
	if (indexcommit(ix) < 0 || files < 0 || lacks < 0)
		return SYSFAIL;
	return files || lacks;
}

static int
dropnamed(struct indexset *s, struct index *ix)
{
	size_t kept;

	/* also if nothing is dropped, as the notes say which packages need it */
	kept = indexdrop(s, ix->arch, operands, noperands, fflag);
	if (indexwrite(s, NULL) < 0)
		return SYSFAIL;
	return kept > 0;
}

static int
putback(struct indexset *s, struct index *ix)
{
	struct signer sg;
	int r;

	if (signopen(&sg) < 0)
		return SYSFAIL;
	r = rollback(s, &sg, ix->arch, operands, noperands);
	signclose(&sg);
	return r < 0 ? SYSFAIL : r;
}

/* whether the repository exists: 1; 0 for SPIFF_REPO, which need not exist yet; -1
 * after a message */
static int
repoexists(const char *dir)
{
	if (access(dir, R_OK | X_OK) == 0)
		return 1;
	if (errno == ENOENT && dir == confget(CONF_REPO))
		return 0;
	warn("%s", dir);
	return -1;
}

/* finishes replacements of files that a killed run has cut off */
static int
finishcut(const char *home, const char *sub)
{
	struct indexset s;
	int cut;

	indexsetinit(&s, home);
	indexsetneed(&s, sub, confget(CONF_ARCH), 0);
	cut = indexsetcut(&s);
	if (cut > 0) {
		indexsetopen(&s, 1);
		cut = indexsetcut(&s);
	}
	indexsetclose(&s);
	return cut ? -1 : 0;
}

/* opens the repository of a directory, and calls work for the index there */
static int
withindex(const char *dir, int change, int (*work)(struct indexset *, struct index *))
{
	struct indexset s;
	struct index *ix;
	const char *sub;
	char *home;
	int status;

	status = repoexists(dir);
	if (status <= 0)
		return status < 0 ? SYSFAIL : 0;
	home = repohome(dir, &sub);
	ix = NULL;
	indexsetinit(&s, home);
	if (change || finishcut(home, sub) == 0) {
		/* while old files go, others must not add noarch files that no
		 * index names yet */
		indexsetneed(&s, sub, confget(CONF_ARCH),
		    work == removeold || work == putback);
		indexsetopen(&s, change);
		ix = indexsetget(&s, sub, confget(CONF_ARCH));
	}
	status = ix ? work(&s, ix) : SYSFAIL;
	indexsetclose(&s);
	free(home);
	return status;
}

static int
takedeliveries(const char *repo)
{
	struct signer sg;
	struct spool sp;
	int r;

	if (spoolopen(&sp, confget(CONF_SPOOL), 0) < 0)
		return SYSFAIL;
	r = signopen(&sg);
	if (r == 0) {
		r = takein(&sp, &sg, repo);
		signclose(&sg);
	}
	spoolclose(&sp);
	return r < 0 ? SYSFAIL : r;
}

/* whether a directory that is named has an index; 0 after a message */
static int
isrepo(const char *dir)
{
	char *index;
	int r;

	index = xasprintf("%s/%s-repodata", dir, confget(CONF_ARCH));
	r = access(dir, F_OK) < 0 || access(index, F_OK) == 0;
	if (!r)
		warnx("%s: no repository: it has no %s-repodata", dir,
		    confget(CONF_ARCH));
	free(index);
	return r;
}

static int
runmode(int mode, int argc, char **argv)
{
	const char *dir;

	if (mode == 'a')
		return addfiles(argv);
	operands = argv;
	noperands = (size_t)argc;
	if (mode == 'd')
		return withindex(confget(CONF_REPO), 1, dropnamed);
	if (mode == 'u')
		return withindex(confget(CONF_REPO), 1, putback);
	dir = argc > 0 ? argv[0] : confget(CONF_REPO);
	if ((mode == 'l' || mode == 'v') && argc > 0 && !isrepo(dir))
		return 1;
	switch (mode) {
	case 'i':
		return takedeliveries(dir);
	case 'c':
		return withindex(dir, 1, cleanindex);
	case 'r':
		return withindex(dir, 1, removeold);
	case 'l':
		return withindex(dir, 0, listindex);
	default:
		return withindex(dir, 0, verifyindex);
	}
}

#define ONEMODE "one of -a, -c, -d, -i, -l, -r, -u and -v, and only one"

static void
checkuse(int mode, int argc)
{
	if (!mode)
		flagswrong(&usage, ONEMODE);
	if (mode == 'a' && argc < 1)
		flagswrong(&usage, "-a: no package file is named");
	if ((mode == 'd' || mode == 'u') && argc < 1)
		flagswrong(&usage, "no package is named");
	if (mode != 'a' && mode != 'd' && mode != 'u' && argc > 1)
		flagswrong(&usage, "more than one repository is named");
	if (fflag && mode != 'a' && mode != 'd')
		flagswrong(&usage, "-f goes with -a or -d");
	if (Cflag && mode != 'c')
		flagswrong(&usage, "-C goes with -c alone");
	if (Dflag && mode != 'r')
		flagswrong(&usage, "-D goes with -r alone");
}

int
main(int argc, char **argv)
{
	int c, mode, status;

	mode = 0;
	while ((c = flagsnext(&usage, argc, argv)) != -1) {
		switch (c) {
		case 'a':
		case 'c':
		case 'r':
		case 'l':
		case 'v':
		case 'i':
		case 'd':
		case 'u':
			if (mode && mode != c)
				flagswrong(&usage, ONEMODE);
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
			flagswrong(&usage, NULL);
		}
	}
	argc -= optind;
	argv += optind;
	checkuse(mode, argc);
	if (confload() < 0)
		return USAGE;
	status = runmode(mode, argc, argv);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		warn("standard output");
		status = SYSFAIL;
	}
	return status;
}
