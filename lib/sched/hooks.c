#include <bsd/sys/queue.h>
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/conf.h"
#include "base/env.h"
#include "base/loop.h"
#include "base/proc.h"
#include "base/text.h"
#include "base/x.h"
#include "sched/hooks.h"
#include "sched/jobs.h"
#include "spool/spool.h"

#define PREFIX "SPIFF_JOB"

/* limits, as a job's file may be anybody's; the kernel takes 128 kB for a variable */
enum { VARS = 64, NAMELEN = 32, VALUELEN = 1 << 16 };

/* appends "SPIFF_JOB_NAME="; -1 if that is no name of a variable */
static int
variable(struct buf *b, const char *name, size_t n)
{
	size_t i;

	if (n == 0 || n > NAMELEN)
		return -1;
	bufstr(b, PREFIX "_");
	for (i = 0; i < n; i++) {
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_", name[i]))
			return -1;
		bufchar(b, (char)toupper((unsigned char)name[i]));
	}
	bufchar(b, '=');
	return 0;
}

/* returns the place of the variable that var begins with, or a new one; NULL if there are
 * VARS */
static char **
placeof(char **env, const struct buf *var)
{
	size_t i;

	for (i = 0; env[i] && strncmp(env[i], var->s, var->len) != 0; i++)
		;
	return i < VARS ? &env[i] : NULL;
}

static int
islist(const char *name, size_t n)
{
	return n == 5 && (memcmp(name, "needs", n) == 0 ||
	    memcmp(name, "makes", n) == 0);
}

static void
addline(char **env, const char *line, size_t len)
{
	struct buf var = {0};
	const char *space;
	char **place, *value;
	size_t n;

	space = memchr(line, ' ', len);
	n = space ? (size_t)(space - line) : len;
	place = space && variable(&var, line, n) == 0 ? placeof(env, &var) :
	    NULL;
	if (place) {
		if (*place && islist(line, n)) {
			var.len = 0;
			bufstr(&var, *place);
			bufchar(&var, ' ');
		}
		value = xstrndup(space + 1, len - n - 1);
		textclean(&var, value);
		free(value);
		free(*place);
		*place = xstrndup(var.s, VALUELEN);
	}
	buffree(&var);
}

static char **
jobenv(const char *name, const char *text)
{
	struct buf b = {0};
	char **env;
	size_t len;

	env = xcalloc(VARS + 1, sizeof *env);
	bufstr(&b, PREFIX "=");
	textclean(&b, name);
	env[0] = buftake(&b);
	for (; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		addline(env, text, len);
	}
	return env;
}

static void
jobenvfree(char **env)
{
	char **e;

	for (e = env; *e; e++)
		free(*e);
	free(env);
}

enum {
	BACKLOG = 1000,		/* news that wait for a hook */
	/* milliseconds */
	LIMIT = 60000,		/* for a hook */
	GRACE = 5000,		/* between asking it to end and killing it */
	DRAIN = 300,		/* for all hooks when spiff-run ends */
	LASTGRACE = 300,	/* between asking and killing then */
	REST = 1000		/* from the last move to the hook idle */
};

enum { IDLE = NSTATE, NHOOK };

static const char *const names[NHOOK] = {
	[RUN] = "started",
	[BUILT] = "built",
	[DONE] = "done",
	[FAIL] = "failed",
	[CANCEL] = "cancelled",
	[IDLE] = "idle",
};

struct news {
	char *name;		/* of a file in the spool; "" for idle */
	TAILQ_ENTRY(news) list;
};

struct hooks {
	struct jobs *js;
	struct hook {
		int what;
		struct child *child;	/* NULL: does not run */
		int faulty;		/* and that was said */
		TAILQ_HEAD(, news) news;
	} list[NHOOK];
	size_t n;			/* news of all */
	size_t lost;			/* news dropped since that was said */
	int moved;			/* a job has moved since idle was told */
	int64_t rest;			/* when idle is due, 0: it is not */
	int64_t until;			/* when all hooks must have ended, 0: never */
};

static void
dropnews(struct hooks *h, struct hook *k)
{
	struct news *n;

	n = TAILQ_FIRST(&k->news);
	TAILQ_REMOVE(&k->news, n, list);
	free(n->name);
	free(n);
	h->n--;
}

static void
dropall(struct hooks *h)
{
	int i;

	for (i = 0; i < NHOOK; i++) {
		while (!TAILQ_EMPTY(&h->list[i].news))
			dropnews(h, &h->list[i]);
	}
}

static char *
hookpath(int what)
{
	return xasprintf("%s/%s", confget(CONF_HOOKS), names[what]);
}

/* whether there is such a hook; warns once about one that cannot be run */
static int
hashook(struct hook *k, int what)
{
	struct stat st;
	const char *why;
	char *file;

	file = hookpath(what);
	why = NULL;
	if (stat(file, &st) < 0)
		why = errno == ENOENT || errno == ENOTDIR ? "" :
		    strerror(errno);
	else if (!S_ISREG(st.st_mode))
		why = "not a file";
	else if (st.st_mode & S_IWOTH)
		why = "everybody can write to it";
	else if (access(file, X_OK) < 0)
		why = "not executable";
	if (why && *why && !k->faulty)
		warnx("%s: %s", file, why);
	k->faulty = why && *why;
	free(file);
	return !why;
}

static void
addnews(struct hooks *h, int what, const char *name)
{
	struct hook *k = &h->list[what];
	struct news *n;

	if (!hashook(k, what))
		return;
	if (h->n == BACKLOG) {
		if (h->lost++ == 0)
			warnx("hooks: too slow: some are not told of all");
		return;
	}
	n = xcalloc(1, sizeof *n);
	n->name = xstrdup(name);
	TAILQ_INSERT_TAIL(&k->news, n, list);
	h->n++;
}

static void
hooksevent(void *self, const struct event *e)
{
	struct hooks *h = self;

	if (e->what == FILE_NEW || e->what == JOB_ENDED || e->what == LOOK_AGAIN)
		return;
	h->moved = 1;
	/* of a job in run/ only the start of its build is news */
	if (e->to < NSTATE && names[e->to] &&
	    (e->to != RUN || e->what == JOB_STARTED))
		addnews(h, e->to, e->name);
}

/* tells the hook idle when no job has been able to move for a second */
static void
checkidle(struct hooks *h, int64_t now)
{
	if (!h->js->resting || !h->moved || h->js->stopping) {
		h->rest = 0;
		return;
	}
	if (!hashook(&h->list[IDLE], IDLE)) {
		/* without an idle hook spiff-run -1 need not wait for it */
		h->moved = 0;
		return;
	}
	if (!h->rest)
		h->rest = now + REST;
	if (h->rest > now)
		return;
	h->rest = 0;
	h->moved = 0;
	addnews(h, IDLE, "");
}

/* appends a file's text; of a refused file also its reason */
static void
textof(const struct spool *sp, enum state state, const char *name,
    struct buf *b)
{
	char *beside, *why;

	why = NULL;
	if (spooltext(sp, state, name, b, &why) < 0)
		free(why);
	if (state == FAIL) {
		beside = xasprintf("%s.reason", name);
		why = NULL;
		bufstr(b, "\nreason ");
		if (spooltext(sp, state, beside, b, &why) < 1)
			b->len -= strlen("\nreason ");
		free(why);
		free(beside);
	}
	bufadd(b, "", 0);
}

static void
hookended(struct child *c, void *arg)
{
	struct hook *k = arg;
	char *words;

	if (childstatus(c) != 0) {
		words = procwords(childstatus(c));
		warnx("%s/%s: %s%s", confget(CONF_HOOKS), names[k->what],
		    childstopped(c) ? "stopped: " : "", words);
		free(words);
	}
	k->child = NULL;
	childdel(c);
}

/* Starts a hook for its first news, in a spiff-cell, so that nothing of it is left. */
static void
starthook(struct hooks *h, struct hook *k)
{
	const struct spool *sp = h->js->sp;
	const char *name = TAILQ_FIRST(&k->news)->name;
	struct buf text = {0};
	enum state state;
	char *argv[4] = { procbeside("spiff-cell"), hookpath(k->what) };
	struct childspec spec = { .argv = argv, .who = ENV_HOOK, .in = -1, .out = 2,
	    .err = -1, .cell = 1, .limit = LIMIT, .grace = GRACE,
	    .ended = hookended, .arg = k };
	char **env;

	if (k->what != IDLE) {
		state = spoolfind(sp, name, 1u << k->what);
		if (state == NSTATE)
			state = spoolfind(sp, name, (1u << NSTATE) - 1);
		if (state == NSTATE)
			state = (enum state)k->what;
		argv[2] = xasprintf("%s/%s/%s", sp->path, spoolstates[state],
		    name);
		textof(sp, state, name, &text);
	}
	env = jobenv(name, text.s ? text.s : "");
	spec.env = env;
	k->child = childstart(&spec);
	if (!k->child)
		warn("%s", argv[0]);
	jobenvfree(env);
	buffree(&text);
	free(argv[0]);
	free(argv[1]);
	free(argv[2]);
}

/* when spiff-run ends: stops hooks that still run, and starts no more */
static int64_t
drainhooks(struct hooks *h, int64_t now)
{
	int i;

	if (now < h->until)
		return h->until;
	if (h->n > 0)
		warnx("hooks: %zu not run", h->n);
	dropall(h);
	for (i = 0; i < NHOOK; i++)
		childstop(h->list[i].child, LASTGRACE);
	return -1;
}

static int64_t
hooksstep(void *self, int64_t now)
{
	struct hooks *h = self;
	struct hook *k;
	int64_t wake;
	int i;

	checkidle(h, now);
	wake = h->until ? drainhooks(h, now) : h->rest ? h->rest : -1;
	for (i = 0; i < NHOOK; i++) {
		k = &h->list[i];
		while (!k->child && !TAILQ_EMPTY(&k->news)) {
			starthook(h, k);
			dropnews(h, k);
		}
	}
	if (h->n == 0 && h->lost > 0) {
		warnx("hooks: not told of %zu", h->lost);
		h->lost = 0;
	}
	return wake;
}

static int
hooksbusy(const void *self)
{
	const struct hooks *h = self;
	int i;

	for (i = 0; i < NHOOK && !h->list[i].child; i++)
		;
	return i < NHOOK || h->n > 0 || h->rest;
}

/* gives the hooks a moment to end, or, hard, none */
static void
hooksstop(void *self, int hard)
{
	struct hooks *h = self;
	int i;

	h->rest = 0;
	if (!h->until || hard)
		h->until = loopnow() + (hard ? 0 : DRAIN);
	for (i = 0; hard && i < NHOOK; i++)
		childstop(h->list[i].child, 0);
}

static void
hooksdel(void *self)
{
	struct hooks *h = self;
	int i;

	dropall(h);
	for (i = 0; i < NHOOK; i++)
		childdel(h->list[i].child);
	free(h);
}

void
hookspart(struct part *p, struct jobs *js)
{
	struct hooks *h;
	int i;

	h = xcalloc(1, sizeof *h);
	h->js = js;
	for (i = 0; i < NHOOK; i++) {
		h->list[i].what = i;
		TAILQ_INIT(&h->list[i].news);
	}
	*p = (struct part){ .self = h, .fd = -1, .follows = 1,
	    .step = hooksstep, .event = hooksevent, .busy = hooksbusy,
	    .stop = hooksstop, .del = hooksdel };
}
