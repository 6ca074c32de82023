#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "io.h"
#include "operand.h"
#include "plan.h"
#include "tree.h"
#include "ver.h"
#include "world.h"
#include "x.h"

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
add(struct operands *ops, char *name, int path)
{
	ops->list = xgrow(ops->list, ops->n, sizeof *ops->list);
	ops->list[ops->n++] = (struct operand){ .name = name, .path = path };
}

/* returns what follows the component srcpkgs, NULL when there is none or the
 * path climbs */
static const char *
below(const char *path)
{
	const char *found;
	size_t n;

	found = NULL;
	for (; *path; path += n + (path[n] == '/')) {
		n = strcspn(path, "/");
		if (n == 2 && memcmp(path, "..", 2) == 0)
			return NULL;
		if (!found && n == 7 && memcmp(path, "srcpkgs", 7) == 0 &&
		    path[n] == '/')
			found = path + n + 1;
	}
	return found;
}

static int
addpath(struct operands *ops, const char *arg)
{
	const char *s;
	char *name;

	s = below(arg);
	if (!s)
		return bad(arg, "no path below srcpkgs/");
	name = xstrndup(s, strcspn(s, "/"));
	if (!vernameok(name)) {
		free(name);
		return bad(arg, "no name of a package in it");
	}
	add(ops, name, 1);
	return 0;
}

static int
addone(struct operands *ops, const char *arg)
{
	if (strchr(arg, '/'))
		return addpath(ops, arg);
	if (!vernameok(arg))
		return bad(arg, "no name of a package");
	add(ops, xstrdup(arg), 0);
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
		if (*s)
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

int
operandask(const struct operands *ops, struct plan *p, int forced)
{
	const struct operand *o;
	size_t i;
	int r;

	r = 0;
	for (i = 0; i < ops->n; i++) {
		o = &ops->list[i];
		if (o->path && !treesource(p->world->tree, o->name))
			warnx("%s: its template is gone, passed over", o->name);
		else if (planask(p, o->name, forced) < 0)
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
