#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#include "base/conf.h"
#include "base/flags.h"
#include "base/x.h"
#include "plan/newjobs.h"
#include "plan/operand.h"
#include "plan/plan.h"
#include "plan/sides.h"
#include "spool/settings.h"
#include "spool/spool.h"

enum {
	PRIORITIES = 1000000,
	PLANS = 10,		/* plans made while repositories or trees keep changing */
	AGAIN = -2,
	REFUSED = -3		/* the spool has other settings */
};

static int Sflag, eflag, fflag, kflag, nflag;
static int priority;
static struct spool spool;
static int opened;		/* spool is open */

static const struct flag flags[] = {
	{ 'a', "arch", "the architecture to build for" },
	{ 'A', "host", "the architecture that builds" },
	{ 'D', "dir", "a tree, overlays first; repeatable" },
	{ 'e', NULL, "all packages of the trees" },
	{ 'f', NULL, "build the operands though a repository has them" },
	{ 'k', NULL, "queue what can be, though other operands cannot" },
	{ 'n', NULL, "only show what would be queued" },
	{ 'p', "priority", "a number: higher ones go first" },
	{ 'r', "repo", "the build repository" },
	{ 'R', "repo", "a main repository; repeatable" },
	{ 'S', NULL, "fetch the indexes behind URLs anew" },
	{ 's', "spool", "the spool" },
	{ 0 }
};
static const struct usage usage = {
	"spiff-enqueue [-fknS] [-a arch] [-A host] [-D dir] [-r repo] [-R repo]\n"
	"              [-p priority] [-s spool] -e | pkg ... | -",
	flags, 0
};

/* prints a line for each job; returns 1 when a failed job is not retried */
static int
printjobs(const struct plan *p, const struct newjobs *all)
{
	const struct newjob *d;
	const struct pnode *v;
	const char *held, *old;
	size_t i, len;
	int r;

	r = 0;
	for (i = 0; i < p->nasked; i++) {
		v = &p->nodes[p->asked[i].node];
		if (v->pkgver && !v->build)
			printf("present\t%s.%s\n", v->pkgver, v->arch);
	}
	for (d = all->list; d < all->list + all->n; d++) {
		for (old = d->old; old && *old; old += len + (old[len] == ' ')) {
			len = strcspn(old, " ");
			printf("superseded\t%.*s\n", (int)len, old);
		}
		printf("%s\t%s\n", d->failed ? "failed" :
		    d->kept ? "kept" : "queued", d->name);
		held = planheld(p, &p->nodes[d->node], NULL);
		if (held)
			warnx("%s: %s", d->name, held);
		if (d->failed) {
			warnx("%s: failed, and nothing has changed since: %s",
			    d->name, d->failed);
			r = 1;
		}
	}
	for (i = 0; i < all->nagain; i++)
		printf("again\t%s\n", all->again[i]);
	return r;
}

/* opens the spool; only create makes a missing one, so that neither -n nor a plan with a
 * fault leaves one */
static int
openspool(int create)
{
	if (opened || (!create && access(confget(CONF_SPOOL), F_OK) < 0))
		return 0;
	if (spoolopen(&spool, confget(CONF_SPOOL), !nflag) < 0)
		return -1;
	opened = 1;
	return 0;
}

/* puts a plan's jobs into the spool; AGAIN, and nothing done, when a repository has
 * changed since the plan was made, unless anyhow is set */
static int
enqueue(struct plan *p, const size_t *list, size_t n, int anyhow)
{
	struct newjobs all = {0};
	int lock, r;

	lock = -1;
	r = nflag ? 0 : openspool(1);
	if (r == 0 && opened)
		r = settingsagree(&spool, nflag ? SETTINGS_LOOK :
		    SETTINGS_QUEUE, &lock);
	if (r == 1)
		r = REFUSED;
	if (r == 0)
		r = newjobsmake(&all, p, list, n, priority);
	if (r == 0 && opened)
		r = newjobscompare(&spool, &all);
	if (r == 0 && !nflag)
		r = newjobsput(p, &spool, &all, anyhow);
	if (r == 1)
		r = AGAIN;
	else if (r == 0)
		r = printjobs(p, &all);
	newjobsfree(&all);
	if (lock >= 0)
		close(lock);
	if (r == REFUSED)
		return 1;
	return r == -1 ? 111 : r;
}

/* makes the nth plan and puts its jobs into the spool */
static int
plananddo(const struct operands *ops, int nth)
{
	struct plan *p;
	size_t *list, n;
	int bad, r;

	p = planopen(0, Sflag && nth == 1);
	if (!p)
		return 111;
	p->strict = 1;
	p->anyway = fflag;
	bad = operandask(ops, p, fflag) < 0;
	list = NULL;
	if (bad && !kflag)
		r = 1;
	else if ((opened && newjobsqueued(&spool, p) < 0) ||
	    planmake(p, PLAN_MISSING) < 0)
		r = 111;
	else if (nth < PLANS && sidesstale(p->sides))
		/* indexes are written one after the other, so a part of what was
		 * missing may have come meanwhile */
		r = AGAIN;
	else
		r = planorder(p, &list, &n);
	if (list && (r == 0 || kflag)) {
		bad |= r != 0;
		r = enqueue(p, list, n, nth == PLANS);
	}
	bad |= p->refused;
	free(list);
	planclose(p);
	return r ? r : bad;
}

/* whether the spool's jobs were planned for the same trees and repositories, which is
 * checked before a plan of other trees fails for some other reason */
static int
settingsfit(void)
{
	int lock;

	return !opened || faccessat(spool.dir, "settings", F_OK, 0) < 0 ||
	    settingsagree(&spool, SETTINGS_LOOK, &lock) != 1;
}

static int
runplans(const struct operands *ops)
{
	int nth, r;

	if (openspool(0) < 0)
		return 111;
	r = settingsfit() ? AGAIN : 1;
	for (nth = 1; r == AGAIN; nth++)
		r = plananddo(ops, nth);
	if (opened)
		spoolclose(&spool);
	return r;
}

/* -1 after a message */
static int
readpriority(const char *arg)
{
	const char *why;

	priority = (int)strtonum(arg, -PRIORITIES, PRIORITIES, &why);
	if (!why)
		return 0;
	warnx("-p %s: priority is %s", arg, why);
	return -1;
}

/* reads an option among the lines of standard input, where a request in new/ has its
 * options; -1 after a message */
static int
lineoption(const char *line)
{
	if (strcmp(line, "-f") == 0) {
		fflag = 1;
		return 0;
	}
	if (strncmp(line, "-p ", 3) == 0)
		return readpriority(line + 3);
	warnx("%s: only -f and -p NUMBER can be said there", line);
	return -1;
}

int
main(int argc, char **argv)
{
	struct operands ops = { .option = lineoption };
	int bad, c, i, r;

	while ((c = flagsnext(&usage, argc, argv)) != -1) {
		switch (c) {
		case 'e':
			eflag = 1;
			break;
		case 'f':
			fflag = 1;
			break;
		case 'k':
			kflag = 1;
			break;
		case 'n':
			nflag = 1;
			break;
		case 'S':
			Sflag = 1;
			break;
		case 'p':
			if (readpriority(optarg) < 0)
				flagswrong(&usage, NULL);
			break;
		default:
			if (!confflag(c, optarg))
				flagswrong(&usage, NULL);
		}
	}
	if ((optind == argc) != eflag)
		flagswrong(&usage, eflag ? "-e stands for all packages: no others" :
		    "no package is named");
	if (confload() < 0)
		return 2;
	bad = 0;
	if (eflag)
		operandaddall(&ops);
	for (i = optind; i < argc; i++) {
		r = operandadd(&ops, argv[i]);
		if (r == -2)
			return 111;
		bad |= r < 0;
	}
	r = bad && !kflag ? 1 : runplans(&ops);
	if (ferror(stdout) || fflush(stdout) != 0) {
		warn("standard output");
		r = 111;
	}
	return r ? r : bad;
}
