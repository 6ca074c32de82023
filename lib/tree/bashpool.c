#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/loop.h"
#include "base/proc.h"
#include "base/threads.h"
#include "base/x.h"
#include "tmpl.bash.h"
#include "tree/bash.h"
#include "tree/bashpool.h"

#define PROGRAM "spiff_program"

enum {
	SETTINGS = -1,	/* the number of a shell's first request, for its settings */
	MAXSHELLS = 16,
	SHARE = 32,	/* templates worth a shell of their own */
	TRIES = 2	/* of a template whose shell dies, as a process that another
			 * template left may have killed it */
};

struct bashpool {
	struct bashpoolenv env;
	struct bashenv shellenv;
	char *program;		/* a variable for the shells */
	struct bash shells[MAXSHELLS];
	char *triplet;
};

struct request {
	struct bashpoolreq r;
	unsigned tries;
};

/* one call of bashpoolrun */
struct batch {
	struct bashpool *e;
	const struct bashpoolasker *asker;
	struct request *reqs;
	size_t n;
	size_t *again;		/* requests whose shell was lost */
	size_t nagain;
	int done;		/* no answer is wanted any more */
};

static void
makeargv(struct bashpool *e)
{
	const struct bashpoolenv *env = &e->env;
	const char **argv, **reads;
	size_t i, n;

	argv = xcalloc(env->n + 16, sizeof *argv);
	reads = xcalloc(env->nreads + 3, sizeof *reads);
	n = 0;
	argv[n++] = "bash";
	argv[n++] = "--norc";
	argv[n++] = "--noprofile";
	argv[n++] = "-c";
	argv[n++] = "eval \"$" PROGRAM "\"";
	argv[n++] = "spiff";
	argv[n++] = env->base;
	argv[n++] = env->defaults;
	argv[n++] = env->conf;
	argv[n++] = env->host;
	argv[n++] = env->cross;
	argv[n++] = env->check;
	argv[n++] = env->bare ? "" : "1";
	argv[n++] = env->common;
	for (i = 0; i < env->n; i++)
		argv[n++] = env->srcpkgs[i];
	for (i = 0; i < env->nreads; i++)
		reads[i] = env->reads[i];
	if (*env->defaults)
		reads[i++] = env->defaults;
	if (*env->conf)
		reads[i++] = env->conf;
	e->shellenv.argv = (char *const *)argv;
	e->shellenv.reads = reads;
	e->shellenv.nreads = i;
}

/* sets the shells' environment, with the program in it: as an argument it would fill the
 * screen of everybody who lists processes */
static void
makeenv(struct bashpool *e)
{
	size_t n;

	for (n = 0; e->env.env[n]; n++)
		;
	e->program = xasprintf(PROGRAM "=%s", tmplbash);
	e->shellenv.env = xcalloc(n + 2, sizeof *e->shellenv.env);
	if (n > 0)
		memcpy(e->shellenv.env, e->env.env, n * sizeof *e->env.env);
	e->shellenv.env[n] = e->program;
}

const char *
bashpoolprogram(void)
{
	return tmplbash;
}

struct bashpool *
bashpoolopen(const struct bashpoolenv *env)
{
	struct bashpool *e;

	e = xcalloc(1, sizeof *e);
	e->env = *env;
	makeargv(e);
	makeenv(e);
	return e;
}

void
bashpoolclose(struct bashpool *e)
{
	size_t i;

	/* all at once, since namespaces take a while to end */
	for (i = 0; i < MAXSHELLS; i++) {
		if (e->shells[i].pid)
			prockill(e->shells[i].pid, SIGKILL);
	}
	for (i = 0; i < MAXSHELLS; i++)
		bashstop(&e->shells[i]);
	free((void *)e->shellenv.argv);
	free((void *)e->shellenv.reads);
	free(e->shellenv.env);
	free(e->program);
	free(e->triplet);
	free(e);
}

static int
startshell(struct bashpool *e, struct bash *sh)
{
	if (bashstart(sh, &e->shellenv) < 0) {
		warn("bash");
		return -1;
	}
	bashask(sh, (size_t)SETTINGS, "");
	return 0;
}

/* says why a shell cannot read the tree, without which it evaluates nothing; -1 */
static int
failsetup(struct bashpool *e, struct bash *sh, const char *how)
{
	char *why;

	sh->status = -1;
	why = how ? xstrdup(how) : bashwhy(sh);
	warnx("%s: cannot be set up for templates: %s", e->env.base, why);
	free(why);
	bashstop(sh);
	return -1;
}

static void
readsettings(struct bashpool *e, struct bash *sh)
{
	const char *s;

	s = sh->record->len > 2 ? sh->record->s + 2 : "";
	if (!e->triplet)
		e->triplet = xstrndup(s, strcspn(s, "\n"));
}

static void
answererror(struct batch *b, size_t i, const char *why, int lasting)
{
	b->asker->answer(b->asker->arg, b->reqs[i].r.what, NULL, why, lasting);
}

/* stops a shell; other shells get its requests from the k-th on */
static void
requeue(struct batch *b, struct bash *sh, size_t k)
{
	for (; k < sh->n; k++) {
		if (sh->what[k] == (size_t)SETTINGS)
			continue;
		b->again = xgrow(b->again, b->nagain, sizeof *b->again);
		b->again[b->nagain++] = sh->what[k];
	}
	bashstop(sh);
}

static void
handleanswer(struct batch *b, struct bash *sh)
{
	size_t i;
	char *why;

	i = sh->what[0];
	if (i == (size_t)SETTINGS) {
		readsettings(b->e, sh);
	} else if (sh->whole) {
		bufchar(sh->record, '\0');
		b->asker->answer(b->asker->arg, b->reqs[i].r.what,
		    sh->record->s, NULL, 0);
	} else if (sh->strange && ++b->reqs[i].tries < TRIES) {
		/* what another template left running may have spoilt its answer */
		requeue(b, sh, 0);
		return;
	} else {
		why = bashwhy(sh);
		/* a signal may come from a limit, or from outside */
		answererror(b, i, why, !sh->strange && sh->status <= 128);
		free(why);
	}
	bashnext(sh);
	/* the process that wrote there ends with the shell */
	if (sh->strange)
		requeue(b, sh, 0);
}

static int
handledeath(struct batch *b, struct bash *sh)
{
	size_t i;

	if (sh->n > 0 && sh->what[0] == (size_t)SETTINGS)
		return failsetup(b->e, sh, NULL);
	i = sh->n > 0 ? sh->what[0] : 0;
	if (sh->n > 0 && ++b->reqs[i].tries >= TRIES) {
		answererror(b, i, "ends the shell that evaluates it", 0);
		requeue(b, sh, 1);
	} else {
		requeue(b, sh, 0);
	}
	return 0;
}

/* A template before this one in the shell may have answered and still run, so another
 * shell gets the request again. */
static int
handletimeout(struct batch *b, struct bash *sh)
{
	char *why;
	int r;

	if (sh->answers > 1 && ++b->reqs[sh->what[0]].tries < TRIES) {
		requeue(b, sh, 0);
		return 0;
	}
	why = xasprintf("takes longer than %u s", b->e->env.limit);
	r = 0;
	if (sh->what[0] == (size_t)SETTINGS) {
		r = failsetup(b->e, sh, why);
	} else {
		answererror(b, sh->what[0], why, 0);
		requeue(b, sh, 1);
	}
	free(why);
	return r;
}

static int
readshell(struct batch *b, struct bash *sh)
{
	int r;

	while (sh->pid && (r = bashread(sh)) != 0) {
		if (r < 0)
			return handledeath(b, sh);
		handleanswer(b, sh);
	}
	return 0;
}

/* sets *i to the number of the next request; 0 when there is none now */
static int
nextrequest(struct batch *b, int idle, size_t *i)
{
	struct bashpoolreq r;
	int got;

	if (b->nagain > 0) {
		*i = b->again[--b->nagain];
		return 1;
	}
	got = b->asker->next(b->asker->arg, idle, &r);
	b->done = got < 0;
	if (got <= 0)
		return 0;
	b->reqs = xgrow(b->reqs, b->n, sizeof *b->reqs);
	b->reqs[b->n] = (struct request){ .r = r };
	*i = b->n++;
	return 1;
}

/* sends requests until the shell has that many; one with only the settings to answer
 * counts as idle */
static int
feedshell(struct batch *b, struct bash *sh, size_t ahead)
{
	const struct bashpoolreq *r;
	char *words;
	size_t i;

	if (!sh->pid && startshell(b->e, sh) < 0)
		return -1;
	while (sh->n < ahead && nextrequest(b, sh->n == 0 ||
	    (sh->n == 1 && sh->what[0] == (size_t)SETTINGS), &i)) {
		r = &b->reqs[i].r;
		words = xasprintf("%u %c %s %s", r->tree, r->quick ? 'q' : '-',
		    r->name, r->subs);
		bashask(sh, i, words);
		free(words);
	}
	return 0;
}

/* returns how many shells the requests are worth */
static size_t
shellsworth(const struct batch *b)
{
	size_t n, shells;

	n = b->n > b->asker->expected ? b->n : b->asker->expected;
	shells = threadsmax();
	if (shells > MAXSHELLS)
		shells = MAXSHELLS;
	return shells > 1 + n / SHARE ? 1 + n / SHARE : shells;
}

/* sends requests, waits, reads answers */
static int
runturn(struct batch *b)
{
	struct pollfd fds[2 * MAXSHELLS];
	struct bash *sh;
	int64_t limit, until;
	size_t i, shells;

	limit = (int64_t)b->e->env.limit * 1000;
	until = -1;
	shells = shellsworth(b);
	for (i = 0; i < shells * BASH_AHEAD && !b->done; i++) {
		if (feedshell(b, &b->e->shells[i % shells], i / shells + 1) < 0)
			return -1;
	}
	if (b->done)
		return 0;
	for (i = 0; i < MAXSHELLS; i++) {
		sh = &b->e->shells[i];
		fds[2 * i].fd = sh->pid ? sh->out : -1;
		fds[2 * i + 1].fd = sh->pid ? sh->err : -1;
		fds[2 * i].events = fds[2 * i + 1].events = POLLIN;
		if (sh->n > 0 && (until < 0 || sh->since + limit < until))
			until = sh->since + limit;
	}
	if (loopwait(fds, 2 * MAXSHELLS, until) < 0) {
		warn("poll");
		return -1;
	}
	for (i = 0; i < MAXSHELLS; i++) {
		sh = &b->e->shells[i];
		if (sh->pid && readshell(b, sh) < 0)
			return -1;
		if (sh->n > 0 && loopnow() >= sh->since + limit &&
		    handletimeout(b, sh) < 0)
			return -1;
	}
	return 0;
}

int
bashpoolrun(struct bashpool *e, const struct bashpoolasker *asker)
{
	struct batch b = { .e = e, .asker = asker };
	struct bash *sh;
	size_t i;
	int r;

	r = 0;
	while (r == 0 && !b.done)
		r = runturn(&b);
	/* request numbers begin anew with the next batch */
	for (i = 0; i < MAXSHELLS; i++) {
		sh = &e->shells[i];
		if (r < 0 || (sh->n > 0 && sh->what[sh->n - 1] != (size_t)SETTINGS))
			bashstop(sh);
	}
	free(b.again);
	free(b.reqs);
	return r;
}

const char *
bashpooltriplet(struct bashpool *e)
{
	struct bash *sh = &e->shells[0];
	struct pollfd fd = { .events = POLLIN };
	int r;

	if (e->triplet)
		return e->triplet;
	if (!sh->pid && startshell(e, sh) < 0)
		return NULL;
	fd.fd = sh->out;
	while ((r = bashread(sh)) == 0) {
		if (loopwait(&fd, 1, -1) < 0)
			r = -1;
	}
	if (r < 0) {
		failsetup(e, sh, NULL);
		return NULL;
	}
	readsettings(e, sh);
	bashnext(sh);
	return e->triplet;
}
