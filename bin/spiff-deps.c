#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/flags.h"
#include "base/print.h"
#include "plan/format.h"
#include "plan/operand.h"
#include "plan/plan.h"
#include "plan/query.h"
#include "plan/relink.h"
#include "plan/sides.h"
#include "tree/tree.h"

/* a mode formats a plan, or if render is NULL answers a question with query.h */
struct mode {
	int flag;
	int (*render)(const struct plan *p, const size_t *nodes, size_t n,
	    struct buf *b);
	enum planscope scope;
};

static const struct mode modes[] = {
	{ 0, formatplan, PLAN_MISSING },
	{ 'l', formatuses, PLAN_MISSING },
	{ 'u', formatpaths, PLAN_MISSING },
	{ 't', formatedges, PLAN_MISSING },
	{ 'm', formatmake, PLAN_MISSING },
	{ 'g', formatdot, PLAN_MISSING },
	{ 'd', NULL, PLAN_ASKED },
	{ 'o', NULL, PLAN_ASKED },
	{ 'w', NULL, PLAN_ALL },
	{ 'X', NULL, PLAN_ALL },
	{ 'C', NULL, PLAN_ALL },
	{ 'B', NULL, PLAN_MISSING },
	{ 'i', NULL, PLAN_ASKED },
};

enum { NMODES = sizeof modes / sizeof modes[0] };

static int Sflag, eflag, fflag;
static const struct mode *mode = modes;
static struct operands ops;
static const char *to;		/* -w: the package that paths lead to */

static const struct flag flags[] = {
	{ 'a', "arch", "the architecture to build for" },
	{ 'A', "host", "the architecture that builds" },
	{ 'B', NULL, "print what is broken, staged or to be relinked" },
	{ 'C', NULL, "check the operands and all that they need" },
	{ 'D', "dir", "a tree, overlays first; repeatable" },
	{ 'd', NULL, "print direct build dependencies" },
	{ 'e', NULL, "every package of the tree is an operand" },
	{ 'f', NULL, "plan the operands though a repository has them" },
	{ 'g', NULL, "print a picture for dot" },
	{ 'i', NULL, "print what would be made from other inputs now" },
	{ 'l', NULL, "print every dependency and who has it" },
	{ 'm', NULL, "print rules for make" },
	{ 'o', NULL, "print what is outdated in the build repository" },
	{ 'r', "repo", "the build repository" },
	{ 'R', "repo", "a main repository; repeatable" },
	{ 'S', NULL, "fetch the indexes behind URLs anew" },
	{ 's', "spool", "the spool, for -i" },
	{ 't', NULL, "print edges for tsort" },
	{ 'u', NULL, "print where the packages lie that builds need" },
	{ 'w', "pkg", "print why: the path from each operand to pkg" },
	{ 'X', NULL, "print what depends on the operands" },
	{ 0 }
};
static const struct usage usage = {
	"spiff-deps [-fS] [-a arch] [-A host] [-D dir] [-r repo] [-R repo] [-s spool]\n"
	"           [-d | -l | -u | -t | -m | -g | -w pkg | -o | -X | -C] -e | pkg ... "
	"| -\n"
	"spiff-deps -B | -i",
	flags, 0
};

static int
askwholetree(struct plan *p)
{
	const char *const *names;
	size_t i, n;

	names = treelist(p->sides->tree, &n);
	for (i = 0; names && i < n; i++) {
		if (planask(p, names[i], 0) < 0)
			return -1;
	}
	return names ? 0 : -1;
}

/* a spool that does not exist has built nothing */
static int
printchanged(struct plan *p, struct buf *b)
{
	if (relinksopen(p) < 0)
		return 111;
	if (!p->relinks)
		return 0;
	return queryaskdone(p, 1) < 0 || planmake(p, PLAN_ASKED) < 0 ? 111 :
	    querychanged(p, b);
}

static int
answermode(struct plan *p, size_t n, int flag, struct buf *b)
{
	switch (flag) {
	case 'd':
		return querydirect(p, b);
	case 'o':
		return queryoutdated(p, b);
	case 'B':
		return querybroken(p, b);
	case 'w':
		return querywhy(p, to, b);
	case 'X':
		return queryreverse(p, n, b);
	default:
		return querycheck(p, b);
	}
}

static int
renderplan(const struct plan *p, const struct mode *m, struct buf *b)
{
	size_t *nodes, n;
	int r;

	r = planorder(p, &nodes, &n);
	if (r != 3 && m->render(p, nodes, n, b) < 0)
		r = 1;
	free(nodes);
	return r;
}

/* appends the lines to be printed to b; returns the exit status */
static int
runmode(const struct mode *m, struct buf *b)
{
	struct plan *p;
	size_t n;
	int r, status;

	/* -d prints what xbps-src show-build-deps does */
	p = planopen(m->flag == 'd', Sflag);
	if (!p)
		return 111;
	p->anyway = fflag;
	r = eflag ? askwholetree(p) : 0;
	status = operandask(&ops, p, fflag) < 0;
	n = p->nasked;
	/* any package of the tree may depend on an operand */
	if (r == 0 && m->flag == 'X')
		r = askwholetree(p);
	if (m->flag == 'B')
		status = queryaskbroken(p) < 0;
	if (r == 0 && m->flag != 'i')
		r = planmake(p, m->scope);
	if (r < 0)
		r = 111;
	else if (m->flag == 'i')
		r = printchanged(p, b);
	else
		r = m->render ? renderplan(p, m, b) : answermode(p, n, m->flag, b);
	planclose(p);
	return r > status ? r : status;
}

/* sets the mode of a flag; returns 0 if the flag has none */
static int
setmode(int flag)
{
	const struct mode *m;

	for (m = modes + 1; m < modes + NMODES; m++) {
		if (m->flag != flag)
			continue;
		if (mode != modes)
			flagswrong(&usage, "only one of -d, -l, -u, -t, -m, -g, -w, "
			    "-o, -X, -C, -B and -i");
		mode = m;
		return 1;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	struct buf b = {0};
	int c, i, n, r, whole;

	while ((c = flagsnext(&usage, argc, argv)) != -1) {
		switch (c) {
		case 'S':
			Sflag = 1;
			break;
		case 'e':
			eflag = 1;
			break;
		case 'f':
			fflag = 1;
			break;
		default:
			if (!setmode(c) && !confflag(c, optarg))
				flagswrong(&usage, NULL);
			if (c == 'w')
				to = optarg;
		}
	}
	whole = mode->flag == 'B' || mode->flag == 'i';
	if (whole && (eflag || optind < argc))
		flagswrong(&usage, "-B and -i look at the whole build repository: "
		    "no packages");
	if (!whole && (optind == argc) != eflag)
		flagswrong(&usage, eflag ? "-e stands for all packages: no others" :
		    "no package is named");
	if (confload() < 0)
		return 2;
	r = 0;
	for (i = optind; i < argc; i++) {
		n = operandadd(&ops, argv[i]);
		if (n < 0)
			r = n == -2 ? 111 : r ? r : 1;
	}
	if (r == 0)
		r = runmode(mode, &b);
	if (print(b.s, b.len) < 0)
		r = 111;
	buffree(&b);
	operandfree(&ops);
	return r;
}
