#include <err.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <bsd/stdlib.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/conf.h"
#include "base/loop.h"
#include "base/x.h"
#include "build/builder.h"
#include "nomad/nomadbuild.h"
#include "nomad/nomadcli.h"
#include "nomad/nomadlist.h"
#include "spool/job.h"
#include "spool/manifest.h"
#include "spool/spool.h"

enum {
	CALLS = 4,		/* at a time */
	PAUSE = 1000, PAUSEMAX = 60000,	/* milliseconds after a failure */
	LOGTRIES = 3,
	LOST = 600000		/* milliseconds until a node that is silent is
				 * given up */
};

enum { NAMEMAX = 80, PARENTMAX = 128 };	/* characters */

/* what spiff-build exits with, or the shell that cannot start it */
enum { UNAVAILABLE = 2, SETUP = 100, SYSTEM = 111, NOEXEC = 126, NOCOMMAND = 127 };

enum { SIGNALLED = 128, SIGNALS = 65 };

struct nomadbuild *
nomadbuildadd(struct build *b)
{
	struct nomadbuild *o;

	o = xcalloc(1, sizeof *o);
	o->logtries = LOGTRIES;
	b->own = o;
	return o;
}

static void
handlefree(struct nomadbuild *o)
{
	free(o->parent);
	free(o->prefix);
	free(o->token);
	free(o->id);
	o->parent = o->prefix = o->token = o->id = NULL;
}

void
nomadbuilddel(struct build *b)
{
	struct nomadbuild *o = b->own;

	if (!o)
		return;
	childdel(o->call);
	childdel(o->look);
	handlefree(o);
	free(o->alloc);
	free(o->node);
	free(o->nodeid);
	free(o->waits);
	free(o);
	b->own = NULL;
}

struct build *
nomadbuildnext(const struct build *b)
{
	struct build *next;

	for (next = buildnext(b); next && !next->own; next = buildnext(next))
		;
	return next;
}

int
nomadbuildmaycall(void)
{
	const struct nomadbuild *o;
	const struct build *b;
	int n;

	n = 0;
	for (b = nomadbuildnext(NULL); b; b = nomadbuildnext(b)) {
		o = b->own;
		n += o->call || (o->last && o->look);
	}
	return n < CALLS;
}

void
nomadbuildlater(struct nomadbuild *o)
{
	o->pause = loopbackoff(o->pause, PAUSE, PAUSEMAX);
	o->next = loopnow() + o->pause;
}

/* appends lines to the job's file, and frees them */
static void
writelines(struct spool *sp, const struct build *b, struct buf *lines)
{
	spoolnote(sp, RUN, b->job, lines);
	buffree(lines);
}

/* writes into the job's file why the build does not run, "" when it does */
static void
writewaits(struct spool *sp, const struct build *b, const char *why)
{
	struct nomadbuild *o = b->own;
	struct buf lines = {0};

	if (o->waits && strcmp(o->waits, why) == 0)
		return;
	jobline(&lines, "waits", why);
	writelines(sp, b, &lines);
	free(o->waits);
	o->waits = xstrdup(why);
}

void
nomadbuildend(struct spool *sp, struct build *b, int code, const char *words)
{
	struct nomadbuild *o = b->own;

	writewaits(sp, b, "");
	free(b->words);
	b->words = xstrdup(words);
	b->code = code;
	b->waits = 0;
	o->over = 1;
	o->runs = 0;
	o->next = o->pause = 0;
}

static int
parentok(const char *s)
{
	return *s && *s != '-' && strlen(s) <= PARENTMAX &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789._-") == strlen(s);
}

/* whether the left side of an element of SPIFF_NOMAD, a host architecture or a pattern
 * of packages, matches a job */
static int
matchesjob(const char *left, const struct job *j)
{
	char *both;
	int r;

	both = xasprintf("%s.%s", j->pkgname, j->host);
	r = strcmp(left, j->host) == 0 || fnmatch(left, j->pkgname, 0) == 0 ||
	    fnmatch(left, both, 0) == 0;
	free(both);
	return r;
}

/* returns the right side of the element of SPIFF_NOMAD that matches a job, NULL if none
 * does; the caller owns it */
static char *
parentsfor(const struct job *j)
{
	char *copy, *eq, *p, *r;

	copy = xstrdup(confget(CONF_NOMAD));
	r = NULL;
	for (p = strtok(copy, ", "); p && !r; p = strtok(NULL, ", ")) {
		eq = strchr(p, '=');
		if (eq)
			*eq = '\0';
		if (!eq || matchesjob(p, j))
			r = xstrdup(eq ? eq + 1 : p);
	}
	free(copy);
	return r;
}

/* whether the last build of a job failed for lack of memory */
static int
ranout(const struct job *j)
{
	return j->reason && jobstarved(j->reason);
}

/* Chooses the Nomad job that had the last try or, if that ran out of memory, the next
 * one, of the build's own SMALL:LARGER:LARGEST or else that of SPIFF_NOMAD, and sets
 * *larger then; the caller owns the name. */
static char *
parentfor(const struct build *b, const struct job *j, int *larger)
{
	struct nomadbuild last = {0};
	char *first, *list, *p, *r;

	*larger = 0;
	if (j->handle)
		nomadbuildread(&last, j->handle);
	list = b->nomad ? xstrdup(b->nomad) : parentsfor(j);
	first = p = list ? strtok(list, ":") : NULL;
	while (p && (!last.parent || strcmp(p, last.parent) != 0))
		p = strtok(NULL, ":");
	r = p ? p : first;
	p = p && ranout(j) ? strtok(NULL, ":") : NULL;
	*larger = p != NULL;
	r = p ? p : r;
	handlefree(&last);
	r = r && parentok(r) ? xstrdup(r) : NULL;
	free(list);
	return r;
}

/* appends s; _ replaces characters that Nomad's names cannot have */
static void
cleanname(struct buf *b, const char *s)
{
	size_t n;

	for (n = 0; s[n] && n < NAMEMAX; n++)
		bufchar(b, strchr("abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", s[n]) ? s[n] : '_');
}

static void
handleline(struct buf *b, const struct nomadbuild *o)
{
	char *line;

	line = xasprintf("nomad %s %s %s%s%s", o->parent, o->prefix, o->token,
	    o->id ? " " : "", o->id ? o->id : "");
	jobline(b, "handle", line);
	free(line);
}

int
nomadbuildname(struct build *b, const char *mark, const struct job *j,
    struct buf *lines)
{
	struct nomadbuild *o = b->own;
	struct buf prefix = {0};

	o->parent = parentfor(b, j, &o->larger);
	if (!o->parent)
		return -1;
	o->priority = j->priority;
	buffmt(&prefix, "%s-", mark);
	cleanname(&prefix, j->name);
	bufchar(&prefix, '-');
	cleanname(&prefix, b->try);
	o->prefix = buftake(&prefix);
	/* A random token: an earlier job may have had the same name and try, in
	 * a spool that was wiped, say, and its child must not be taken for this
	 * one's. */
	o->token = xasprintf("%s:%s:%s:%08lx%08lx", mark, j->name, b->try,
	    (unsigned long)arc4random(), (unsigned long)arc4random());
	if (j->node)
		jobline(lines, "node", "");
	if (j->waits && *j->waits)
		jobline(lines, "waits", "");
	o->waits = xstrdup("");
	handleline(lines, o);
	return 0;
}

int
nomadbuildread(struct nomadbuild *o, const char *text)
{
	char **fields[] = { &o->parent, &o->prefix, &o->token, &o->id };
	char *copy, *p;
	size_t i;
	int ok;

	copy = xstrdup(text);
	p = strtok(copy, " ");
	ok = p && strcmp(p, "nomad") == 0;
	for (i = 0; ok && i < 4 && (p = strtok(NULL, " ")); i++)
		*fields[i] = xstrdup(p);
	ok = ok && i >= 3 && !strtok(NULL, " ") && parentok(o->parent) &&
	    parentok(o->prefix) && (!o->id || nomadbuildowns(o, o->id));
	free(copy);
	if (!ok)
		handlefree(o);
	return ok ? 0 : -1;
}

int
nomadbuildowns(const struct nomadbuild *o, const char *id)
{
	char *start;
	int r;

	start = xasprintf("%s/dispatch-%s-", o->parent, o->prefix);
	r = strncmp(id, start, strlen(start)) == 0;
	free(start);
	return r;
}

/* Makes the payload: the job's file without the lines of the queue, as hundreds of needs
 * would not fit into Nomad's 16 KiB. spiff-build runs fewer processes if a reason says
 * that memory was short; a larger Nomad job gets no reasons. */
static void
makepayload(struct buf *to, const char *text, int larger)
{
	static const char *const queues[] = { "reason ", "needs ", "makes ",
	    "asked ", "started ", "ended ", "exit ", "node ", "handle ",
	    "waits ", "priority ", "troubles ", "class ", "with ",
	    "against " };
	size_t i, n;

	for (; *text; text += n) {
		n = strcspn(text, "\n");
		n += text[n] == '\n';
		for (i = larger ? 0 : 1; i < sizeof queues / sizeof queues[0]; i++) {
			if (strncmp(text, queues[i], strlen(queues[i])) == 0)
				break;
		}
		if (i == sizeof queues / sizeof queues[0])
			bufadd(to, text, n);
	}
}

int
nomadbuildbegin(struct spool *sp, struct build *b)
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
		makepayload(&in, text.s, o->larger);
		if (in.len > NOMAD_PAYLOAD)
			nomadbuildend(sp, b, UNAVAILABLE,
			    "its file is too long for Nomad");
		else
			o->call = nomadclidispatch(o->parent, o->token, o->prefix,
			    o->priority, in.s, in.len);
	}
	buffree(&in);
	buffree(&text);
	if (o->call || o->over)
		return 1;
	return r == 0 ? 0 : -1;
}

int
nomadbuildstop(struct build *b)
{
	struct nomadbuild *o = b->own;

	o->call = nomadclistop(o->id);
	return o->call ? 0 : -1;
}

/* warns, unless another build has just given the same reason */
static void
warnonce(const struct build *b, const char *why)
{
	static char *told;

	if (told && strcmp(told, why) == 0)
		return;
	warnx("%s: %s", b->job, why);
	free(told);
	told = xstrdup(why);
}

/* sets the child's ID, which the build owns from now on, and writes it into the job's
 * file */
static void
setid(struct spool *sp, struct build *b, char *id)
{
	struct nomadbuild *o = b->own;
	struct buf lines = {0};

	free(o->id);
	o->id = id;
	o->learned = loopnow();
	o->next = o->pause = 0;
	handleline(&lines, o);
	writelines(sp, b, &lines);
	writewaits(sp, b, "");
}

void
nomadbuildanswer(struct spool *sp, struct build *b)
{
	struct nomadbuild *o = b->own;
	struct buf err = {0}, out = {0};
	char *id, *why;

	why = nomadclifailed(o->call, &out, &err);
	childdel(o->call);
	o->call = NULL;
	if (o->id) {
		/* the call was a stop; a job that is gone is stopped, too */
		o->stopsent = !why || strstr(why, "No job(s) with") != NULL;
	} else {
		if (!why || !nomadclinothingsent(why))
			o->sent = 1;
		id = why ? NULL : nomadcliid(out.s);
		if (id && nomadbuildowns(o, id)) {
			setid(sp, b, id);
		} else {
			/* Nomad matches the parent's name by prefix, too, so the
			 * child may be another's */
			free(id);
			if (!why)
				why = xasprintf("nomad: not the answer that was "
				    "expected: %.*s",
				    (int)strcspn(out.s, "\n"), out.s);
			writewaits(sp, b, why);
		}
	}
	if (why && !o->stopsent) {
		if (!o->pause)
			warnonce(b, why);
		nomadbuildlater(o);
	}
	free(why);
	buffree(&err);
	buffree(&out);
}

int
nomadbuilddelivered(struct spool *sp, struct build *b)
{
	struct nomadbuild *o = b->own;

	if (o->over || manifestdelivered(sp, b->job, b->try) != 1)
		return 0;
	nomadbuildend(sp, b, 0, "exit 0");
	return 1;
}

/* keeps the child's allocation, and writes its node into the job's file */
static void
setplace(struct spool *sp, struct build *b, const struct nomadchild *c)
{
	struct nomadbuild *o = b->own;
	struct buf lines = {0};

	if (o->alloc)
		return;
	o->alloc = xstrdup(c->alloc);
	o->node = xstrdup(c->node);
	o->nodeid = xstrdup(c->nodeid);
	jobline(&lines, "node", c->node);
	writelines(sp, b, &lines);
}

/* The child's task has started: now, as the node's clock may be wrong. */
static void
setrunning(struct spool *sp, struct build *b)
{
	struct nomadbuild *o = b->own;
	struct buf lines = {0};

	o->silent = 0;
	writewaits(sp, b, "");
	if (o->runs)
		return;
	o->runs = 1;
	b->waits = 0;
	b->began = loopnow();
	jobnumber(&lines, "started", time(NULL));
	writelines(sp, b, &lines);
}

/* Judges an allocation that has ended. Nomad calls one complete also when it was stopped,
 * drained or preempted, so only the exit status of a task that ended by itself counts.
 * Returns words that the caller owns. */
static char *
judgechild(const struct nomadchild *c, int *code, int *spoilt)
{
	int sig;

	*code = -1;
	*spoilt = 0;
	sig = c->sig;
	/* a driver that runs a shell gives the shell's exit status */
	if (c->exited && !sig && c->code > SIGNALLED &&
	    c->code < SIGNALLED + SIGNALS)
		sig = c->code - SIGNALLED;
	if (c->exited && c->oom)
		return xstrdup("out of memory");
	if (c->killed || !c->run)
		return xasprintf("stopped in Nomad%s%s", *c->words ? ": " : "",
		    c->words);
	if (c->exited && sig)
		return xasprintf("signal %d (%s)", sig, strsignal(sig));
	if (c->exited) {
		*code = c->code;
		/* on another node it may be set up */
		*spoilt = *code == SETUP || *code == SYSTEM ||
		    *code == NOEXEC || *code == NOCOMMAND;
		return xasprintf("exit %d", *code);
	}
	*spoilt = 1;
	return xasprintf("not run by Nomad: %s", c->trouble && *c->trouble ?
	    c->trouble : c->words);
}

/* The child has ended: just now, after the time that its node says. */
static void
endchild(struct spool *sp, struct build *b, const struct nomadchild *c)
{
	struct nomadbuild *o = b->own;
	struct buf lines = {0};
	int64_t lasted;
	char *words;
	int code;

	if (!c->started)
		o->logtries = 0;
	if (c->started && c->finished) {
		lasted = c->finished > c->started ? c->finished - c->started : 0;
		b->began = loopnow() - lasted * 1000;
		/* not when its log has been fetched */
		b->finished = time(NULL);
		jobnumber(&lines, "started", b->finished - lasted);
		writelines(sp, b, &lines);
	}
	words = judgechild(c, &code, &o->spoilt);
	nomadbuildend(sp, b, code, words);
	free(words);
}

/* returns the newest child that was dispatched for a build */
static const struct nomadchild *
childof(const struct nomadbuild *o, const struct nomadlist *l)
{
	const struct nomadchild *best, *c;
	size_t i;

	best = NULL;
	for (i = 0; (c = nomadlistnext(l, &i));) {
		if (nomadbuildowns(o, c->id) && (!best || strcmp(c->id, best->id) > 0))
			best = c;
	}
	return best;
}

/* The child is in no list. If two dispatches with one token met, Nomad told both an ID,
 * and the child has the other one. Else the child is gone, and the try is over: the same
 * try is not dispatched again, as a rest of the child may still run. */
static void
absentchild(struct spool *sp, struct build *b, const struct nomadlist *l)
{
	struct nomadbuild *o = b->own;
	const struct nomadchild *c;

	c = o->seen ? NULL : childof(o, l);
	if (c)
		setid(sp, b, xstrdup(c->id));
	else if (o->stop)
		nomadbuildend(sp, b, -1, "stopped");
	else
		nomadbuildend(sp, b, -1, "not known to Nomad any more");
}

/* The child has no allocation. */
static void
unplacedchild(struct spool *sp, struct build *b, const struct nomadchild *c)
{
	const struct nomadbuild *o = b->own;

	if (c->dead) {
		nomadbuildend(sp, b, -1, c->stopped ?
		    "stopped in Nomad before it began" :
		    "given up by Nomad before it began");
	} else if (!c->blocked || !o->waits ||
	    strncmp(o->waits, c->blocked, strlen(c->blocked)) != 0) {
		/* Nomad counts a node that it has judged before without its
		 * reason; the longer text still holds */
		writewaits(sp, b, c->blocked ? c->blocked : "");
	}
}

/* The node does not answer, or is given up. The build may go on there or on another node;
 * it would deliver an older try then. */
static void
silentnode(struct spool *sp, struct build *b, int lost)
{
	struct nomadbuild *o = b->own;

	if (!o->silent)
		o->silent = loopnow();
	if (!lost && loopnow() - o->silent < LOST && !o->stopsent) {
		writewaits(sp, b, "its node does not answer");
		return;
	}
	nomadbuildend(sp, b, -1, "its node was lost");
	o->stop = 1;
	o->logtries = 0;
}

void
nomadbuildupdate(struct spool *sp, struct build *b, const struct nomadlist *l)
{
	struct nomadbuild *o = b->own;
	const struct nomadchild *c;

	if (o->over || !o->id || o->learned > nomadlistbegan(l))
		return;
	c = nomadlistget(l, o->id);
	o->seen |= c != NULL;
	o->hidden = !c || !c->alloc;
	if (!c || (!c->listed && !c->alloc)) {
		if (nomadlistjobs(l))
			absentchild(sp, b, l);
		return;
	}
	if (!c->alloc) {
		unplacedchild(sp, b, c);
		return;
	}
	setplace(sp, b, c);
	/* spiff-run alone decides whether the build begins again */
	o->stop |= c->replaced;
	if (c->lost || strcmp(o->alloc, c->alloc) != 0)
		silentnode(sp, b, 1);
	else if (c->ended)
		endchild(sp, b, c);
	else if (c->unknown)
		silentnode(sp, b, c->replaced);
	else if (c->started)
		setrunning(sp, b);
	else
		writewaits(sp, b, "");
}
