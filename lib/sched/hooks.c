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
#include "base/conf.h"
#include "base/loop.h"
#include "base/proc.h"
#include "base/text.h"
#include "base/x.h"
#include "sched/hooks.h"
#include "sched/jobs.h"
#include "spool/spool.h"

#define PREFIX "SPIFF_JOB"

/* the kernel takes 128 kB for one variable, and a file may be anybody's */
enum { VARS = 64, NAMELEN = 32, VALUELEN = 1 << 16 };

/* appends "SPIFF_JOB_NAME="; -1 when it is no name for a variable */
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

/* returns the place of the variable that var begins with, or of a new one; NULL
 * when there are enough */
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
take(char **env, const char *line, size_t len)
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

char **
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
		take(env, text, len);
	}
	return env;
}

void
jobenvfree(char **env)
{
	char **e;

	for (e = env; *e; e++)
		free(*e);
	free(env);
}

enum {
	BACKLOG = 1000,		/* what hooks are still to be told, of all kinds */
	/* milliseconds */
	LIMIT = 60000,		/* for a hook */
	GRACE = 5000,		/* between asking it to end and killing it */
	DRAIN = 5000,		/* for all that is left when spiff-run ends */
	REST = 1000
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
	struct hook {
		pid_t pid;		/* 0: does not run */
		int64_t begun, asked;	/* to end, 0: was not */
		int faulty;		/* which has been said */
		TAILQ_HEAD(, news) news;
	} list[NHOOK];
	size_t n;			/* news of all */
	size_t lost;			/* since that was said */
	int moved;			/* something, since idle was told */
	int64_t rest;			/* idle is due, 0: it is not */
	int64_t until;			/* everything must have ended, 0: no such
					 * time */
};

struct hooks *
mkhooks(void)
{
	struct hooks *h;
	int i;

	h = xcalloc(1, sizeof *h);
	for (i = 0; i < NHOOK; i++)
		TAILQ_INIT(&h->list[i].news);
	return h;
}

static void
drop(struct hooks *h, struct hook *k)
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
			drop(h, &h->list[i]);
	}
}

void
hooksdel(struct hooks *h)
{
	if (!h)
		return;
	dropall(h);
	free(h);
}

static char *
path(int what)
{
	return xasprintf("%s/%s", confget(CONF_HOOKS), names[what]);
}

/* whether there is such a hook; one that cannot be run is told of once */
static int
there(struct hook *k, int what)
{
	struct stat st;
	const char *why;
	char *file;

	file = path(what);
	why = NULL;
	if (stat(file, &st) < 0)
		why = errno == ENOENT || errno == ENOTDIR ? "" :
		    strerror(errno);
	else if (!S_ISREG(st.st_mode))
		why = "not a file";
	else if (access(file, X_OK) < 0)
		why = "not executable";
	if (why && *why && !k->faulty)
		warnx("%s: %s", file, why);
	k->faulty = why && *why;
	free(file);
	return !why;
}

static void
tell(struct hooks *h, int what, const char *name)
{
	struct hook *k = &h->list[what];
	struct news *n;

	if (!there(k, what))
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

void
hookstell(struct sched *s, int state, const char *name)
{
	s->hooks->moved = 1;
	if (state < NSTATE && names[state])
		tell(s->hooks, state, name);
}

void
hooksrest(struct sched *s, int resting)
{
	struct hooks *h = s->hooks;

	if (!resting || !h->moved || s->stopping) {
		h->rest = 0;
		return;
	}
	if (!there(&h->list[IDLE], IDLE)) {
		/* nobody is to wait for what nobody wants to know */
		h->moved = 0;
		return;
	}
	if (!h->rest)
		h->rest = loopnow() + REST;
	if (h->rest > loopnow()) {
		schedwake(s, h->rest);
		return;
	}
	h->rest = 0;
	h->moved = 0;
	tell(h, IDLE, "");
}

/* what the file says; of one that is no job, why it was refused, as the reason */
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

/* starts it for the first of its news, with the job's file as it lies now */
static void
start(struct sched *s, int what)
{
	struct hook *k = &s->hooks->list[what];
	const char *name = TAILQ_FIRST(&k->news)->name;
	struct buf text = {0};
	enum state state;
	char *argv[3] = { path(what) };
	struct proc p = { .argv = argv, .in = -1, .out = 2, .err = -1,
	    .session = 1 };
	char **env;

	if (what != IDLE) {
		state = spoolfind(s->sp, name, 1u << what);
		if (state == NSTATE)
			state = spoolfind(s->sp, name, (1u << NSTATE) - 1);
		if (state == NSTATE)
			state = (enum state)what;
		argv[1] = xasprintf("%s/%s/%s", s->sp->path,
		    spoolstates[state], name);
		textof(s->sp, state, name, &text);
	}
	env = jobenv(name, text.s ? text.s : "");
	p.env = env;
	k->asked = 0;
	k->begun = loopnow();
	k->pid = procstart(&p);
	if (k->pid < 0) {
		warn("%s", argv[0]);
		k->pid = 0;
	}
	jobenvfree(env);
	buffree(&text);
	free(argv[0]);
	free(argv[1]);
}

/* ends one that takes too long */
static void
limit(struct sched *s, struct hook *k, int64_t until)
{
	int64_t now;

	now = loopnow();
	if (!k->asked && now >= until) {
		prockill(k->pid, SIGTERM);
		k->asked = now;
	} else if (k->asked && now >= k->asked + GRACE) {
		prockill(k->pid, SIGKILL);
		return;
	}
	schedwake(s, k->asked ? k->asked + GRACE : until);
}

void
hooksstep(struct sched *s)
{
	struct hooks *h = s->hooks;
	struct hook *k;
	int i;

	if (h->until && h->n > 0 && loopnow() >= h->until) {
		warnx("hooks: %zu not run", h->n);
		dropall(h);
	}
	for (i = 0; i < NHOOK; i++) {
		k = &h->list[i];
		while (!k->pid && !TAILQ_EMPTY(&k->news)) {
			start(s, i);
			drop(h, k);
		}
		if (k->pid)
			limit(s, k, h->until && h->until < k->begun + LIMIT ?
			    h->until : k->begun + LIMIT);
	}
	if (h->n == 0 && h->lost > 0) {
		warnx("hooks: not told of %zu", h->lost);
		h->lost = 0;
	}
}

int
hooksreaped(struct sched *s, pid_t pid, int status)
{
	struct hook *k;
	char *words;
	int i;

	for (i = 0; i < NHOOK && s->hooks->list[i].pid != pid; i++)
		;
	if (i == NHOOK)
		return 0;
	k = &s->hooks->list[i];
	k->pid = 0;
	if (status != 0) {
		words = procwords(status);
		warnx("%s/%s: %s%s", confget(CONF_HOOKS), names[i],
		    k->asked ? "stopped: " : "", words);
		free(words);
	}
	/* nothing of it is to be left then */
	if (k->asked)
		prockill(pid, SIGKILL);
	return 1;
}

int
hooksbusy(const struct sched *s)
{
	const struct hooks *h = s->hooks;
	int i;

	for (i = 0; i < NHOOK && !h->list[i].pid; i++)
		;
	return i < NHOOK || h->n > 0 || h->rest;
}

void
hooksstop(struct sched *s, int hard)
{
	struct hooks *h = s->hooks;
	int i;

	h->rest = 0;
	if (!h->until || hard)
		h->until = loopnow() + (hard ? 0 : DRAIN);
	for (i = 0; hard && i < NHOOK; i++) {
		if (h->list[i].pid)
			prockill(h->list[i].pid, SIGKILL);
	}
}
