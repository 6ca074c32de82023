#include <bsd/stdlib.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/call.h"
#include "base/loop.h"
#include "base/table.h"
#include "base/x.h"
#include "nomad/nomadcli.h"
#include "nomad/nomadlist.h"

/*
 * Each template prints lines of fields with tabs between, texts that may have
 * anything in them as Go's %q, and a last line that says that nothing is
 * missing: what is not in the list is gone, so a list cut short must not pass
 * for one. The lines task to trouble belong to the alloc before them.
 */
#define OURS(field) "{{range .}}{{if sprig_contains \"/dispatch-%s\" " field "}}"

static const char jobs[] = OURS(".ID")
    "job\t{{.ID}}\t{{.Status}}\t{{.Stop}}\n"
    "{{end}}{{end}}whole";

static const char allocs[] = OURS(".JobID")
    "alloc\t{{.JobID}}\t{{.ID}}\t{{.CreateIndex}}\t{{.DesiredStatus}}\t"
    "{{.ClientStatus}}\t{{printf \"%%q\" .NodeName}}\t"
    "{{printf \"%%q\" .DesiredDescription}}\t"
    "{{printf \"%%q\" .ClientDescription}}\n"
    "{{with index .TaskStates \"build\"}}task\t{{.StartedAt.Unix}}\t"
    "{{.FinishedAt.Unix}}\n"
    "{{range .Events}}"
    "{{if eq .Type \"Terminated\"}}end\t{{index .Details \"exit_code\"}}\t"
    "{{index .Details \"signal\"}}\t{{index .Details \"oom_killed\"}}\n"
    "{{else if eq .Type \"Killing\" \"Killed\"}}killed\n"
    "{{else if eq .Type \"Driver Failure\" \"Setup Failure\" "
    "\"Failed Artifact Download\"}}"
    "trouble\t{{printf \"%%q\" .DisplayMessage}}\n"
    "{{end}}{{end}}{{end}}{{end}}{{end}}whole";

static const char blocked[] = OURS(".JobID")
    "blocked\t{{.JobID}}\t{{range .FailedTGAllocs}}{{.NodesEvaluated}}"
    "{{range $k, $n := .DimensionExhausted}}\t{{printf \"%%q\" $k}}{{end}}"
    "{{range $k, $n := .ConstraintFiltered}}\t{{printf \"%%q\" $k}}{{end}}"
    "{{end}}\n{{end}}{{end}}whole";

enum { FIELDS = 32, IDMAX = 512 };

struct reader {
	struct tab *children;
	struct nomadchild *alloc;	/* that the lines are about, or NULL */
	char *f[FIELDS];		/* fields of this line */
	size_t n;
};

char *
nomadjobs(const char *mark)
{
	return xasprintf(jobs, mark);
}

char *
nomadallocs(const char *mark)
{
	return xasprintf(allocs, mark);
}

char *
nomadblocked(const char *mark)
{
	return xasprintf(blocked, mark);
}

static int
plain(const char *s, size_t max)
{
	const char *p;

	for (p = s; *p; p++) {
		if (*p <= ' ' || *p >= 0x7f)
			return 0;
	}
	return p > s && (size_t)(p - s) <= max;
}

/* a text as %q has it becomes what it was, but for what cannot be printed: that
 * stays a sequence with a backslash; -1 when it is none */
static int
unquote(char *s)
{
	char *to;
	size_t n;

	n = strlen(s);
	if (n < 2 || *s != '"' || s[n - 1] != '"')
		return -1;
	s[n - 1] = '\0';
	for (to = s++; *s; s++) {
		if (*s == '"')
			return -1;
		if (*s == '\\' && (s[1] == '"' || s[1] == '\\'))
			s++;
		*to++ = *s;
	}
	*to = '\0';
	return 0;
}

static int
number(const char *s, long long min, long long max, long long *n)
{
	const char *why;

	*n = strtonum(s, min, max, &why);
	return why ? -1 : 0;
}

static int
yes(const char *s, int *is)
{
	*is = strcmp(s, "true") == 0;
	/* a driver that does not know says nothing */
	return *is || !*s || strcmp(s, "false") == 0 ||
	    strcmp(s, "<no value>") == 0 ? 0 : -1;
}

static struct nomadchild *
child(struct reader *r, const char *id)
{
	void **place;

	if (!plain(id, IDMAX))
		return NULL;
	place = tabput(r->children, id);
	if (!*place) {
		*place = xcalloc(1, sizeof(struct nomadchild));
		((struct nomadchild *)*place)->id = xstrdup(id);
	}
	return *place;
}

static int
job(struct reader *r)
{
	struct nomadchild *c;

	c = child(r, r->f[1]);
	if (!c)
		return -1;
	c->listed = 1;
	c->dead = strcmp(r->f[2], "dead") == 0;
	if (!c->dead && strcmp(r->f[2], "pending") != 0 &&
	    strcmp(r->f[2], "running") != 0)
		return -1;
	return yes(r->f[3], &c->stopped);
}

/* forgets the allocation, for a newer one */
static void
dropalloc(struct nomadchild *c)
{
	free(c->alloc);
	free(c->node);
	free(c->words);
	free(c->trouble);
	c->alloc = c->node = c->words = c->trouble = NULL;
	c->ended = c->unknown = c->exited = c->killed = 0;
	c->started = c->finished = 0;
}

static int
clientstatus(struct nomadchild *c, const char *s)
{
	static const char *const known[] = { "pending", "running", "complete",
	    "failed", "lost", "unknown" };
	size_t i;

	for (i = 0; i < 6 && strcmp(known[i], s) != 0; i++)
		;
	c->ended = i == 2 || i == 3 || i == 4;
	c->lost |= i == 4;
	c->unknown = i == 5;
	return i < 6 ? 0 : -1;
}

static int
alloc(struct reader *r)
{
	struct nomadchild *c;
	long long index;
	char **f = r->f;

	c = child(r, f[1]);
	r->alloc = NULL;
	if (!c || strspn(f[2], "0123456789abcdef-") != 36 || f[2][36] ||
	    number(f[3], 0, INT64_MAX, &index) < 0 || unquote(f[6]) < 0 ||
	    unquote(f[7]) < 0 || unquote(f[8]) < 0)
		return -1;
	if (c->alloc && c->index > index) {
		c->lost |= strcmp(f[5], "lost") == 0;
		return 0;
	}
	dropalloc(c);
	r->alloc = c;
	c->alloc = xstrdup(f[2]);
	c->index = index;
	c->run = strcmp(f[4], "run") == 0;
	c->node = xstrdup(f[6]);
	c->words = xstrdup(*f[7] ? f[7] : f[8]);
	return clientstatus(c, f[5]);
}

static int
task(struct reader *r)
{
	long long from, to;

	if (number(r->f[1], INT64_MIN, INT64_MAX, &from) < 0 ||
	    number(r->f[2], INT64_MIN, INT64_MAX, &to) < 0)
		return -1;
	if (r->alloc) {
		/* the year 1 stands for never */
		r->alloc->started = from > 0 ? from : 0;
		r->alloc->finished = to > 0 ? to : 0;
	}
	return 0;
}

static int
end(struct reader *r)
{
	long long code, sig;
	int oom;

	if (number(r->f[1], -1, 1 << 30, &code) < 0 ||
	    number(r->f[2], 0, 1 << 10, &sig) < 0 || yes(r->f[3], &oom) < 0)
		return -1;
	if (r->alloc) {
		r->alloc->exited = 1;
		r->alloc->code = (int)code;
		r->alloc->sig = (int)sig;
		r->alloc->oom = oom;
	}
	return 0;
}

static int
killed(struct reader *r)
{
	if (r->alloc)
		r->alloc->killed = 1;
	return 0;
}

static int
trouble(struct reader *r)
{
	if (unquote(r->f[1]) < 0)
		return -1;
	if (r->alloc) {
		free(r->alloc->trouble);
		r->alloc->trouble = xstrdup(r->f[1]);
	}
	return 0;
}

/* the number of nodes, and what they lack */
static int
block(struct reader *r)
{
	struct nomadchild *c;
	struct buf b = {0};
	size_t i;

	c = child(r, r->f[1]);
	if (!c)
		return -1;
	bufstr(&b, "no node can take it now");
	for (i = 3; i < r->n; i++) {
		if (unquote(r->f[i]) < 0) {
			buffree(&b);
			return -1;
		}
		buffmt(&b, "%s%s", i == 3 ? ": " : ", ", r->f[i]);
	}
	free(c->blocked);
	c->blocked = buftake(&b);
	return 0;
}

static const struct line {
	const char *name;
	size_t min, max;	/* number of fields */
	int (*read)(struct reader *);
} lines[] = {
	{ "job", 4, 4, job },
	{ "alloc", 9, 9, alloc },
	{ "task", 3, 3, task },
	{ "end", 4, 4, end },
	{ "killed", 1, 1, killed },
	{ "trouble", 2, 2, trouble },
	{ "blocked", 3, FIELDS, block },
};

static int
readline(struct reader *r, char *s)
{
	const struct line *l;

	for (r->n = 0; s && r->n < FIELDS; r->n++) {
		r->f[r->n] = s;
		s = strchr(s, '\t');
		if (s)
			*s++ = '\0';
	}
	for (l = lines; l < lines + sizeof lines / sizeof lines[0]; l++) {
		if (strcmp(r->f[0], l->name) == 0)
			return r->n >= l->min && r->n <= l->max ?
			    l->read(r) : -1;
	}
	return -1;
}

int
nomadread(struct tab *children, char *text)
{
	struct reader r = { .children = children };
	char *next;

	for (; (next = strchr(text, '\n')); text = next) {
		*next++ = '\0';
		if (strcmp(text, "whole") == 0)
			return *next ? -1 : 0;
		if (readline(&r, text) < 0)
			return -1;
	}
	return -1;
}

void
nomadfree(struct tab *children)
{
	struct nomadchild *c;
	void *value;
	size_t i;

	for (i = 0; tabnext(children, &i, &value);) {
		c = value;
		dropalloc(c);
		free(c->id);
		free(c->blocked);
		free(c);
	}
	tabdel(children);
}

char *
nomadid(const char *text, const char *parent, const char *prefix)
{
	static const char label[] = "Dispatched Job ID = ";
	char *id, *want;
	size_t n;

	if (strncmp(text, label, sizeof label - 1) != 0)
		return NULL;
	text += sizeof label - 1;
	id = xstrndup(text, strcspn(text, "\n"));
	/* the parent's name is matched by prefix, too, so it may be another's */
	want = xasprintf("%s/dispatch-%s-", parent, prefix);
	n = strlen(want);
	if (strncmp(id, want, n) != 0 || !plain(id, IDMAX) ||
	    !plain(id + n, 64) || strspn(id + n, "0123456789abcdef-") !=
	    strlen(id + n)) {
		free(id);
		id = NULL;
	}
	free(want);
	return id;
}

void
nomadname(struct buf *b, const char *s, size_t max)
{
	for (; *s && max > 0; s++, max--)
		bufchar(b, strchr("abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", *s) ? *s : '_');
}

/* milliseconds */
enum {
	POLL = 1000,		/* between two pictures at least */
	SOON = 200,		/* the same when something has just been begun */
	SHARE = 10,		/* calls take this part of the time at most */
	IDLE = 60000,		/* between two pictures without builds */
	PAUSE = 1000, PAUSEMAX = 30000	/* after a failure */
};

struct nomadpoll {
	char *mark;
	struct call *call;
	enum nomadlist which;	/* is asked for */
	struct tab *fresh;	/* what the calls so far have said */
	int64_t begun;		/* the first of these calls */
	struct tab *tab;	/* the last picture */
	int64_t began;
	int64_t ended;		/* the last call, and how long all took */
	int64_t took;
	int soon, busy;
	int64_t pause;		/* after failures, 0: there was none */
};

struct nomadpoll *
mknomadpoll(const char *mark)
{
	struct nomadpoll *p;

	p = xcalloc(1, sizeof *p);
	p->mark = xstrdup(mark);
	p->tab = mktab();
	p->began = -1;
	p->soon = 1;
	return p;
}

void
nomadpolldel(struct nomadpoll *p)
{
	if (!p)
		return;
	calldel(p->call);
	if (p->fresh)
		nomadfree(p->fresh);
	nomadfree(p->tab);
	free(p->mark);
	free(p);
}

int
nomadpollreaped(struct nomadpoll *p, pid_t pid, int status)
{
	return p->call && callreaped(p->call, pid, status);
}

void
nomadpollsoon(struct nomadpoll *p)
{
	p->soon = 1;
}

int64_t
nomadpollbegan(const struct nomadpoll *p)
{
	return p->began;
}

struct tab *
nomadpolltab(const struct nomadpoll *p)
{
	return p->tab;
}

int64_t
nomadpollnext(const struct nomadpoll *p)
{
	int64_t wait;

	if (p->call)
		return callstep(p->call);
	wait = p->soon ? SOON : p->busy ? POLL : IDLE;
	if (wait < p->took * SHARE)
		wait = p->took * SHARE;
	if (wait < p->pause)
		wait = p->pause;
	return p->ended + wait;
}

static void
fail(struct nomadpoll *p, const char *why)
{
	if (!p->pause)
		warnx("%s", why);
	p->pause = p->pause ? p->pause * 2 : PAUSE;
	if (p->pause > PAUSEMAX)
		p->pause = PAUSEMAX;
	nomadfree(p->fresh);
	p->fresh = NULL;
	p->ended = loopnow();
}

static void
ask(struct nomadpoll *p, enum nomadlist which)
{
	p->which = which;
	p->call = nomadlist(which, p->mark);
	if (!p->call)
		fail(p, "nomad cannot be asked");
}

/* whether a job has no place yet */
static int
waiting(const struct tab *children)
{
	const struct nomadchild *c;
	void *value;
	size_t i;

	for (i = 0; tabnext(children, &i, &value);) {
		c = value;
		if (c->listed && !c->dead && !c->alloc)
			return 1;
	}
	return 0;
}

static void
picture(struct nomadpoll *p)
{
	if (p->pause)
		warnx("nomad answers again");
	p->pause = 0;
	nomadfree(p->tab);
	p->tab = p->fresh;
	p->fresh = NULL;
	p->began = p->begun;
	p->ended = loopnow();
	p->took = p->ended - p->begun;
}

/* takes what a call has said: 1 when it was the last one and all is well */
static int
answer(struct nomadpoll *p)
{
	struct buf err = {0}, out = {0};
	char *why;
	int last;

	why = nomadfailed(p->call, &out, &err);
	calldel(p->call);
	p->call = NULL;
	last = 0;
	if (!why && nomadread(p->fresh, out.s) < 0)
		why = xstrdup("nomad: not the answer that was expected");
	if (why) {
		fail(p, why);
	} else if (p->which == NOMAD_JOBS) {
		/* after the jobs: an allocation seen is then never too old */
		ask(p, NOMAD_ALLOCS);
	} else if (p->which == NOMAD_ALLOCS && waiting(p->fresh)) {
		ask(p, NOMAD_BLOCKED);
	} else {
		picture(p);
		last = 1;
	}
	free(why);
	buffree(&err);
	buffree(&out);
	return last;
}

int
nomadpollstep(struct nomadpoll *p, int busy)
{
	p->busy = busy;
	if (p->call) {
		callstep(p->call);
		return callended(p->call) ? answer(p) : 0;
	}
	if (nomadpollnext(p) <= loopnow()) {
		p->soon = 0;
		p->begun = loopnow();
		p->fresh = mktab();
		ask(p, NOMAD_JOBS);
	}
	return 0;
}
