#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/flags.h"
#include "base/io.h"
#include "base/print.h"
#include "base/x.h"
#include "plan/operand.h"
#include "plan/plan.h"
#include "plan/sides.h"
#include "tree/tree.h"
#include "xbps/pkgver.h"
#include "xbps/repo.h"
#include "xbps/repos.h"

enum {
	MAXTEMPLATE = 16 << 20,	/* bytes */
	MAXFILE = 256 << 20,	/* of a file beside a template */
	DEPTH = 20,		/* of directories below srcpkgs/NAME */
	MAXREVISION = 1000000
};

static int cflag, fflag;
static int sysfail;		/* the system failed: another try may help */
static struct buf out;

static const struct flag flags[] = {
	{ 'a', "arch", "the architecture whose repositories are looked at" },
	{ 'A', "host", "the architecture that builds" },
	{ 'c', NULL, "copy what void-packages alone has into the first overlay" },
	{ 'D', "dir", "a tree, overlays first; repeatable" },
	{ 'f', NULL, "raise also what no repository has yet" },
	{ 'r', "repo", "the build repository" },
	{ 'R', "repo", "a main repository; repeatable" },
	{ 0 }
};
static const struct usage usage = {
	"spiff-bump [-cf] [-a arch] [-A host] [-D dir] [-r repo] [-R repo]\n"
	"           pkg ... | -",
	flags, 0
};

/* sets sysfail if errno is an error of the system, not of a package or an overlay */
static void
noteerror(void)
{
	if (iotransient(errno) || errno == ENOSPC || errno == EDQUOT || errno == EROFS)
		sysfail = 1;
}

/* sets *at and *len to where the number of the line revision=N is, and to its length; -1
 * unless there is exactly one such line */
static int
findrevision(const char *text, size_t *at, size_t *len)
{
	static const char key[] = "revision=";
	const char *s, *end;
	size_t n;
	int found;

	found = 0;
	for (s = text; s; s = strchr(s, '\n'), s = s ? s + 1 : NULL) {
		if (strncmp(s, key, sizeof key - 1) != 0)
			continue;
		s += sizeof key - 1;
		if (*s == '"' || *s == '\'')
			s++;
		n = strspn(s, "0123456789");
		end = s + n + (s[n] == '"' || s[n] == '\'');
		if (n == 0 || n > 6 || (*end && !strchr(" \t\n#", *end)) || found)
			return -1;
		found = 1;
		*at = (size_t)(s - text);
		*len = n;
	}
	return found ? 0 : -1;
}

/* raises the revision of the template in a directory above its own and above least; -1
 * after a message */
static int
raiserevision(int dir, const char *path, long least)
{
	struct buf b = {0}, new = {0};
	struct stat st;
	size_t at, len;
	long now;
	int r;

	if (fstatat(dir, "template", &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    ioread(dir, "template", MAXTEMPLATE, &b) < 0) {
		noteerror();
		warn("%s/template", path);
		return -1;
	}
	if (memchr(b.s, '\0', b.len) || findrevision(b.s, &at, &len) < 0) {
		warnx("%s/template: no single line revision=NUMBER: raise it by "
		    "hand", path);
		buffree(&b);
		return -1;
	}
	now = strtol(b.s + at, NULL, 10);
	bufadd(&new, b.s, at);
	buffmt(&new, "%ld", (now > least ? now : least) + 1);
	bufadd(&new, b.s + at + len, b.len - at - len);
	r = ioreplace(dir, "template", new.s, new.len, st.st_mode & 07777);
	if (r < 0) {
		noteerror();
		warn("%s/template", path);
	}
	buffree(&b);
	buffree(&new);
	return r;
}

struct copying {
	int from, to, depth;
};

static int copydir(int from, int to, int depth);

static int
copylink(const struct copying *c, const char *name)
{
	char target[4096];
	ssize_t n;

	n = readlinkat(c->from, name, target, sizeof target);
	if (n < 0 || (size_t)n == sizeof target)
		return -1;
	target[n] = '\0';
	return symlinkat(target, c->to, name);
}

static int
copysub(const struct copying *c, const char *name)
{
	int from, r, to;

	from = openat(c->from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC);
	to = from < 0 ? -1 : ioopendir(c->to, name, 1);
	r = to < 0 ? -1 : copydir(from, to, c->depth + 1);
	ioclose(to);
	ioclose(from);
	return r;
}

static int
copyentry(const char *name, void *arg)
{
	const struct copying *c = arg;
	struct buf b = {0};
	struct stat st;
	int r;

	if (fstatat(c->from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	if (S_ISLNK(st.st_mode))
		return copylink(c, name);
	if (S_ISDIR(st.st_mode))
		return copysub(c, name);
	r = ioread(c->from, name, MAXFILE, &b);
	if (r == 0)
		r = ioreplace(c->to, name, b.s, b.len, st.st_mode & 07777);
	buffree(&b);
	return r;
}

/* copies the entries of a directory; -1 with errno */
static int
copydir(int from, int to, int depth)
{
	struct copying c = { from, to, depth };

	if (depth > DEPTH) {
		errno = ELOOP;
		return -1;
	}
	return iolist(from, copyentry, &c);
}

/* copies a source package from void-packages into the overlay, where it appears
 * with its new revision; -1 after a message */
static int
copypackage(const char *voids, const char *overlay, const char *name, long least)
{
	char *from, *tmp, *to;
	int r, src, dst, srcpkgs;

	from = xasprintf("%s/srcpkgs/%s", voids, name);
	to = xasprintf("%s/srcpkgs/%s", overlay, name);
	tmp = xasprintf(".%s.%ld.tmp", name, (long)getpid());
	srcpkgs = openat(AT_FDCWD, overlay, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dst = srcpkgs < 0 ? -1 : ioopendir(srcpkgs, "srcpkgs", 0);
	ioclose(srcpkgs);
	srcpkgs = dst;
	dst = srcpkgs < 0 ? -1 : ioopendir(srcpkgs, tmp, 1);
	src = open(from, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	r = dst < 0 || src < 0 ? -1 : copydir(src, dst, 0);
	if (r < 0) {
		noteerror();
		warn("copy %s to %s", from, to);
	} else {
		r = raiserevision(dst, from, least);
	}
	if (r == 0 && iorename(srcpkgs, tmp, name) < 0) {
		noteerror();
		warn("%s", to);
		r = -1;
	}
	if (r < 0 && srcpkgs >= 0)
		ioremove(srcpkgs, tmp);
	if (r == 0)
		buffmt(&out, "%s\n", to);
	ioclose(src);
	ioclose(dst);
	ioclose(srcpkgs);
	free(from);
	free(tmp);
	free(to);
	return r;
}

/* raises the revision of an overlay's package, unless its directory is that of
 * void-packages by a link; -1 after a message */
static int
bumpoverlay(const char *overlay, const char *voids, const char *name, long least)
{
	struct stat here, there;
	char *path, *path2;
	int dir, r;

	path = xasprintf("%s/srcpkgs/%s", overlay, name);
	path2 = xasprintf("%s/srcpkgs/%s", voids, name);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	r = -1;
	if (dir < 0 || fstat(dir, &here) < 0) {
		noteerror();
		warn("%s", path);
	} else if (stat(path2, &there) == 0 && here.st_dev == there.st_dev &&
	    here.st_ino == there.st_ino) {
		warnx("%s: is the directory of void-packages, which is never "
		    "changed", path);
	} else {
		r = raiserevision(dir, path, least);
	}
	if (r == 0)
		buffmt(&out, "%s/template\n", path);
	ioclose(dir);
	free(path);
	free(path2);
	return r;
}

/* whether a repository has the tree's version of a package, so that only another revision
 * can be built; raises *revision to the highest revision that a repository has */
static int
haveversion(const struct plan *p, const struct pnode *v, long *revision)
{
	const struct repos *rs = p->sides->side[v->side].repos;
	const struct repopkg *has;
	const struct repo *r;
	const char *mine, *theirs;
	size_t i, n;
	int any;

	any = 0;
	mine = pkgverversion(v->pkgver);
	n = (size_t)(pkgverrevision(v->pkgver) - mine);
	for (i = 0; (r = reposat(rs, i)); i++) {
		has = repoget(r, v->name);
		theirs = has ? pkgverversion(has->pkgver) : NULL;
		if (!has || strncmp(mine, theirs, n) != 0 ||
		    pkgvercmp(theirs, mine) < 0)
			continue;
		any = 1;
		if (*revision < atol(theirs + n))
			*revision = atol(theirs + n);
	}
	return any && *revision < MAXREVISION;
}

/* the same for all nodes of a template, which are for several architectures; -1 when an
 * earlier one was the first of them */
static int
havetemplate(const struct plan *p, const struct pnode *v, long *revision)
{
	const struct pnode *o;
	int any;

	any = 0;
	*revision = 0;
	for (o = p->nodes; o < p->nodes + p->n; o++) {
		if (!o->pkgver || strcmp(o->name, v->name) != 0)
			continue;
		if (o < v)
			return -1;
		any |= haveversion(p, o, revision);
	}
	return any;
}

/* raises a package's revision; -1 after a message */
static int
bumpnode(const struct plan *p, const struct pnode *v)
{
	struct tree *t = p->sides->tree;
	const char *const *dirs;
	struct stat st;
	long revision;
	size_t n;
	int at, has;

	if (!v->pkgver)
		return -1;
	has = havetemplate(p, v, &revision);
	if (has < 0)
		return 0;
	dirs = treedirs(t, &n);
	at = treestat(t, v->name, &st);
	if (!has && !fflag) {
		warnx("%s: no repository has that yet: its revision stays", v->pkgver);
		buffmt(&out, "%s/srcpkgs/%s/template\n", dirs[at], v->name);
		return 0;
	}
	if ((size_t)at < n - 1)
		return bumpoverlay(dirs[at], dirs[n - 1], v->name, revision);
	if (n == 1) {
		warnx("%s: only void-packages has it, which is never changed: put an "
		    "overlay before it in SPIFF_DISTDIR", v->name);
		return -1;
	}
	if (!cflag) {
		warnx("%s: only void-packages has it, which is never changed: -c "
		    "copies it into %s", v->name, dirs[0]);
		return -1;
	}
	return copypackage(dirs[n - 1], dirs[0], v->name, revision);
}

static int
runbump(const struct operands *ops)
{
	struct plan *p;
	size_t i;
	int r;

	p = planopen(0, 0);
	if (!p)
		return 111;
	r = operandask(ops, p, 0) < 0;
	if (planmake(p, PLAN_ASKED) < 0)
		r = 111;
	for (i = 0; r != 111 && i < p->n; i++) {
		if (bumpnode(p, &p->nodes[i]) < 0)
			r = 1;
	}
	planclose(p);
	return sysfail ? 111 : r;
}

int
main(int argc, char **argv)
{
	struct operands ops = {0};
	int bad, c, i, r;

	while ((c = flagsnext(&usage, argc, argv)) != -1) {
		switch (c) {
		case 'c':
			cflag = 1;
			break;
		case 'f':
			fflag = 1;
			break;
		default:
			if (!confflag(c, optarg))
				flagswrong(&usage, NULL);
		}
	}
	if (optind == argc)
		flagswrong(&usage, "no package is named");
	if (confload() < 0)
		return 2;
	bad = 0;
	for (i = optind; i < argc; i++) {
		r = operandadd(&ops, argv[i]);
		if (r == -2)
			return 111;
		bad |= r < 0;
	}
	r = runbump(&ops);
	if (print(out.s, out.len) < 0)
		r = 111;
	buffree(&out);
	operandfree(&ops);
	return r ? r : bad;
}
