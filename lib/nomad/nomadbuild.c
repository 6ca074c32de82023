#include <bsd/stdlib.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/call.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/loop.h"
#include "base/table.h"
#include "base/x.h"
#include "build/builder.h"
#include "nomad/nomadbuild.h"
#include "nomad/nomadcli.h"
#include "nomad/nomadlist.h"
#include "nomad/nomadlog.h"
#include "spool/job.h"
#include "spool/manifest.h"
#include "spool/spool.h"

enum { SIGNALLED = 128, SIGNALS = 65 };

/* That an allocation is complete says nothing: it is that, too, when it was
 * stopped, drained or preempted. Only a task that has ended by itself has an exit
 * status that means something. */
static void
verdict(const struct nomadchild *c, int *code, char **words)
{
	int sig;

	*code = -1;
	sig = c->sig;
	/* drivers that run a shell in between have it from there */
	if (c->exited && !sig && c->code > SIGNALLED &&
	    c->code < SIGNALLED + SIGNALS)
		sig = c->code - SIGNALLED;
	if (c->exited && c->oom)
		*words = xstrdup("out of memory");
	else if (c->killed || !c->run)
		*words = xasprintf("stopped in Nomad%s%s", *c->words ? ": " :
		    "", c->words);
	else if (c->exited && sig)
		*words = xasprintf("signal %d (%s)", sig, strsignal(sig));
	else if (c->exited)
		*words = xasprintf("exit %d", *code = c->code);
	else
		*words = xasprintf("not run by Nomad: %s", c->trouble ?
		    c->trouble : c->words);
}

enum nomadstate
nomadjudge(const struct nomadchild *c, int *code, char **words)
{
	if (!c || (!c->listed && !c->alloc))
		return NOMAD_ABSENT;
	if (c->lost)
		return NOMAD_LOST;
	if (!c->alloc) {
		if (!c->dead)
			return NOMAD_WAITS;
		*code = -1;
		*words = xstrdup(c->stopped ? "stopped in Nomad before it began" :
		    "given up by Nomad before it began");
		return NOMAD_ENDED;
	}
	if (c->unknown)
		return NOMAD_UNKNOWN;
	if (!c->ended)
		return c->started ? NOMAD_RUNS : NOMAD_WAITS;
	verdict(c, code, words);
	return NOMAD_ENDED;
}

enum { MARK = 8, FILEMAX = 4096, NAMEMAX = 80, PARENTMAX = 128 };

static const char file[] = "nomad";

char *
nomadmark(const struct spool *sp, const char *old)
{
	struct buf b = {0};

	if (ioread(sp->dir, file, FILEMAX, &b) == 0) {
		if (b.len == MARK + 1 && b.s[MARK] == '\n' &&
		    strspn(b.s, "0123456789abcdef") == MARK) {
			b.s[MARK] = '\0';
			return buftake(&b);
		}
		warnx("%s/%s: not a mark: 8 hexadecimal digits", sp->path, file);
		buffree(&b);
		return NULL;
	}
	if (errno != ENOENT) {
		warn("%s/%s", sp->path, file);
		return NULL;
	}
	/* a spool that was removed while we ran is still the same to Nomad */
	if (old)
		buffmt(&b, "%s\n", old);
	else
		buffmt(&b, "%08lx\n", (unsigned long)arc4random());
	if (ioreplace(sp->dir, file, b.s, b.len, 0644) < 0) {
		warn("%s/%s", sp->path, file);
		buffree(&b);
		return NULL;
	}
	b.s[MARK] = '\0';
	return buftake(&b);
}

/* SPIFF_NOMAD: one name, or one for each architecture that builds */
static char *
parentfor(const char *arch)
{
	char *copy, *eq, *p, *r;

	copy = xstrdup(confget(CONF_NOMAD));
	r = NULL;
	for (p = strtok(copy, ","); p && !r; p = strtok(NULL, ",")) {
		eq = strchr(p, '=');
		if (eq)
			*eq = '\0';
		if (!eq || strcmp(p, arch) == 0)
			r = xstrdup(eq ? eq + 1 : p);
	}
	free(copy);
	return r;
}

static int
parentok(const char *s)
{
	return *s && *s != '-' && strlen(s) <= PARENTMAX &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789._-") == strlen(s);
}

int
nomadhandle(struct nomadhandle *h, const char *mark, const struct job *j,
    int try)
{
	struct buf b = {0};

	memset(h, 0, sizeof *h);
	h->parent = parentfor(j->host);
	if (!h->parent || !parentok(h->parent)) {
		warnx("%s: SPIFF_NOMAD names no job for %s", j->name, j->host);
		nomadhandlefree(h);
		return -1;
	}
	buffmt(&b, "%s-", mark);
	nomadname(&b, j->name, NAMEMAX);
	buffmt(&b, "-%d", try);
	h->prefix = buftake(&b);
	/* Nothing that could be told again: a job of this name may have been
	 * here before with the same count, and been collected, wiped or begun
	 * from another tree, and its child would be taken for this one's. */
	h->token = xasprintf("%s:%s:%d:%08lx%08lx", mark, j->name, try,
	    (unsigned long)arc4random(), (unsigned long)arc4random());
	return 0;
}

int
nomadhandleread(struct nomadhandle *h, const char *text)
{
	char **fields[] = { &h->parent, &h->prefix, &h->token, &h->id };
	char *copy, *p, *want;
	size_t i;
	int ok;

	memset(h, 0, sizeof *h);
	copy = xstrdup(text);
	p = strtok(copy, " ");
	ok = p && strcmp(p, "nomad") == 0;
	for (i = 0; ok && i < 4 && (p = strtok(NULL, " ")); i++)
		*fields[i] = xstrdup(p);
	ok = ok && i >= 3 && !strtok(NULL, " ") && parentok(h->parent) &&
	    parentok(h->prefix);
	if (ok && h->id) {
		want = xasprintf("%s/dispatch-%s-", h->parent, h->prefix);
		ok = strncmp(h->id, want, strlen(want)) == 0;
		free(want);
	}
	free(copy);
	if (!ok)
		nomadhandlefree(h);
	return ok ? 0 : -1;
}

void
nomadhandleline(struct buf *b, const struct nomadhandle *h)
{
	char *line;

	line = xasprintf("nomad %s %s %s%s%s", h->parent, h->prefix, h->token,
	    h->id ? " " : "", h->id ? h->id : "");
	jobline(b, "handle", line);
	free(line);
}

void
nomadhandlefree(struct nomadhandle *h)
{
	free(h->parent);
	free(h->prefix);
	free(h->token);
	free(h->id);
	memset(h, 0, sizeof *h);
}

enum {
	CALLS = 4,		/* at a time */
	PAUSE = 1000, PAUSEMAX = 60000,	/* milliseconds after a failure */
	LOGTRIES = 3
};

static struct build **builds;
static size_t nbuilds;
static int64_t forgotten;	/* when the last of them was */

struct nomadbuild *
nomadbuildadd(struct build *b)
{
	struct nomadbuild *o;

	o = xcalloc(1, sizeof *o);
	o->h = xcalloc(1, sizeof *o->h);
	o->look = xcalloc(1, sizeof *o->look);
	o->logtries = LOGTRIES;
	b->own = o;
	builds = xgrow(builds, nbuilds, sizeof *builds);
	builds[nbuilds++] = b;
	return o;
}

void
nomadbuilddel(struct build *b)
{
	struct nomadbuild *o = b->own;
	size_t i;

	if (!o)
		return;
	for (i = 0; builds[i] != b; i++)
		;
	builds[i] = builds[--nbuilds];
	calldel(o->call);
	calldel(o->look->call);
	nomadhandlefree(o->h);
	free(o->h);
	free(o->look);
	free(o->alloc);
	free(o->waits);
	free(o);
	forgotten = loopnow();
}

int64_t
nomadbuildgone(void)
{
	return forgotten;
}

struct build *
nomadbuildat(size_t i)
{
	return i < nbuilds ? builds[i] : NULL;
}

int
nomadmaycall(void)
{
	const struct nomadbuild *o;
	size_t i;
	int n;

	n = 0;
	for (i = 0; i < nbuilds; i++) {
		o = builds[i]->own;
		n += o->call || (o->last && o->look->call);
	}
	return n < CALLS;
}

void
nomadlater(struct nomadbuild *o)
{
	o->pause = o->pause ? o->pause * 2 : PAUSE;
	if (o->pause > PAUSEMAX)
		o->pause = PAUSEMAX;
	o->next = loopnow() + o->pause;
}

void
nomadend(struct build *b, int code, const char *words)
{
	struct nomadbuild *o = b->own;

	free(b->words);
	b->words = xstrdup(words);
	b->code = code;
	b->waits = 0;
	o->over = 1;
	o->runs = 0;
	o->next = o->pause = 0;
}

void
nomadnote(struct spool *sp, const struct build *b, const char *why)
{
	struct nomadbuild *o = b->own;
	struct buf lines = {0};

	if (o->waits && strcmp(o->waits, why) == 0)
		return;
	jobline(&lines, "waits", why);
	spoolnote(sp, RUN, b->job, &lines);
	buffree(&lines);
	free(o->waits);
	o->waits = xstrdup(why);
}

/* The payload: the job's file without what only the queue needs, as it may have
 * hundreds of needs and Nomad takes no more than 16 KiB. */
static void
payload(struct buf *to, const char *text)
{
	static const char *const queues[] = { "needs ", "makes ", "asked ",
	    "started ", "ended ", "exit ", "node ", "handle ", "waits ",
	    "priority ", "troubles ", "class " };
	size_t i, n;

	for (; *text; text += n) {
		n = strcspn(text, "\n");
		n += text[n] == '\n';
		for (i = 0; i < sizeof queues / sizeof queues[0]; i++) {
			if (strncmp(text, queues[i], strlen(queues[i])) == 0)
				break;
		}
		if (i == sizeof queues / sizeof queues[0])
			bufadd(to, text, n);
	}
}

int
nomadaskbegin(struct spool *sp, struct build *b)
{
	struct nomadbuild *o = b->own;
	struct buf text = {0}, in = {0};
	char *why;
	int r;

	r = spooltext(sp, RUN, b->job, &text, &why);
	if (r < 0) {
		warnx("%s: %s", b->job, why);
		free(why);
	}
	if (r == 1) {
		payload(&in, text.s);
		if (in.len > NOMAD_PAYLOAD)
			nomadend(b, NOMAD_UNAVAILABLE,
			    "its file is too long for Nomad");
		else
			o->call = nomaddispatch(o->h->parent, o->h->token,
			    o->h->prefix, in.s, in.len);
	}
	buffree(&in);
	buffree(&text);
	return o->call || o->over ? 0 : -1;
}

int
nomadaskstop(const struct build *b)
{
	struct nomadbuild *o = b->own;

	o->call = nomadstop(o->h->id);
	return o->call ? 0 : -1;
}

/* what is wrong with the cluster is told once, not by every build */
static void
say(const struct build *b, const char *why)
{
	static char *told;

	if (told && strcmp(told, why) == 0)
		return;
	warnx("%s: %s", b->job, why);
	free(told);
	told = xstrdup(why);
}

void
nomadasklearn(struct spool *sp, struct build *b, char *id)
{
	struct nomadbuild *o = b->own;
	struct buf lines = {0};

	o->h->id = id;
	o->learned = loopnow();
	o->next = o->pause = 0;
	nomadhandleline(&lines, o->h);
	spoolnote(sp, RUN, b->job, &lines);
	buffree(&lines);
	nomadnote(sp, b, "");
}

void
nomadaskend(struct spool *sp, struct build *b)
{
	struct nomadbuild *o = b->own;
	struct buf err = {0}, out = {0};
	char *id, *why;

	why = nomadfailed(o->call, &out, &err);
	calldel(o->call);
	o->call = NULL;
	if (o->h->id) {
		/* it was a stop; what is gone needs none */
		o->stopsent = !why || strstr(why, "No job(s) with") != NULL;
	} else {
		if (!why || !nomadnothingsent(why))
			o->sent = 1;
		id = why ? NULL : nomadid(out.s, o->h->parent,
		    o->h->prefix);
		if (!why && !id)
			why = xasprintf("nomad: not the answer that was "
			    "expected: %.*s", (int)strcspn(out.s, "\n"), out.s);
		if (id)
			nomadasklearn(sp, b, id);
		else
			nomadnote(sp, b, why);
	}
	if (why && !o->stopsent) {
		if (!o->pause)
			say(b, why);
		nomadlater(o);
	}
	free(why);
	buffree(&err);
	buffree(&out);
}

enum {
	LOST = 600000		/* milliseconds until a node that is silent is
				 * given up */
};

/* its task has started, and may have ended since */
static void
runs(struct spool *sp, struct build *b, const struct nomadchild *c)
{
	struct nomadbuild *o = b->own;
	struct buf lines = {0};
	int64_t past;

	o->silent = 0;
	nomadnote(sp, b, "");
	if (o->runs)
		return;
	o->runs = 1;
	b->waits = 0;
	past = time(NULL) - c->started;
	b->began = loopnow() - (past > 0 ? past * 1000 : 0);
	free(o->alloc);
	o->alloc = xstrdup(c->alloc);
	jobnumber(&lines, "started", c->started);
	jobline(&lines, "node", c->node);
	spoolnote(sp, RUN, b->job, &lines);
	buffree(&lines);
}

/* whether a child was dispatched for a build */
static int
isof(const struct nomadchild *c, const struct build *b)
{
	const struct nomadbuild *o = b->own;
	char *start;
	int r;

	start = xasprintf("%s/dispatch-%s-", o->h->parent, o->h->prefix);
	r = strncmp(c->id, start, strlen(start)) == 0;
	free(start);
	return r;
}

static const struct nomadchild *
childof(const struct nomadpoll *lists, const struct build *b)
{
	void *value;
	size_t i;

	for (i = 0; tabnext(nomadpolltab(lists), &i, &value);) {
		if (isof(value, b))
			return value;
	}
	return NULL;
}

/* Its child is in no list. When two have asked with one token at a time, both
 * were told an ID, and the child has one of them. Otherwise it was there and is
 * gone, and it is not asked for again under its number: what is left of it may
 * still be at work. */
static void
absent(struct spool *sp, struct build *b, const struct nomadpoll *lists)
{
	struct nomadbuild *o = b->own;
	const struct nomadchild *c;

	c = o->seen ? NULL : childof(lists, b);
	if (c) {
		free(o->h->id);
		nomadasklearn(sp, b, xstrdup(c->id));
	} else if (deliveryof(sp, b->job, b->try)) {
		nomadend(b, 0, "exit 0");
	} else if (o->stop) {
		nomadend(b, -1, "stopped");
	} else {
		nomadend(b, -1, "not known to Nomad any more");
	}
}

void
nomadsee(struct spool *sp, struct build *b, const struct nomadpoll *lists)
{
	struct nomadbuild *o = b->own;
	const struct nomadchild *c;
	char *words;
	int code;

	if (o->over || !o->h->id || o->learned > nomadpollbegan(lists))
		return;
	c = tabget(nomadpolltab(lists), o->h->id);
	o->seen |= c != NULL;
	words = NULL;
	code = -1;
	switch (nomadjudge(c, &code, &words)) {
	case NOMAD_ABSENT:
		absent(sp, b, lists);
		break;
	case NOMAD_WAITS:
		nomadnote(sp, b, c->blocked ? c->blocked : "");
		break;
	case NOMAD_RUNS:
		runs(sp, b, c);
		break;
	case NOMAD_UNKNOWN:
		if (!o->silent)
			o->silent = loopnow();
		nomadnote(sp, b, "its machine does not answer");
		if (loopnow() - o->silent < LOST && !o->stopsent)
			break;
		/* FALLTHROUGH */
	case NOMAD_LOST:
		/* another node may have begun it again, or this one go on: its
		 * delivery would be an older try's then */
		nomadend(b, -1, "its node was lost");
		o->stop = 1;
		o->logtries = 0;
		break;
	case NOMAD_ENDED:
		if (c->started)
			runs(sp, b, c);
		else
			o->logtries = 0;
		b->finished = c->finished;
		free(o->alloc);
		o->alloc = c->alloc ? xstrdup(c->alloc) : NULL;
		nomadend(b, code, words);
		break;
	}
	free(words);
}

/* whether a child is that of a build, or may be */
static int
wanted(const struct nomadchild *c)
{
	const struct nomadbuild *o;
	const struct build *b;
	size_t i;
	int r;

	r = 0;
	for (i = 0; !r && (b = nomadbuildat(i)); i++) {
		o = b->own;
		r = o->h->id ? strcmp(o->h->id, c->id) == 0 : isof(c, b);
	}
	return r;
}

const char *
nomadseestray(const struct nomadpoll *lists)
{
	const struct nomadchild *c;
	void *value;
	size_t i;

	/* an older picture has the builds of then, which may have ended */
	if (nomadpollbegan(lists) <= nomadbuildgone())
		return NULL;
	for (i = 0; tabnext(nomadpolltab(lists), &i, &value);) {
		c = value;
		if (c->listed && !c->dead && !c->stopped && !wanted(c))
			return c->id;
	}
	return NULL;
}
