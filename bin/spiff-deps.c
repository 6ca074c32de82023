#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "conf.h"
#include "graph.h"
#include "operand.h"
#include "plan.h"
#include "render.h"
#include "repo.h"
#include "repos.h"
#include "tmpl.h"
#include "tree.h"
#include "uses.h"
#include "ver.h"
#include "x.h"

/* what a mode needs of the plan, and what prints it; the exit status is
 * returned */
struct mode {
	int flag;
	enum planscope scope;
	int everything;		/* every package of the tree is in the plan */
	int (*print)(struct plan *p, const struct operands *ops);
};

static const char *to;		/* -w: the package that paths lead to */

static void
usage(void)
{
	fputs("usage: spiff-deps [-a arch] [-A host] [-D dir] [-r repo] "
	    "[-R repo] [-d | -l | -u | -t | -m | -g | -w pkg | -o | -X | -C] "
	    "-e | pkg ... | -\n", stderr);
	exit(2);
}

static int
bytext(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* prints the strings sorted, each once, between before and after */
static void
printsorted(const char **list, size_t n, const char *before, const char *after)
{
	size_t i;

	if (n)
		qsort(list, n, sizeof *list, bytext);
	for (i = 0; i < n; i++) {
		if (i == 0 || strcmp(list[i], list[i - 1]) != 0)
			printf("%s%s%s", before, list[i], after);
	}
}

static int
printplan(struct plan *p, const struct operands *ops)
{
	const struct pnode *v;
	size_t *list, i, n;
	int r;

	(void)ops;
	r = planorder(p, &list, &n);
	for (i = 0; i < n && r != 3; i++) {
		v = plannode(p, list[i]);
		printf("%s\t%s\t", v->pkgver, v->arch);
		if (v->had)
			printf("outdated %s\n", v->had);
		else
			puts("missing");
	}
	free(list);
	return r;
}

static int
directof(struct plan *p, size_t node)
{
	const struct pnode *v = plannode(p, node);
	const char **list;
	struct pdep d;
	size_t i, n;
	int r;

	if (!v->t || v->t->error)
		return 1;
	list = xcalloc(v->t->ndeps, sizeof *list);
	n = 0;
	r = 0;
	for (i = 0; i < v->t->ndeps && plandep(p, node, i, &d); i++) {
		if (!d.source) {
			warnx("%s: %s: no template makes it", v->name, d.name);
			r = 1;
		} else if (d.target != v->target ||
		    strcmp(d.source, v->name) != 0) {
			list[n++] = d.source;
		}
		plandepfree(&d);
	}
	if (r == 0) {
		printf("%s:", v->name);
		if (n == 0)
			putchar(' ');
		printsorted(list, n, " ", "");
		putchar('\n');
	}
	free(list);
	return r;
}

static int
printdirect(struct plan *p, const struct operands *ops)
{
	size_t i, node;
	int r;

	(void)ops;
	r = 0;
	for (i = 0; (node = planasked(p, i)) != PLAN_NONE; i++)
		r |= directof(p, node);
	return r;
}

static void
printuse(const struct use *u, void *arg)
{
	(void)arg;
	printf("%s\t%s\t%s\t%s\n", u->pkgver, u->arch, plankind(u->kind),
	    u->where ? repowhere(u->where) : "-");
}

/* a package is used for more than one kind of dependency, but fetched once */
static void
collectpath(const struct use *u, void *arg)
{
	struct buf *b = arg;
	char *path;

	if (!u->where)
		return;
	path = repopath(u->where, u->pkg);
	bufadd(b, path, strlen(path) + 1);
	free(path);
}

static int
printused(struct plan *p, void (*fn)(const struct use *, void *), void *arg)
{
	size_t *list, n;
	int r;

	r = planorder(p, &list, &n);
	if (r != 3 && useseach(p, list, n, fn, arg) < 0)
		r = 1;
	free(list);
	return r;
}

static int
printuses(struct plan *p, const struct operands *ops)
{
	(void)ops;
	return printused(p, printuse, NULL);
}

static int
printpaths(struct plan *p, const struct operands *ops)
{
	struct buf b = {0};
	const char **list, *s;
	size_t i, n;
	int r;

	(void)ops;
	r = printused(p, collectpath, &b);
	n = 0;
	for (i = 0; i < b.len; i++)
		n += b.s[i] == '\0';
	list = xcalloc(n, sizeof *list);
	for (i = 0, s = b.s; i < n; i++, s += strlen(s) + 1)
		list[i] = s;
	printsorted(list, n, "", "\n");
	free(list);
	buffree(&b);
	return r;
}

static int
printgraph(struct plan *p, int (*render)(const struct plan *, const size_t *,
    size_t, struct buf *))
{
	struct buf b = {0};
	size_t *list, n;
	int r;

	r = planorder(p, &list, &n);
	if (r != 3 && render(p, list, n, &b) < 0)
		r = 1;
	else if (r != 3)
		fwrite(b.s, 1, b.len, stdout);
	free(list);
	buffree(&b);
	return r;
}

static int
printedges(struct plan *p, const struct operands *ops)
{
	(void)ops;
	return printgraph(p, renderedges);
}

static int
printmake(struct plan *p, const struct operands *ops)
{
	(void)ops;
	return printgraph(p, rendermake);
}

static int
printdot(struct plan *p, const struct operands *ops)
{
	(void)ops;
	return printgraph(p, renderdot);
}

static int
printwhy(struct plan *p, const struct operands *ops)
{
	struct walk w;
	size_t goal, i, node;
	char *text;
	int r;

	(void)ops;
	r = 0;
	goal = planfind(p, to);
	for (i = 0; (node = planasked(p, i)) != PLAN_NONE; i++) {
		if (goal == PLAN_NONE ||
		    !graphpath(plangraph(p), node, goal, &w)) {
			r = 1;
			continue;
		}
		text = planwalk(p, &w);
		puts(text);
		free(text);
		walkfree(&w);
	}
	return r;
}

static int
printoutdated(struct plan *p, const struct operands *ops)
{
	const struct repopkg *has;
	const struct pnode *v;
	size_t i, node;
	int r;

	(void)ops;
	r = 0;
	for (i = 0; (node = planasked(p, i)) != PLAN_NONE; i++) {
		v = plannode(p, node);
		if (!v->pkgver) {
			r = 1;
			continue;
		}
		has = reposours(planrepos(p, 1), v->name);
		if (!has || vercmp(verversion(has->pkgver),
		    verversion(v->pkgver)) < 0)
			printf("%s\t%s\t%s\n", v->name,
			    has ? verversion(has->pkgver) : "?",
			    verversion(v->pkgver));
	}
	return r;
}

static int
printreverse(struct plan *p, const struct operands *ops)
{
	struct graph *back;
	size_t i, node;
	char *mark;
	int r;

	r = 0;
	mark = xcalloc(planlen(p), 1);
	for (i = 0; i < ops->n; i++) {
		node = planfind(p, ops->list[i].name);
		if (node == PLAN_NONE) {
			warnx("%s: no template makes it", ops->list[i].name);
			r = 1;
		} else {
			mark[node] = 1;
		}
	}
	back = graphreverse(plangraph(p));
	graphreach(back, mark);
	graphdel(back);
	for (i = 0; i < ops->n; i++) {
		node = planfind(p, ops->list[i].name);
		if (node != PLAN_NONE)
			mark[node] = 0;
	}
	for (i = 0; i < planlen(p); i++) {
		if (mark[i] && plannode(p, i)->pkgver)
			puts(plannode(p, i)->pkgver);
	}
	free(mark);
	return r;
}

static void
printcycle(const char *text, void *arg)
{
	(void)arg;
	printf("cycle\t%s\n", text);
}

static int
printchecks(struct plan *p, const struct operands *ops)
{
	const struct pnode *v;
	struct pdep d;
	size_t *order, cycles, i, k;
	int r;

	(void)ops;
	r = 0;
	for (i = 0; i < planlen(p); i++) {
		v = plannode(p, i);
		if (!v->pkgver) {
			printf("unreadable\t%s\t%s\n", v->name, v->fault);
			r = 1;
		}
		for (k = 0; plandep(p, i, k, &d); k++) {
			if (!d.source && !d.where) {
				printf("missing\t%s\t%s\t%s\n", v->name,
				    d.name, plankind(d.kind));
				r = 1;
			}
			plandepfree(&d);
		}
	}
	order = xcalloc(planlen(p), sizeof *order);
	cycles = plancycles(p, order, NULL, printcycle, NULL);
	free(order);
	return cycles > 0 ? 3 : r;
}

static const struct mode modes[] = {
	{ 0, PLAN_MISSING, 0, printplan },
	{ 'd', PLAN_ASKED, 0, printdirect },
	{ 'l', PLAN_MISSING, 0, printuses },
	{ 'u', PLAN_MISSING, 0, printpaths },
	{ 't', PLAN_MISSING, 0, printedges },
	{ 'm', PLAN_MISSING, 0, printmake },
	{ 'g', PLAN_MISSING, 0, printdot },
	{ 'w', PLAN_ALL, 0, printwhy },
	{ 'o', PLAN_ASKED, 0, printoutdated },
	{ 'X', PLAN_ALL, 1, printreverse },
	{ 'C', PLAN_ALL, 0, printchecks },
	{ 0, 0, 0, NULL },
};

static int
askall(struct plan *p)
{
	const char *const *names;
	size_t i, n;

	names = treelist(plantree(p), &n);
	for (i = 0; names && i < n; i++) {
		if (planask(p, names[i], 0) < 0)
			return -1;
	}
	return names ? 0 : -1;
}

static int
run(const struct mode *m, const struct operands *ops, int everything)
{
	struct plan *p;
	int r, status;

	/* show-build-deps does not know what a build in the chroot adds */
	p = planopen(m->flag == 'd');
	if (!p)
		return 111;
	status = r = 0;
	if (everything || m->everything)
		r = askall(p);
	else if (operandask(ops, p, 0) < 0)
		status = 1;
	if (r == 0)
		r = planmake(p, m->scope);
	if (r == 0)
		r = m->print(p, ops);
	else
		r = 111;
	planclose(p);
	return r > status ? r : status;
}

int
main(int argc, char **argv)
{
	struct operands ops = {0};
	const struct mode *m, *mode = modes;
	int c, everything, i, r;

	everything = 0;
	while ((c = getopt(argc, argv, "a:A:D:r:R:dlutmgw:oXeC")) != -1) {
		if (c == 'e') {
			everything = 1;
			continue;
		}
		if (c == 'w')
			to = optarg;
		for (m = modes; m->print && m->flag != c; m++)
			;
		if (m->print && mode->flag == 0)
			mode = m;
		else if (m->print || !confflag(c, optarg))
			usage();
	}
	if ((optind == argc) != everything)
		usage();
	if (confload() < 0)
		return 2;
	r = 0;
	for (i = optind; i < argc; i++) {
		if (operandadd(&ops, argv[i]) < 0)
			r = 1;
	}
	if (r == 0)
		r = run(mode, &ops, everything);
	operandfree(&ops);
	if (ferror(stdout) || fflush(stdout) != 0) {
		warn("standard output");
		r = 111;
	}
	return r;
}
