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
 * In an answer the words of a p line are what that package would depend on if it
 * were made; but what xbps-src wants before it builds is r, so that of the others
 * only what r has too is kept, and what only r has is the first package's. */

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

/* returns the next word at *s, which ends at end, in its length n; NULL when
 * there is none */
static const char *
word(const char **s, const char *end, size_t *n)
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
cut(struct buf *b, size_t len)
{
	b->len = len;
	b->s[len] = '\0';
}

struct fold {
	struct buf *b;
	struct table *wanted;	/* words of r: NULL until a package has it */
	unsigned made;
};

static void
want(void *arg, int letter, const char *s, size_t len)
{
	struct fold *f = arg;
	const char *end, *w;
	char *copy;
	size_t n;

	(void)letter;
	for (end = s + len; (w = word(&s, end, &n)); ) {
		copy = xstrndup(w, n);
		tableput(f->wanted, copy);
		free(copy);
	}
}

static void
assign(void *arg, int letter, const char *s, size_t len)
{
	struct fold *f = arg;
	const char *end, *w;
	char *copy;
	size_t n, start;

	(void)letter;
	end = s + len;
	if (!word(&s, end, &n))
		return;
	start = f->b->len;
	buffmt(f->b, "d %u", f->made++);
	len = f->b->len;
	while ((w = word(&s, end, &n))) {
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
		cut(f->b, start);
}

/* copies a line of words, unless it has none, with one blank between them */
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
	while ((w = word(&s, end, &n))) {
		bufchar(f->b, ' ');
		bufadd(f->b, w, n);
	}
	if (f->b->len > len)
		bufchar(f->b, '\n');
	else
		cut(f->b, start);
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

	eachline(answer, "nvxfybp", copyline, &f);
	eachline(answer, "BORNhcmk", copywords, &f);
	eachline(answer, "r", want, &f);
	eachline(answer, "p", assign, &f);
	bufstr(b, "d 0");
	len = b->len;
	for (i = 0; (s = tablenext(f.wanted, &i, &value)); ) {
		if (!value)
			buffmt(b, " %s", s);
	}
	if (b->len > len)
		bufchar(b, '\n');
	else
		cut(b, len - strlen("d 0"));
	tabledel(f.wanted);
}

struct parse {
	struct arena *arena;
	struct tree *tree;
	struct tmpl *t;
	const char *pkgname;
};

static void
fault(struct parse *p, const char *what, const char *which)
{
	char *s;

	if (p->t->error)
		return;
	s = xasprintf("%s%s", what, which);
	p->t->error = arenastr(p->arena, s, strlen(s));
	free(s);
}

static void
counts(void *arg, int letter, const char *s, size_t n)
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
	for (; n > 0; n--)
		t->nconflicts += *s++ == ' ';
}

/* returns the package that a word of depends stands for, as xbps-src has it:
 * what is before a question mark says no more than that it is virtual */
static const char *
provider(struct parse *p, const char *pattern)
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
			fault(p, "no line in etc/virtual for ", name);
		return real;
	}
	if (pkgverdepname(name))
		n = pkgverdepname(name);
	return n ? arenastr(p->arena, name, n) : name;
}

static void
deps(struct parse *p, enum tmplkind kind, unsigned of, const char *s,
    const char *end)
{
	struct tmpldep *d;
	const char *w;
	size_t n;

	while ((w = word(&s, end, &n))) {
		d = &p->t->deps[p->t->ndeps];
		d->pattern = arenastr(p->arena, w, n);
		d->name = kind == TMPL_RUN ? provider(p, d->pattern) : d->pattern;
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

	while ((w = word(&s, end, &n))) {
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
	case 'e': t->error = arenastr(p->arena, s, n); break;
	case 'p': t->makes[t->nmakes++] = arenastr(p->arena, s, n); break;
	case 'h': deps(p, TMPL_HOST, 0, s, end); break;
	case 'c': deps(p, TMPL_CHECK, 0, s, end); break;
	case 'm': deps(p, TMPL_MAKE, 0, s, end); break;
	case 'd':
		i = strtoul(s, &rest, 10);
		if (i < t->nmakes)
			deps(p, TMPL_RUN, (unsigned)i, rest, end);
		break;
	case 'k':
		i = strtoul(s, &rest, 10);
		if (i < t->nmakes)
			conflicts(p, (unsigned)i, rest, end);
		break;
	}
}

/* whether the names fit what others believe of names */
static void
check(struct parse *p)
{
	struct tmpl *t = p->t;
	char *pkgver;
	size_t i;

	if (!p->pkgname || strcmp(p->pkgname, t->name) != 0)
		fault(p, "pkgname is ", p->pkgname ? p->pkgname : "not set");
	pkgver = xasprintf("%s-%s_%s", t->name, t->version, t->revision);
	/* with a dash in it, a part of the version would be one of the name */
	if (!pkgverok(pkgver) || pkgvername(pkgver) != strlen(t->name))
		fault(p, "no version and revision: ", pkgver);
	free(pkgver);
	for (i = 0; i < t->nmakes; i++) {
		if (!pkgvernameok(t->makes[i]))
			fault(p, "not a package name: ", t->makes[i]);
	}
	if (t->nmakes == 0)
		fault(p, "makes no package", "");
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
	eachline(lines, "hcmdp", counts, t);
	eachline(lines, "k", countconflicts, t);
	t->makes = arenaget(a, t->nmakes * sizeof *t->makes);
	t->deps = arenaget(a, t->ndeps * sizeof *t->deps);
	t->conflicts = arenaget(a, t->nconflicts * sizeof *t->conflicts);
	t->nmakes = t->ndeps = t->nconflicts = 0;
	eachline(lines, "nvxfybBORNehcmpdk", value, &p);
	if (!t->error)
		check(&p);
	return t;
}
