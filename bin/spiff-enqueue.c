#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#include "buf.h"
#include "conf.h"
#include "graph.h"
#include "job.h"
#include "operand.h"
#include "plan.h"
#include "spool.h"
#include "tab.h"
#include "tmpl.h"
#include "world.h"
#include "x.h"

enum {
	QUEUED = 1u << NEW | 1u << WAIT | 1u << READY | 1u << RUN,
	ACTIVE = QUEUED | 1u << BUILT,
	PRIORITIES = 1000000
};

static int Sflag, fflag, kflag, nflag;
static int priority;

/* a job that the plan asks for, and what the spool has of it */
struct order {
	char *name;
	char *text;
	size_t len;
	char tmp[PATH_MAX];	/* its draft, until it is published */
	const char *old;	/* job that it takes the place of, or NULL */
	int kept;		/* it is queued or building already */
	int put;		/* we put it into new/ */
};

static void
usage(void)
{
	fputs("usage: spiff-enqueue [-fknS] [-a arch] [-A host] [-D dir] "
	    "[-r repo] [-R repo]\n	[-p priority] [-s spool] pkg ... | -\n",
	    stderr);
	exit(2);
}

static char *
jobname(const struct pnode *v)
{
	return xasprintf("%s.%s", v->pkgver, v->arch);
}

/* writes the job of a node */
static void
compose(const struct plan *p, size_t node, struct order *o)
{
	const struct pnode *v = &p->nodes[node];
	const struct graph *g = p->graph;
	struct buf b = {0};
	char *need;
	size_t i;

	o->name = jobname(v);
	jobline(&b, "pkgver", v->pkgver);
	jobline(&b, "arch", v->arch);
	jobline(&b, "host", confget(CONF_HOST));
	for (i = 0; i < v->t->nmakes; i++)
		jobline(&b, "makes", v->t->makes[i]);
	for (i = 0; i < graphdegree(g, node); i++) {
		need = jobname(&p->nodes[graphnext(g, node, i, NULL)]);
		jobline(&b, "needs", need);
		free(need);
	}
	jobnumber(&b, "asked", time(NULL));
	jobnumber(&b, "priority", priority);
	jobnumber(&b, "tries", 0);
	if (v->forced)
		jobnumber(&b, "force", 1);
	if (worldbase(p->world, v->side, v->name))
		jobline(&b, "sysroot", "no");
	o->len = b.len;
	o->text = buftake(&b);
}

/* finds the jobs that are queued or building, by family */
static int
readqueue(const struct spool *sp, struct tab *queue)
{
	char **names, *key;
	size_t i, n;
	int st;

	for (st = NEW; st <= RUN; st++) {
		if (spoollist(sp, (enum state)st, &names, &n) < 0)
			return -1;
		for (i = 0; i < n; i++) {
			if (!jobnameok(names[i]))
				continue;
			key = jobbase(names[i]);
			free(*tabput(queue, key));
			*tabput(queue, key) = xstrdup(names[i]);
			free(key);
		}
		spoollistfree(names, n);
	}
	return 0;
}

/* sees what the spool has of a job already */
static void
look(const struct spool *sp, const struct tab *queue, struct order *o)
{
	const char *queued;
	char *key;

	o->kept = spoolfind(sp, o->name, ACTIVE) != NSTATE;
	key = jobbase(o->name);
	queued = tabget(queue, key);
	free(key);
	if (!o->kept && queued && strcmp(queued, o->name) != 0)
		o->old = queued;
}

/* writes every draft before the first job is published: what can go wrong, a
 * full disk above all, goes wrong while the queue is still untouched */
static int
draft(struct spool *sp, struct order *orders, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (!orders[i].kept && spooldraft(sp, orders[i].name,
		    orders[i].text, orders[i].len, orders[i].tmp,
		    sizeof orders[i].tmp) < 0)
			return -1;
	}
	return 0;
}

/* takes back what publish did, as far as nobody has taken it up */
static void
retract(struct spool *sp, struct order *orders, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (orders[i].tmp[0])
			spoolpublish(sp, orders[i].tmp, NEW, NULL);
		if (orders[i].put)
			spooldrop(sp, NEW, orders[i].name);
	}
}

/* puts the jobs in, dependencies first, so that what is there when we are killed
 * in between can be built */
static int
publish(struct spool *sp, struct order *orders, size_t n)
{
	struct order *o;
	int r;

	for (o = orders; o < orders + n; o++) {
		if (o->kept)
			continue;
		r = spoolpublish(sp, o->tmp, NEW, o->name);
		o->tmp[0] = '\0';
		if (r < 0)
			return -1;
		o->put = r == 1;
		o->kept = r == 0;
	}
	return 0;
}

/* an older job of the family gives way, wherever it has got to, after the new
 * one is in, lest a kill in between leaves none; that the new one itself has
 * ended before is for spiff-run to forget, which may have ended it once more by
 * now */
static int
replace(struct spool *sp, const struct order *o)
{
	struct buf b = {0};
	int r, st;

	if (!o->old)
		return 0;
	r = 0;
	for (st = NEW; st <= RUN && r == 0; st++)
		r = spoolmove(sp, (enum state)st, CANCEL, o->old);
	if (r == 1) {
		jobline(&b, "class", "superseded");
		buffmt(&b, "reason superseded by %s\n", o->name);
		jobline(&b, "by", o->name);
		r = spoolnote(sp, CANCEL, o->old, &b);
		buffree(&b);
	}
	return r < 0 ? -1 : 0;
}

/* a job that is queued already is not put twice, but may become more urgent */
static int
hurry(struct spool *sp, const struct order *o)
{
	struct buf b = {0};
	struct job j;
	char *why = NULL;
	int r, st;

	for (st = NEW; st <= READY; st++) {
		r = spoolread(sp, (enum state)st, o->name, &j, &why);
		if (r < 0)
			free(why);
		if (r != 1)
			continue;
		r = 0;
		if (j.priority < priority) {
			jobnumber(&b, "priority", priority);
			r = spoolnote(sp, (enum state)st, o->name, &b);
			buffree(&b);
		}
		jobfree(&j);
		return r < 0 ? -1 : 0;
	}
	return 0;
}

static int
enqueue(struct spool *sp, struct order *orders, size_t n)
{
	size_t i;
	int r;

	if (draft(sp, orders, n) < 0 || publish(sp, orders, n) < 0) {
		retract(sp, orders, n);
		spoolsync(sp);
		return -1;
	}
	r = 0;
	for (i = 0; i < n && r == 0; i++)
		r = orders[i].kept ? hurry(sp, &orders[i]) :
		    replace(sp, &orders[i]);
	if (spoolsync(sp) < 0)
		r = -1;
	return r;
}

static void
print(const struct plan *p, const struct order *orders, size_t n)
{
	const struct pnode *v;
	size_t at, i;

	for (i = 0; i < p->nasked; i++) {
		at = p->asked[i].node;
		v = &p->nodes[at];
		if (v->pkgver && !v->build)
			printf("present\t%s.%s\n", v->pkgver, v->arch);
	}
	for (i = 0; i < n; i++) {
		if (orders[i].old)
			printf("superseded\t%s\n", orders[i].old);
		printf("%s\t%s\n", orders[i].kept ? "kept" : "queued",
		    orders[i].name);
	}
}

static int
execute(const struct plan *p, const size_t *list, size_t n)
{
	struct spool sp;
	struct order *orders;
	struct tab *queue;
	size_t i;
	int opened, r;

	/* looking must not make a spool where there is none */
	opened = !nflag || access(confget(CONF_SPOOL), F_OK) == 0;
	if (opened && spoolopen(&sp, confget(CONF_SPOOL), !nflag) < 0)
		return 111;
	queue = mktab();
	orders = xcalloc(n, sizeof *orders);
	r = opened ? readqueue(&sp, queue) : 0;
	for (i = 0; i < n && r == 0; i++) {
		compose(p, list[i], &orders[i]);
		if (opened)
			look(&sp, queue, &orders[i]);
	}
	if (r == 0 && !nflag)
		r = enqueue(&sp, orders, n);
	if (r == 0)
		print(p, orders, n);
	if (opened)
		spoolclose(&sp);
	return r < 0 ? 111 : 0;
}

static int
run(const struct operands *ops)
{
	struct plan *p;
	size_t *list, n;
	int bad, r;

	p = planopen(0, Sflag);
	if (!p)
		return 111;
	bad = operandask(ops, p, fflag) < 0;
	if (bad && !kflag)
		return 1;
	if (planmake(p, PLAN_MISSING) < 0)
		return 111;
	r = planorder(p, &list, &n);
	if (r == 0 || kflag) {
		bad |= r != 0;
		r = execute(p, list, n);
	}
	planclose(p);
	return r ? r : bad;
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
				usage();
			}
			break;
		default:
			if (!confflag(c, optarg))
				usage();
		}
	}
	if (optind == argc)
		usage();
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
