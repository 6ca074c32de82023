#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/text.h"
#include "base/x.h"
#include "plan/operand.h"
#include "plan/plan.h"
#include "plan/sides.h"
#include "tree/tmpl.h"
#include "tree/tree.h"
#include "xbps/pkgver.h"

enum { INPUTMAX = 64 << 20 };

/* says that something from outside is no operand, without its control
 * characters */
static int
bad(const char *arg, const char *why)
{
	char *s, *shown;

	shown = xstrdup(arg);
	for (s = shown; *s; s++) {
		if ((unsigned char)*s < ' ' || *s == 127)
			*s = '?';
	}
	warnx("%s: %s", shown, why);
	free(shown);
	return -1;
}

static void
add(struct operands *ops, char *name, enum operandkind kind)
{
	ops->list = xgrow(ops->list, ops->n, sizeof *ops->list);
	ops->list[ops->n++] = (struct operand){ .name = name, .kind = kind };
}

/* What a path in a tree stands for, by how it begins; the first that fits. What
 * is not here is no part of any build: manuals, scripts for maintainers. The
 * sonames of common/shlibs are looked up while packaging and change along with
 * the template that provides them, so they touch nothing else. */
static const struct place {
	const char *prefix;
	enum operandkind kind;
	const char *suffix;	/* of a file called by the name, which may have a
				 * directory besides; NULL: any below */
} places[] = {
	{ "srcpkgs/", OPERAND_PATH, NULL },
	{ "common/build-style/", OPERAND_STYLE, ".sh" },
	{ "common/environment/build-style/", OPERAND_STYLE, ".sh" },
	{ "common/build-helper/", OPERAND_HELPER, ".sh" },
	{ "common/build-profiles/", OPERAND_ALL, NULL },
	{ "common/cross-profiles/", OPERAND_ALL, NULL },
	{ "common/environment/", OPERAND_ALL, NULL },
	{ "common/hooks/", OPERAND_ALL, NULL },
	{ "common/scripts/parse-py-metadata.py", OPERAND_ALL, NULL },
	{ "common/wrappers/", OPERAND_ALL, NULL },
	{ "common/xbps-src/", OPERAND_ALL, NULL },
	{ "etc/", OPERAND_ALL, NULL },
};

enum { NPLACES = sizeof places / sizeof places[0] };

/* returns the name in what follows a prefix, NULL when there is none; the caller
 * owns it */
static char *
nameat(const struct place *place, const char *rest)
{
	size_t n, suffix;

	n = strcspn(rest, "/");
	if (place->kind == OPERAND_ALL)
		return xstrdup("");
	if (place->suffix && !rest[n]) {
		suffix = strlen(place->suffix);
		if (n <= suffix || strcmp(rest + n - suffix, place->suffix) != 0)
			return NULL;
		n -= suffix;
	}
	return xstrndup(rest, n);
}

/* finds the place that a path lies in: srcpkgs/ at any component of it, others
 * only where git has them, at its beginning; *rest is what follows the prefix */
static const struct place *
placeof(const char *path, const char **rest)
{
	const struct place *place;
	const char *s;
	size_t n;

	for (s = path; *s; s += strcspn(s, "/"), s += *s == '/') {
		for (place = places; place < places + NPLACES; place++) {
			n = strlen(place->prefix);
			if (strncmp(s, place->prefix, n) != 0 ||
			    (s != path && place->kind != OPERAND_PATH))
				continue;
			*rest = s + n;
			return place;
		}
	}
	return NULL;
}

static int
climbs(const char *path)
{
	size_t n;

	for (; *path; path += n + (path[n] == '/')) {
		n = strcspn(path, "/");
		if (n == 2 && memcmp(path, "..", 2) == 0)
			return 1;
	}
	return 0;
}

static int
addpath(struct operands *ops, const char *arg)
{
	const struct place *place;
	const char *rest;
	char *name;

	if (climbs(arg))
		return bad(arg, "a path with .. in it");
	place = placeof(arg, &rest);
	name = place ? nameat(place, rest) : NULL;
	if (!name) {
		bad(arg, "not part of any package, ignored");
		return 0;
	}
	if (place->kind != OPERAND_ALL && !pkgvernameok(name)) {
		free(name);
		return bad(arg, "no package name in it");
	}
	add(ops, name, place->kind);
	return 0;
}

static int
addone(struct operands *ops, const char *arg)
{
	/* no package's name begins with a dot, but files in a tree's top do */
	if (strchr(arg, '/') || *arg == '.')
		return addpath(ops, arg);
	/* what one program prints, the next can read */
	if (pkgverok(arg) || pkgvernameok(arg))
		add(ops, xstrdup(arg), OPERAND_NAME);
	else
		return bad(arg, "not a package name");
	return 0;
}

static int
addinput(struct operands *ops)
{
	struct buf b = {0};
	char *next, *s;
	int r;

	if (ioreadfd(STDIN_FILENO, INPUTMAX, &b) < 0) {
		warn("standard input");
		buffree(&b);
		return -1;
	}
	r = 0;
	if (b.len && memchr(b.s, '\0', b.len))
		r = bad("standard input", "a NUL byte");
	for (s = b.s; r == 0 && s && *s; s = next) {
		next = s + strcspn(s, "\n");
		if (*next)
			*next++ = '\0';
		s[strcspn(s, "\t")] = '\0';
		if (*s == '-' && ops->option)
			r = ops->option(s);
		else if (*s)
			r = addone(ops, s);
	}
	buffree(&b);
	return r;
}

int
operandadd(struct operands *ops, const char *arg)
{
	return strcmp(arg, "-") == 0 ? addinput(ops) : addone(ops, arg);
}

/* whether the template uses the build style or helper */
static int
uses(const struct tmpl *t, const struct operand *o)
{
	return t && !t->error && texthasword(o->kind == OPERAND_STYLE ? t->style :
	    t->helpers, o->name);
}

/* asks for every package that a part of common/ or etc/ can touch */
static int
askmany(const struct operand *o, struct plan *p, int forced)
{
	struct tmpls *ts = p->sides->side[SIDE_TARGET].ts;
	const char *const *names;
	size_t i, n;

	names = treelist(p->sides->tree, &n);
	if (!names || (o->kind != OPERAND_ALL && tmplload(ts, names, n, NULL, NULL) < 0))
		return -1;
	for (i = 0; i < n; i++) {
		if ((o->kind == OPERAND_ALL || uses(tmplget(ts, names[i]), o)) &&
		    planask(p, names[i], forced) < 0)
			return -1;
	}
	return 0;
}

/* whether one of the trees has a file of that name in its top: a path without a
 * slash */
static int
attop(const struct tree *t, const char *name)
{
	const char *const *dirs;
	char *path;
	size_t i, n;
	int there;

	dirs = treedirs(t, &n);
	there = 0;
	for (i = 0; i < n && !there; i++) {
		path = xasprintf("%s/%s", dirs[i], name);
		there = access(path, F_OK) == 0;
		free(path);
	}
	return there;
}

/* there are names that end like a version: foo-x86_64 */
char *
operandname(const struct operand *o, struct tree *t)
{
	if (o->kind != OPERAND_NAME || !pkgverok(o->name) || treesource(t, o->name))
		return xstrdup(o->name);
	return xstrndup(o->name, pkgvername(o->name));
}

static int
ask(const struct operand *o, struct plan *p, int forced)
{
	static const struct operand all = { .kind = OPERAND_ALL };
	char *name;
	int r;

	if (o->kind != OPERAND_NAME && o->kind != OPERAND_PATH)
		return askmany(o, p, forced);
	name = operandname(o, p->sides->tree);
	if (treesource(p->sides->tree, name)) {
		r = planask(p, name, forced);
		free(name);
		return r;
	}
	r = -1;
	if (o->kind == OPERAND_PATH) {
		warnx("%s: its template is gone, ignored", name);
		r = 0;
	} else if (!attop(p->sides->tree, name)) {
		r = planask(p, name, forced);
	} else if (strcmp(name, "xbps-src") == 0) {
		/* it drives every build */
		r = askmany(&all, p, forced);
	} else {
		bad(name, "not part of any package, ignored");
		r = 0;
	}
	free(name);
	return r;
}

int
operandask(const struct operands *ops, struct plan *p, int forced)
{
	size_t i;
	int r;

	r = 0;
	for (i = 0; i < ops->n; i++) {
		if (ask(&ops->list[i], p, forced) < 0)
			r = -1;
	}
	return r;
}

void
operandfree(struct operands *ops)
{
	size_t i;

	for (i = 0; i < ops->n; i++)
		free(ops->list[i].name);
	free(ops->list);
	ops->list = NULL;
	ops->n = 0;
}
