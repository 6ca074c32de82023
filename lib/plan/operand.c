#include <err.h>
#include <errno.h>
#include <limits.h>
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

/* says why an argument is refused or ignored; returns -1 */
static int
refuse(const char *arg, const char *why)
{
	warnx("%s: %s", arg, why);
	return -1;
}

static void
append(struct operands *ops, char *name, enum operandkind kind)
{
	ops->list = xgrow(ops->list, ops->n, sizeof *ops->list);
	ops->list[ops->n++] = (struct operand){ .name = name, .kind = kind };
}

/* What a path in a tree stands for; the first prefix that fits counts. Other paths are
 * part of no build: manuals, scripts for maintainers. common/shlibs is not here, since
 * its lines change along with the template that provides the soname. */
static const struct place {
	const char *prefix;
	enum operandkind kind;
	const char *suffix;	/* of the file NAME.sh, beside which there may be a
				 * directory NAME/; NULL: any path below the prefix */
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

/* returns the name in rest, which follows the prefix, NULL when there is none; the
 * caller owns it */
static char *
nameinpath(const struct place *place, const char *rest)
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

/* returns the place that a path lies in, NULL for none, and sets *rest to what follows
 * the prefix, which may be in the middle of the path, as a tree's own path may be before
 * it; etc/ is in other places too and begins the path */
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
			    (s != path && strcmp(place->prefix, "etc/") == 0))
				continue;
			*rest = s + n;
			return place;
		}
	}
	return NULL;
}

static int
hasdotdot(const char *path)
{
	size_t n;

	for (; *path; path += n + (path[n] == '/')) {
		n = strcspn(path, "/");
		if (n == 2 && memcmp(path, "..", 2) == 0)
			return 1;
	}
	return 0;
}

static int addpath(struct operands *ops, const char *arg);

/* adds a path that begins with the current directory */
static int
addhere(struct operands *ops, const char *arg)
{
	char cwd[PATH_MAX], *path;
	int r;

	if (!getcwd(cwd, sizeof cwd)) {
		warn("%s", arg);
		return -1;
	}
	path = xasprintf("%s%s", cwd, arg + 1);
	r = addpath(ops, path);
	free(path);
	return r;
}

static int
addpath(struct operands *ops, const char *arg)
{
	const struct place *place;
	const char *rest;
	char *name;

	if (hasdotdot(arg))
		return refuse(arg, "a path with .. in it");
	if (strcmp(arg, ".") == 0 || strncmp(arg, "./", 2) == 0)
		return addhere(ops, arg);
	place = placeof(arg, &rest);
	name = place ? nameinpath(place, rest) : NULL;
	if (!name) {
		refuse(arg, "not part of any package, ignored");
		return 0;
	}
	if (place->kind != OPERAND_ALL && !pkgvernameok(name)) {
		free(name);
		return refuse(arg, "no package name in it");
	}
	append(ops, name, place->kind);
	return 0;
}

static int
addone(struct operands *ops, const char *arg)
{
	/* files in a tree's top may begin with a dot, packages do not */
	if (strchr(arg, '/') || *arg == '.')
		return addpath(ops, arg);
	/* spiff-deps prints pkgvers */
	if (pkgverok(arg) || pkgvernameok(arg))
		append(ops, xstrdup(arg), OPERAND_NAME);
	else
		return refuse(arg, "not a package name");
	return 0;
}

/* adds the operands and options in lines, which it changes; -1 after a message for the
 * first bad one */
static int
addlines(struct operands *ops, struct buf *b)
{
	char *rest, *s;
	size_t n;
	int r;

	if (b->len && memchr(b->s, '\0', b->len))
		return refuse("standard input", "a NUL byte");
	r = 0;
	for (rest = b->s; r == 0 && (s = textnext(&rest));) {
		s += strspn(s, " ");
		for (n = strcspn(s, "\t"); n > 0 && s[n - 1] == ' '; n--)
			;
		s[n] = '\0';
		if (*s == '#')
			continue;
		if (*s == '-' && ops->option)
			r = ops->option(s);
		else if (*s)
			r = addone(ops, s);
	}
	return r;
}

static int
addinput(struct operands *ops)
{
	struct buf b = {0};
	int r;

	if (ioreadfd(STDIN_FILENO, INPUTMAX, &b) < 0) {
		r = errno == EFBIG ? -1 : -2;
		warn("standard input");
	} else {
		r = addlines(ops, &b);
	}
	buffree(&b);
	return r;
}

void
operandaddall(struct operands *ops)
{
	append(ops, xstrdup(""), OPERAND_ALL);
}

int
operandadd(struct operands *ops, const char *arg)
{
	return strcmp(arg, "-") == 0 ? addinput(ops) : addone(ops, arg);
}

/* whether the template uses the operand's build style or helper */
static int
uses(const struct tmpl *t, const struct operand *o)
{
	return t && !t->error && texthasword(o->kind == OPERAND_STYLE ? t->style :
	    t->helpers, o->name);
}

/* asks for every package that the operand, a part of common/ or etc/, can touch */
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

/* whether one of the trees has a file of that name in its top */
static int
istopfile(const struct tree *t, const char *name)
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

/* returns an operand's package without the version; the caller owns it */
static char *
nameof(const struct operand *o, struct tree *t)
{
	/* foo-x86_64 is a name, though it ends like a version */
	if (o->kind != OPERAND_NAME || !pkgverok(o->name) || treesource(t, o->name))
		return xstrdup(o->name);
	return xstrndup(o->name, pkgvername(o->name));
}

static int
askone(const struct operand *o, struct plan *p, int forced)
{
	static const struct operand all = { .kind = OPERAND_ALL };
	char *name;
	int r;

	if (o->kind != OPERAND_NAME && o->kind != OPERAND_PATH)
		return askmany(o, p, forced);
	name = nameof(o, p->sides->tree);
	if (treesource(p->sides->tree, name)) {
		r = planask(p, name, (forced ? PLAN_FORCED : 0) |
		    (o->kind == OPERAND_PATH ? PLAN_PATH : 0));
		free(name);
		return r;
	}
	r = -1;
	if (o->kind == OPERAND_PATH) {
		warnx("%s: its template is gone, ignored", name);
		r = 0;
	} else if (!istopfile(p->sides->tree, name)) {
		r = planask(p, name, forced);
	} else if (strcmp(name, "xbps-src") == 0) {
		/* every build runs it */
		r = askmany(&all, p, forced);
	} else {
		refuse(name, "not part of any package, ignored");
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
		if (askone(&ops->list[i], p, forced) < 0)
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
