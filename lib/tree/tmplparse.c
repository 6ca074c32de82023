#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/table.h"
#include "base/x.h"
#include "tree/tmpl.h"
#include "tree/tmplparse.h"
#include "tree/tree.h"
#include "xbps/pkgver.h"

/* Lines are a letter, a blank and a value:
 *	n v x		pkgname, version, revision
 *	f		why xbps-src refuses to build it
 *	y b B		repository, build_style, build_helper
 *	A 1		all packages are noarch
 *	O R N		build options; reverts; packages without a 32-bit one: words
 *	h c m		hostmakedepends, checkdepends, makedepends: words
 *	p NAME WORDS	a package that it makes, itself first
 *	r WORDS		the run-time dependencies, in an answer
 *	d I WORDS	those of the I-th package, in what is remembered
 *	k I WORDS	what the I-th package conflicts with: patterns
 *	e WHY		it cannot be evaluated; then there is nothing else
 * and first in what is remembered
 *	w PATH		a directory below srcpkgs that the template may read
 *	u common	it may read anything below common/
 * In an answer, a p line has the dependencies that the package will have. xbps-src
 * wants those of the r line before it builds, so a p line's word counts only if the r
 * line has it too, and a word of the r line alone belongs to the first package. */

/* calls fn for each line that begins with one of the letters */
static void
eachline(const char *lines, const char *letters,
    void (*fn)(void *arg, int letter, const char *value, size_t n), void *arg)
{
	const char *end, *s;

	for (s = lines; *s; s = end + 1) {
		end = strchr(s, '\n');
		if (!end)
			return;
		if (end - s >= 2 && s[1] == ' ' && strchr(letters, *s))
			fn(arg, *s, s + 2, (size_t)(end - s - 2));
	}
}

/* returns the next word between *s and end, n bytes long, and moves *s behind it; NULL
 * when there is none */
static const char *
nextword(const char **s, const char *end, size_t *n)
{
	const char *w;

	while (*s < end && **s == ' ')
		(*s)++;
	w = *s;
	while (*s < end && **s != ' ')
		(*s)++;
	*n = (size_t)(*s - w);
	return *n > 0 ? w : NULL;
}

static void
shorten(struct buf *b, size_t len)
{
	b->len = len;
	b->s[len] = '\0';
}

struct fold {
	struct buf *b;
	struct table *wanted;	/* words of r; the value is NULL until a package has it */
	unsigned made;
};

static void
addwanted(void *arg, int letter, const char *s, size_t len)
{
	struct fold *f = arg;
	const char *end, *w;
	char *copy;
	size_t n;

	(void)letter;
	for (end = s + len; (w = nextword(&s, end, &n)); ) {
		copy = xstrndup(w, n);
		tableput(f->wanted, copy);
		free(copy);
	}
}

static void
addassigned(void *arg, int letter, const char *s, size_t len)
{
	struct fold *f = arg;
	const char *end, *w;
	char *copy;
	size_t n, start;

	(void)letter;
	end = s + len;
	if (!nextword(&s, end, &n))
		return;
	start = f->b->len;
	buffmt(f->b, "d %u", f->made++);
	len = f->b->len;
	while ((w = nextword(&s, end, &n))) {
		copy = xstrndup(w, n);
		if (tablekey(f->wanted, copy)) {
			*tableput(f->wanted, copy) = f;
			buffmt(f->b, " %s", copy);
		}
		free(copy);
	}
	if (f->b->len > len)
		bufchar(f->b, '\n');
	else
		shorten(f->b, start);
}

/* copies a line of words, with one blank between them, unless it has none */
static void
copywords(void *arg, int letter, const char *s, size_t len)
{
	struct fold *f = arg;
	const char *end, *w;
	size_t n, start;

	end = s + len;
	start = f->b->len;
	bufchar(f->b, (char)letter);
	len = f->b->len;
	while ((w = nextword(&s, end, &n))) {
		bufchar(f->b, ' ');
		bufadd(f->b, w, n);
	}
	if (f->b->len > len)
		bufchar(f->b, '\n');
	else
		shorten(f->b, start);
}

static void
copyline(void *arg, int letter, const char *s, size_t n)
{
	struct fold *f = arg;

	if (letter == 'p')
		n = strcspn(s, " \n");
	bufchar(f->b, (char)letter);
	bufchar(f->b, ' ');
	bufadd(f->b, s, n);
	bufchar(f->b, '\n');
}

void
tmplparsefold(struct buf *b, const char *answer)
{
	struct fold f = { .b = b, .wanted = mktable() };
	const char *s;
	size_t i, len;
	void *value;

	eachline(answer, "nvxfyAbp", copyline, &f);
	eachline(answer, "BORNhcmk", copywords, &f);
	eachline(answer, "r", addwanted, &f);
	eachline(answer, "p", addassigned, &f);
	bufstr(b, "d 0");
	len = b->len;
	for (i = 0; (s = tablenext(f.wanted, &i, &value)); ) {
		if (!value)
			buffmt(b, " %s", s);
	}
	if (b->len > len)
		bufchar(b, '\n');
	else
		shorten(b, len - strlen("d 0"));
	tabledel(f.wanted);
}

struct parse {
	struct arena *arena;
	struct tree *tree;
	struct tmpl *t;
	const char *pkgname;
};

static void
setfault(struct parse *p, const char *what, const char *which)
{
	char *s;

	if (p->t->error)
		return;
	s = xasprintf("%s%s", what, which);
	p->t->error = arenastr(p->arena, s, strlen(s));
	free(s);
}

static void
countdeps(void *arg, int letter, const char *s, size_t n)
{
	struct tmpl *t = arg;

	if (letter == 'p')
		t->nmakes++;
	for (t->ndeps++; n > 0; n--)
		t->ndeps += *s++ == ' ';
}

static void
countconflicts(void *arg, int letter, const char *s, size_t n)
{
	struct tmpl *t = arg;

	(void)letter;
	/* the number before the words may be missing */
	for (t->nconflicts++; n > 0; n--)
		t->nconflicts += *s++ == ' ';
}

/* returns the package that a word of depends stands for, as xbps-src finds it */
static const char *
findprovider(struct parse *p, const char *pattern)
{
	const char *name, *real;
	size_t n;

	name = strchr(pattern, '?');
	name = name ? name + 1 : pattern;
	n = pkgvername(name);
	if (strncmp(pattern, "virtual?", 8) == 0) {
		real = treevirtual(p->tree, n ? arenastr(p->arena, name, n) :
		    name);
		if (!real)
			setfault(p, "no line in etc/virtual for ", name);
		return real;
	}
	if (pkgverdepname(name))
		n = pkgverdepname(name);
	return n ? arenastr(p->arena, name, n) : name;
}

static void
adddeps(struct parse *p, enum tmplkind kind, unsigned of, const char *s,
    const char *end)
{
	struct tmpldep *d;
	const char *w;
	size_t n;

	while ((w = nextword(&s, end, &n))) {
		d = &p->t->deps[p->t->ndeps];
		d->pattern = arenastr(p->arena, w, n);
		d->name = kind == TMPL_RUN ? findprovider(p, d->pattern) : d->pattern;
		d->kind = kind;
		d->of = of;
		if (d->name)
			p->t->ndeps++;
	}
}

static void
conflicts(struct parse *p, unsigned of, const char *s, const char *end)
{
	struct tmpldep *d;
	const char *w;
	size_t n;

	while ((w = nextword(&s, end, &n))) {
		d = &p->t->conflicts[p->t->nconflicts++];
		d->pattern = arenastr(p->arena, w, n);
		n = pkgverdepname(d->pattern);
		d->name = n ? arenastr(p->arena, w, n) : d->pattern;
		d->of = of;
	}
}

static void
value(void *arg, int letter, const char *s, size_t n)
{
	struct parse *p = arg;
	struct tmpl *t = p->t;
	const char *end;
	unsigned long i;
	char *rest;

	end = s + n;
	switch (letter) {
	case 'n': p->pkgname = arenastr(p->arena, s, n); break;
	case 'v': t->version = arenastr(p->arena, s, n); break;
	case 'x': t->revision = arenastr(p->arena, s, n); break;
	case 'f': t->refused = arenastr(p->arena, s, n); break;
	case 'y': t->repository = arenastr(p->arena, s, n); break;
	case 'b': t->style = arenastr(p->arena, s, n); break;
	case 'B': t->helpers = arenastr(p->arena, s, n); break;
	case 'O': t->options = arenastr(p->arena, s, n); break;
	case 'R': t->reverts = arenastr(p->arena, s, n); break;
	case 'N': t->no32 = arenastr(p->arena, s, n); break;
	case 'A': t->noarch = 1; break;
	case 'e': t->error = arenastr(p->arena, s, n); break;
	case 'p': t->makes[t->nmakes++] = arenastr(p->arena, s, n); break;
	case 'h': adddeps(p, TMPL_HOST, 0, s, end); break;
	case 'c': adddeps(p, TMPL_CHECK, 0, s, end); break;
	case 'm': adddeps(p, TMPL_MAKE, 0, s, end); break;
	case 'd':
		i = strtoul(s, &rest, 10);
		if (i < t->nmakes)
			adddeps(p, TMPL_RUN, (unsigned)i, rest, end);
		break;
	case 'k':
		i = strtoul(s, &rest, 10);
		if (i < t->nmakes)
			conflicts(p, (unsigned)i, rest, end);
		break;
	}
}

/* sets the template's error if a name or version is not sound */
static void
checknames(struct parse *p)
{
	struct tmpl *t = p->t;
	char *pkgver;
	size_t i;

	if (!p->pkgname || strcmp(p->pkgname, t->name) != 0)
		setfault(p, "pkgname is ", p->pkgname ? p->pkgname : "not set");
	pkgver = xasprintf("%s-%s_%s", t->name, t->version, t->revision);
	/* with a dash in it, a part of the version would be one of the name */
	if (!pkgverok(pkgver) || pkgvername(pkgver) != strlen(t->name))
		setfault(p, "no version and revision: ", pkgver);
	free(pkgver);
	for (i = 0; i < t->nmakes; i++) {
		if (!pkgvernameok(t->makes[i]))
			setfault(p, "not a package name: ", t->makes[i]);
	}
	if (t->nmakes == 0)
		setfault(p, "makes no package", "");
}

struct tmpl *
tmplparse(struct arena *a, struct tree *tree, const char *name,
    const char *lines)
{
	struct parse p = { .arena = a, .tree = tree };
	struct tmpl *t;

	t = p.t = arenaget(a, sizeof *t);
	memset(t, 0, sizeof *t);
	t->name = arenastr(a, name, strlen(name));
	t->version = t->revision = t->repository = t->style = t->helpers = "";
	t->options = t->reverts = t->no32 = "";
	eachline(lines, "hcmdp", countdeps, t);
	eachline(lines, "k", countconflicts, t);
	t->makes = arenaget(a, t->nmakes * sizeof *t->makes);
	t->deps = arenaget(a, t->ndeps * sizeof *t->deps);
	t->conflicts = arenaget(a, t->nconflicts * sizeof *t->conflicts);
	t->nmakes = t->ndeps = t->nconflicts = 0;
	eachline(lines, "nvxfyAbBORNehcmpdk", value, &p);
	if (!t->error)
		checknames(&p);
	return t;
}
