#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#include "base/conf.h"
#include "base/x.h"
#include "plan/newjobs.h"
#include "plan/operand.h"
#include "plan/plan.h"
#include "spool/settings.h"
#include "spool/spool.h"

enum {
	PRIORITIES = 1000000,
	PLANS = 10,		/* that are made while repositories change */
	AGAIN = -2,
	REFUSED = -3		/* the spool is for other trees */
};

static int Sflag, fflag, kflag, nflag;
static int priority;

/* says what is wrong, unless why is NULL, and how to use the program */
static void
usage(const char *why)
{
	if (why)
		warnx("%s", why);
	fputs("usage: spiff-enqueue [-fknS] [-a arch] [-A host] [-D dir] "
	    "[-r repo] [-R repo]\n	[-p priority] [-s spool] pkg ... | -\n",
	    stderr);
	exit(2);
}

/* returns 1 when something is not tried again */
static int
print(const struct plan *p, const struct demand *ds, size_t n)
{
	const struct demand *d;
	const struct pnode *v;
	const char *old;
	size_t i, len;
	int r;

	r = 0;
	for (i = 0; i < p->nasked; i++) {
		v = &p->nodes[p->asked[i].node];
		if (v->pkgver && !v->build)
			printf("present\t%s.%s\n", v->pkgver, v->arch);
	}
	for (d = ds; d < ds + n; d++) {
		for (old = d->old; old && *old; old += len + (old[len] == ' ')) {
			len = strcspn(old, " ");
			printf("superseded\t%.*s\n", (int)len, old);
		}
		printf("%s\t%s\n", d->failed ? "failed" :
		    d->kept ? "kept" : "queued", d->name);
		if (d->failed) {
			warnx("%s: failed, and nothing has changed since: %s",
			    d->name, d->failed);
			r = 1;
		}
	}
	return r;
}

/* carries out a plan: AGAIN, and nothing is done, when a repository has changed
 * since it was made, unless anyhow is set */
static int
execute(const struct plan *p, const size_t *list, size_t n, int anyhow)
{
	struct demand *ds;
	struct spool sp;
	size_t i;
	int lock, opened, r;

	/* looking must not make a spool where there is none */
	opened = !nflag || access(confget(CONF_SPOOL), F_OK) == 0;
	if (opened && spoolopen(&sp, confget(CONF_SPOOL), !nflag) < 0)
		return 111;
	ds = xcalloc(n, sizeof *ds);
	lock = -1;
	r = opened ? settingsagree(&sp, nflag ? SETTINGS_LOOK : SETTINGS_QUEUE,
	    &lock) : 0;
	if (r == 1)
		r = REFUSED;
	for (i = 0; i < n && r == 0; i++)
		r = demandmake(p, list[i], priority, &ds[i]);
	if (r == 0 && opened)
		r = demandlook(&sp, ds, n);
	if (r == 0 && !nflag)
		r = demandput(anyhow ? NULL : p, &sp, ds, n);
	if (r == 1)
		r = AGAIN;
	else if (r == 0)
		r = print(p, ds, n);
	for (i = 0; i < n; i++)
		demandfree(&ds[i]);
	free(ds);
	if (lock >= 0)
		close(lock);
	if (opened)
		spoolclose(&sp);
	if (r == REFUSED)
		return 1;
	return r == -1 ? 111 : r;
}

/* makes the nth plan and carries it out */
static int
attempt(const struct operands *ops, int nth)
{
	struct plan *p;
	size_t *list, n;
	int bad, r;

	p = planopen(0, Sflag && nth == 1);
	if (!p)
		return 111;
	bad = operandask(ops, p, fflag) < 0;
	if (bad && !kflag) {
		r = 1;
	} else if (planmake(p, PLAN_MISSING) < 0) {
		r = 111;
	} else {
		r = planorder(p, &list, &n);
		if (r == 0 || kflag) {
			bad |= r != 0;
			r = execute(p, list, n, nth == PLANS);
			free(list);
		}
	}
	planclose(p);
	return r ? r : bad;
}

/* Before a plan is made of other trees, and fails for that: returns whether the
 * spool's jobs are for these trees and repositories, as far as is known yet. */
static int
suits(void)
{
	struct spool sp;
	char *file;
	int lock, r;

	file = xasprintf("%s/settings", confget(CONF_SPOOL));
	r = access(file, F_OK) == 0 &&
	    spoolopen(&sp, confget(CONF_SPOOL), 0) == 0;
	if (r) {
		r = settingsagree(&sp, SETTINGS_LOOK, &lock) == 1;
		spoolclose(&sp);
	}
	free(file);
	return !r;
}

static int
run(const struct operands *ops)
{
	int nth, r;

	if (!suits())
		return 1;
	for (nth = 1; (r = attempt(ops, nth)) == AGAIN; nth++)
		;
	return r;
}

int
main(int argc, char **argv)
{
	struct operands ops = {0};
	const char *why;
	int bad, c, i, r;

	while ((c = getopt(argc, argv, "fknSa:A:D:r:R:p:s:")) != -1) {
		switch (c) {
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
			priority = (int)strtonum(optarg, -PRIORITIES,
			    PRIORITIES, &why);
			if (why) {
				warnx("-p %s: priority is %s", optarg, why);
				usage(NULL);
			}
			break;
		default:
			if (!confflag(c, optarg))
				usage(NULL);
		}
	}
	if (optind == argc)
		usage("no package is named");
	if (confload() < 0)
		return 2;
	bad = 0;
	for (i = optind; i < argc; i++) {
		if (operandadd(&ops, argv[i]) < 0)
			bad = 1;
	}
	r = bad && !kflag ? 1 : run(&ops);
	if (ferror(stdout) || fflush(stdout) != 0) {
		warn("standard output");
		r = 111;
	}
	return r ? r : bad;
}
