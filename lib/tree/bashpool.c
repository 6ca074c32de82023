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
	SETTINGS = -1,	/* what a shell is asked first, instead of a request */
	MAXSHELLS = 16,
	SHARE = 32,	/* templates that are worth starting a shell for */
	TRIES = 2	/* of a template whose shell dies, as another's leftovers
			 * may be to blame */
};

struct bashpool {
	struct bashpoolenv env;
	struct bashenv shellenv;
	char *program;		/* as a variable of theirs */
	struct bash shells[MAXSHELLS];
	char *triplet;
};

/* a request of a batch */
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
arguments(struct bashpool *e)
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

/* the program is among it: as an argument it would fill the screen of everybody
 * who lists processes */
static void
environment(struct bashpool *e)
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
	arguments(e);
	environment(e);
	return e;
}

void
bashpoolclose(struct bashpool *e)
{
	size_t i;

	/* namespaces take a while to end: all of them at once */
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
start(struct bashpool *e, struct bash *sh)
{
	if (bashstart(sh, &e->shellenv) < 0) {
		warn("bash");
		return -1;
	}
	bashask(sh, (size_t)SETTINGS, "");
	return 0;
}

/* the tree itself cannot be read: nothing can be evaluated */
static int
nosetup(struct bashpool *e, struct bash *sh, const char *how)
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
settings(struct bashpool *e, struct bash *sh)
{
	const char *s;

	s = sh->record->len > 2 ? sh->record->s + 2 : "";
	if (!e->triplet)
		e->triplet = xstrndup(s, strcspn(s, "\n"));
}

static void
fail(struct batch *b, size_t i, const char *why, int lasting)
{
	b->asker->answer(b->asker->arg, b->reqs[i].r.what, NULL, why, lasting);
}

/* the requests from the k-th on go back, to be asked elsewhere */
static void
giveback(struct batch *b, struct bash *sh, size_t k)
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
answered(struct batch *b, struct bash *sh)
{
	size_t i;
	char *why;

	i = sh->what[0];
	if (i == (size_t)SETTINGS) {
		settings(b->e, sh);
	} else if (sh->whole) {
		bufchar(sh->record, '\0');
		b->asker->answer(b->asker->arg, b->reqs[i].r.what,
		    sh->record->s, NULL, 0);
	} else if (sh->strange && ++b->reqs[i].tries < TRIES) {
		/* its answer may be lost in something that is not its own */
		giveback(b, sh, 0);
		return;
	} else {
		why = bashwhy(sh);
		/* a signal may be the doing of a limit, or of somebody */
		fail(b, i, why, !sh->strange && sh->status <= 128);
		free(why);
	}
	bashnext(sh);
	/* whatever wrote there may do it again: it ends with the shell */
	if (sh->strange)
		giveback(b, sh, 0);
}

static int
died(struct batch *b, struct bash *sh)
{
	size_t i;

	if (sh->n > 0 && sh->what[0] == (size_t)SETTINGS)
		return nosetup(b->e, sh, NULL);
	i = sh->n > 0 ? sh->what[0] : 0;
	if (sh->n > 0 && ++b->reqs[i].tries >= TRIES) {
		fail(b, i, "ends the shell that evaluates it", 0);
		giveback(b, sh, 1);
	} else {
		giveback(b, sh, 0);
	}
	return 0;
}

/* A request that the shell was not started for may pay for one before it, which has made
 * its answer look complete and goes on: it is asked again elsewhere. */
static int
overtime(struct batch *b, struct bash *sh)
{
	char *why;
	int r;

	if (sh->answers > 1 && ++b->reqs[sh->what[0]].tries < TRIES) {
		giveback(b, sh, 0);
		return 0;
	}
	why = xasprintf("takes longer than %u s", b->e->env.limit);
	r = 0;
	if (sh->what[0] == (size_t)SETTINGS) {
		r = nosetup(b->e, sh, why);
	} else {
		fail(b, sh->what[0], why, 0);
		giveback(b, sh, 1);
	}
	free(why);
	return r;
}

static int
look(struct batch *b, struct bash *sh)
{
	int r;

	while (sh->pid && (r = bashread(sh)) != 0) {
		if (r < 0)
			return died(b, sh);
		answered(b, sh);
	}
	return 0;
}

/* sets *i to the number of a request that can be asked; 0 when there is none now */
static int
next(struct batch *b, int idle, size_t *i)
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

/* asks the shell until that many answers are needsjob from it; one that has the settings
 * alone to tell has nothing to do */
static int
feed(struct batch *b, struct bash *sh, size_t ahead)
{
	const struct bashpoolreq *r;
	char *words;
	size_t i;

	if (!sh->pid && start(b->e, sh) < 0)
		return -1;
	while (sh->n < ahead && next(b, sh->n == 0 ||
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
worth(const struct batch *b)
{
	size_t n, shells;

	n = b->n > b->asker->expected ? b->n : b->asker->expected;
	shells = threadsmax();
	if (shells > MAXSHELLS)
		shells = MAXSHELLS;
	return shells > 1 + n / SHARE ? 1 + n / SHARE : shells;
}

/* one turn: asks, waits, looks; those that have work already come first */
static int
turn(struct batch *b)
{
	struct pollfd fds[2 * MAXSHELLS];
	struct bash *sh;
	int64_t limit, until;
	size_t i, shells;

	limit = (int64_t)b->e->env.limit * 1000;
	until = -1;
	shells = worth(b);
	for (i = 0; i < shells * BASH_AHEAD && !b->done; i++) {
		if (feed(b, &b->e->shells[i % shells], i / shells + 1) < 0)
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
		if (sh->pid && look(b, sh) < 0)
			return -1;
		if (sh->n > 0 && loopnow() >= sh->since + limit &&
		    overtime(b, sh) < 0)
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
		r = turn(&b);
	/* nothing may be left to answer but the settings: the next batch counts anew */
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
	if (!sh->pid && start(e, sh) < 0)
		return NULL;
	fd.fd = sh->out;
	while ((r = bashread(sh)) == 0) {
		if (loopwait(&fd, 1, -1) < 0)
			r = -1;
	}
	if (r < 0) {
		nosetup(e, sh, NULL);
		return NULL;
	}
	settings(e, sh);
	bashnext(sh);
	return e->triplet;
}
