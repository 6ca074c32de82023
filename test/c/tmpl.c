/* Evaluates templates with tree/tmpl and prints what it says of each, a line
 * NAME TAB WHAT TAB VALUE for what is not empty.
 *
 *	tmpl [-bqt] [-a target] [-A host] [-c check] [-l seconds] [-D dir]...
 *	    -e | name...
 *
 * -b is bare of tmpl.h, -e every package, -q prints no line but their number,
 * -t the target's triplet. 1 when one cannot be evaluated. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/x.h"
#include "tree/tmpl.h"
#include "tree/tree.h"

static void
line(const struct tmpl *t, const char *what, const char *value)
{
	if (value && *value)
		printf("%s\t%s\t%s\n", t->name, what, value);
}

static void
dep(const struct tmpl *t, const struct tmpldep *d)
{
	static const char *const kinds[] = {
		[TMPL_HOST] = "host",
		[TMPL_CHECK] = "check",
		[TMPL_MAKE] = "make",
		[TMPL_RUN] = "run",
	};

	printf("%s\t%s\t%s", t->name, kinds[d->kind], d->name);
	if (strcmp(d->name, d->pattern) != 0)
		printf(" %s", d->pattern);
	if (d->of > 0)
		printf(" of %s", t->makes[d->of]);
	putchar('\n');
}

static void
show(const struct tmpl *t)
{
	size_t i;

	line(t, "error", t->error);
	if (t->error)
		return;
	printf("%s\tversion\t%s_%s\n", t->name, t->version, t->revision);
	line(t, "refused", t->refused);
	line(t, "repository", t->repository);
	line(t, "style", t->style);
	line(t, "helpers", t->helpers);
	for (i = 0; i < t->nmakes; i++)
		line(t, "makes", t->makes[i]);
	for (i = 0; i < t->ndeps; i++)
		dep(t, &t->deps[i]);
}

static int
showall(struct tmpls *ts, const char *const *names, size_t n, int quiet)
{
	const struct tmpl *t;
	size_t i;
	int status;

	if (tmplload(ts, names, n, NULL, NULL) < 0)
		return 111;
	status = 0;
	for (i = 0; i < n; i++) {
		t = tmplget(ts, names[i]);
		if (!t) {
			warnx("%s: no template", names[i]);
			status = 1;
			continue;
		}
		if (t->error)
			status = 1;
		if (!quiet)
			show(t);
	}
	if (quiet)
		printf("%zu\n", n);
	return status;
}

int
main(int argc, char **argv)
{
	struct tmplenv env = { .host = "x86_64", .target = NULL, .check = "" };
	struct tmpls *ts;
	struct tree *tree;
	const char *const *names;
	char **dirs;
	size_t n, ndirs;
	int all, c, quiet, r, triplet;

	dirs = xcalloc((size_t)argc, sizeof *dirs);
	ndirs = 0;
	all = quiet = triplet = 0;
	while ((c = getopt(argc, argv, "a:A:bc:D:el:qt")) != -1) {
		switch (c) {
		case 'a': env.target = optarg; break;
		case 'A': env.host = optarg; break;
		case 'b': env.bare = 1; break;
		case 'c': env.check = optarg; break;
		case 'D': dirs[ndirs++] = optarg; break;
		case 'e': all = 1; break;
		case 'l': env.limit = (unsigned)atoi(optarg); break;
		case 'q': quiet = 1; break;
		case 't': triplet = 1; break;
		default: return 2;
		}
	}
	if (!env.target)
		env.target = env.host;
	if (confload() < 0)
		return 111;
	tree = treeopen(dirs, ndirs);
	ts = tree ? tmplopen(tree, &env) : NULL;
	if (!ts)
		return 111;
	names = (const char *const *)argv + optind;
	n = (size_t)(argc - optind);
	if (all && !(names = treelist(tree, &n)))
		return 111;
	r = showall(ts, names, n, quiet);
	if (triplet && tmpltriplet(ts))
		puts(tmpltriplet(ts));
	tmplclose(ts);
	treeclose(tree);
	free(dirs);
	return r;
}
