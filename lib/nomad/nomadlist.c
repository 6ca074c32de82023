#define _DEFAULT_SOURCE	/* timegm */

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/child.h"
#include "base/json.h"
#include "base/loop.h"
#include "base/table.h"
#include "base/x.h"
#include "nomad/nomadcli.h"
#include "nomad/nomadlist.h"

/*
 * A picture is made of up to three lists, in this order: the jobs, if the caller wants
 * them; the allocations of the builds under way; and the blocked evaluations, if a job
 * has no allocation yet. The server filters them, so that their size depends on the
 * builds under way alone, whatever else the cluster has.
 */

/* milliseconds */
enum {
	POLL = 1000,		/* between two pictures */
	SOON = 200,		/* the same after nomadlistsoon */
	SHARE = 3,		/* the same at least, times the last one's duration */
	PAUSE = 1000, PAUSEMAX = 30000	/* after a failure */
};

enum { NAMEMAX = 512, FILTERMAX = 1 << 16 };

struct picture {
	struct arena *a;	/* has all strings */
	struct table *children;	/* struct nomadchild by ID */
	int jobs;		/* has the list of jobs */
	int64_t began;
};

struct nomadlist {
	char *mark;
	char *builds;		/* the next picture's builds */
	struct child *call;
	enum nomadwhich which;	/* the list that call asks for */
	struct picture *fresh;	/* made of the lists so far */
	struct picture *last;
	int64_t ended, took;
	int soon;
	int64_t pause;		/* after failures, 0: there was none */
	char *trouble;
};

static struct picture *
mkpicture(void)
{
	struct picture *p;

	p = xcalloc(1, sizeof *p);
	p->a = mkarena();
	p->children = mktable();
	p->began = -1;
	return p;
}

static void
picturedel(struct picture *p)
{
	if (!p)
		return;
	tabledel(p->children);
	arenadel(p->a);
	free(p);
}

struct nomadlist *
mknomadlist(const char *mark)
{
	struct nomadlist *l;

	l = xcalloc(1, sizeof *l);
	l->mark = xstrdup(mark);
	l->last = mkpicture();
	l->soon = 1;
	return l;
}

void
nomadlistdel(struct nomadlist *l)
{
	if (!l)
		return;
	childdel(l->call);
	picturedel(l->fresh);
	picturedel(l->last);
	free(l->builds);
	free(l->trouble);
	free(l->mark);
	free(l);
}

/* whether s can be an ID, safe in arguments and in the job's file */
static int
idok(const char *s)
{
	const char *p;

	for (p = s; *p; p++) {
		if (*p <= ' ' || *p >= 0x7f)
			return 0;
	}
	return p > s && (size_t)(p - s) <= NAMEMAX;
}

static struct nomadchild *
childof(struct picture *p, const char *id)
{
	struct nomadchild *c;
	void **place;

	if (!idok(id))
		return NULL;
	place = tableput(p->children, id);
	if (!*place) {
		c = arenaget(p->a, sizeof *c);
		*c = (struct nomadchild){ .id = id };
		*place = c;
	}
	return *place;
}

static int
readjob(struct picture *p, const struct json *o)
{
	struct nomadchild *c;
	const char *status;

	c = childof(p, jsonstring(o, "ID"));
	status = jsonstring(o, "Status");
	if (!c || (strcmp(status, "dead") != 0 && strcmp(status, "pending") != 0 &&
	    strcmp(status, "running") != 0))
		return -1;
	c->listed = 1;
	c->dead = strcmp(status, "dead") == 0;
	c->stopped = jsontrue(o, "Stop");
	return 0;
}

/* returns the seconds since the epoch of a time like 2026-11-21T20:53:55.1Z, 0 for none
 * and for the year 1, Nomad's never */
static int64_t
seconds(const char *s)
{
	struct tm tm = {0};

	if (!strptime(s, "%Y-%m-%dT%H:%M:%S", &tm) || tm.tm_year < 70)
		return 0;
	return timegm(&tm);
}

static int
numberof(const struct json *o, const char *key)
{
	return (int)strtol(jsonstring(o, key), NULL, 10);
}

static void
readevent(struct nomadchild *c, const struct json *e)
{
	static const char *const troubles[] = { "Driver Failure", "Setup Failure",
	    "Failed Artifact Download", "Failed Validation", "Task hook failed" };
	const struct json *details;
	const char *type;
	size_t i;

	type = jsonstring(e, "Type");
	details = jsonget(e, "Details");
	if (strcmp(type, "Terminated") == 0) {
		c->exited = 1;
		c->code = numberof(details, "exit_code");
		c->sig = numberof(details, "signal");
		c->oom = strcmp(jsonstring(details, "oom_killed"), "true") == 0;
	} else if (strcmp(type, "Killing") == 0 || strcmp(type, "Killed") == 0) {
		c->killed = 1;
	}
	for (i = 0; i < sizeof troubles / sizeof troubles[0]; i++) {
		if (strcmp(type, troubles[i]) == 0)
			c->trouble = jsonstring(e, "DisplayMessage");
	}
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
	c->lost = i == 4;
	c->unknown = i == 5;
	return i < 6 ? 0 : -1;
}

/* The first allocation is the build; further ones, which Nomad makes for a lost node or
 * after a preemption, are not. */
static int
readalloc(struct picture *p, const struct json *o)
{
	const struct json *e, *task;
	struct nomadchild *c, old;
	long long index;
	const char *id;

	c = childof(p, jsonstring(o, "JobID"));
	id = jsonstring(o, "ID");
	index = jsonnumber(o, "CreateIndex");
	if (!c || strlen(id) != 36 || strspn(id, "0123456789abcdef-") != 36)
		return -1;
	if (c->alloc) {
		c->replaced = 1;
		if (c->index <= index)
			return 0;
	}
	old = *c;
	*c = (struct nomadchild){ .id = old.id, .listed = old.listed,
	    .dead = old.dead, .stopped = old.stopped, .replaced = old.replaced,
	    .alloc = id, .index = index };
	c->run = strcmp(jsonstring(o, "DesiredStatus"), "run") == 0;
	c->node = jsonstring(o, "NodeName");
	c->nodeid = jsonstring(o, "NodeID");
	c->words = jsonstring(o, "DesiredDescription");
	if (!*c->words)
		c->words = jsonstring(o, "ClientDescription");
	task = jsonget(jsonget(o, "TaskStates"), "build");
	c->started = seconds(jsonstring(task, "StartedAt"));
	c->finished = seconds(jsonstring(task, "FinishedAt"));
	e = jsonget(task, "Events");
	for (e = e ? e->first : NULL; e; e = e->next)
		readevent(c, e);
	return clientstatus(c, jsonstring(o, "ClientStatus"));
}

/* appends the resources that are short, or the constraints that no node meets */
static void
shortages(struct buf *b, const struct json *counts)
{
	const struct json *v;

	for (v = counts ? counts->first : NULL; v; v = v->next) {
		if (v->key && strcmp(v->key, "computed class ineligible") != 0)
			buffmt(b, "%s%s", b->len ? ", " : "", v->key);
	}
}

/* says why no node takes a task group, by the scheduler's counts */
static void
whyblocked(struct buf *b, const struct json *group)
{
	struct buf why = {0};

	if (jsonnumber(group, "NodesEvaluated") == 0) {
		/* the scheduler does not say which of them */
		bufstr(b, "no node is up in the job's datacenters");
		if (*jsonstring(group, "NodePool"))
			buffmt(b, " and the node pool %s",
			    jsonstring(group, "NodePool"));
	} else {
		bufstr(b, "no node can take it now");
		shortages(&why, jsonget(group, "DimensionExhausted"));
		shortages(&why, jsonget(group, "ConstraintFiltered"));
	}
	if (why.len)
		buffmt(b, ": %s", why.s);
	buffree(&why);
}

static int
readblocked(struct picture *p, const struct json *o)
{
	const struct json *group;
	struct nomadchild *c;
	struct buf b = {0};

	c = childof(p, jsonstring(o, "JobID"));
	if (!c)
		return -1;
	group = jsonget(o, "FailedTGAllocs");
	if (group && group->first) {
		whyblocked(&b, group->first);
		c->blocked = arenastr(p->a, b.s, b.len);
		buffree(&b);
	}
	return 0;
}

/* reads one list; -1 when it is another, or not whole */
static int
readlist(struct picture *p, enum nomadwhich which, const struct buf *out)
{
	static int (*const readers[])(struct picture *, const struct json *) = {
		[NOMAD_JOBS] = readjob,
		[NOMAD_ALLOCS] = readalloc,
		[NOMAD_BLOCKED] = readblocked,
	};
	const struct json *o, *list;

	list = out->s ? jsonread(p->a, out->s, out->len) : NULL;
	if (!list || list->type != JSON_ARRAY)
		return -1;
	p->jobs |= which == NOMAD_JOBS;
	for (o = list->first; o; o = o->next) {
		if (readers[which](p, o) < 0)
			return -1;
	}
	return 0;
}

static void
failpicture(struct nomadlist *l, const char *why)
{
	if (!l->trouble || strcmp(l->trouble, why) != 0)
		warnx("%s", why);
	free(l->trouble);
	l->trouble = xstrdup(why);
	l->pause = loopbackoff(l->pause, PAUSE, PAUSEMAX);
	picturedel(l->fresh);
	l->fresh = NULL;
	l->ended = loopnow();
}

/* Makes the server's filter: jobs of the mark that are not dead, and the builds under
 * way, or everything of the mark if there are too many of them. */
static void
makefilter(struct buf *f, const struct nomadlist *l, enum nomadwhich which)
{
	const char *field;

	field = which == NOMAD_JOBS ? "ID" : "JobID";
	buffmt(f, "%s contains \"/dispatch-%s-\"", field, l->mark);
	if (which == NOMAD_BLOCKED)
		bufstr(f, " and Status == \"blocked\"");
	if (strlen(l->builds) > FILTERMAX)
		return;
	bufstr(f, " and (");
	if (which == NOMAD_JOBS)
		bufstr(f, "Status != \"dead\"");
	if (which == NOMAD_JOBS && *l->builds)
		bufstr(f, " or ");
	if (*l->builds)
		buffmt(f, "%s matches \"/dispatch-(%s)-[0-9]\"", field, l->builds);
	bufchar(f, ')');
}

static void
startcall(struct nomadlist *l, enum nomadwhich which)
{
	struct buf filter = {0};

	l->which = which;
	makefilter(&filter, l, which);
	l->call = nomadclilist(which, filter.s);
	buffree(&filter);
	if (!l->call)
		failpicture(l, "nomad cannot be asked");
}

void
nomadlistask(struct nomadlist *l, const char *builds, int jobs)
{
	free(l->builds);
	l->builds = xstrdup(builds);
	l->soon = 0;
	l->fresh = mkpicture();
	l->fresh->began = loopnow();
	startcall(l, jobs ? NOMAD_JOBS : NOMAD_ALLOCS);
}

/* whether a job has no allocation yet */
static int
haswaiting(const struct picture *p)
{
	const struct nomadchild *c;
	void *value;
	size_t i;

	for (i = 0; tablenext(p->children, &i, &value);) {
		c = value;
		if (c->listed && !c->dead && !c->alloc)
			return 1;
	}
	return 0;
}

static void
completepicture(struct nomadlist *l)
{
	if (l->trouble)
		warnx("nomad answers again");
	free(l->trouble);
	l->trouble = NULL;
	l->pause = 0;
	picturedel(l->last);
	l->last = l->fresh;
	l->fresh = NULL;
	l->ended = loopnow();
	l->took = l->ended - l->last->began;
}

int
nomadliststep(struct nomadlist *l)
{
	struct buf err = {0}, out = {0};
	char *why;
	int last;

	if (!l->call || !childended(l->call))
		return 0;
	why = nomadclifailed(l->call, &out, &err);
	childdel(l->call);
	l->call = NULL;
	last = 0;
	if (!why && readlist(l->fresh, l->which, &out) < 0)
		why = nomadcliunexpected(&out);
	if (why) {
		failpicture(l, why);
	} else if (l->which == NOMAD_JOBS && *l->builds) {
		/* after the jobs, so that a listed job has its allocation */
		startcall(l, NOMAD_ALLOCS);
	} else if (l->which == NOMAD_ALLOCS && haswaiting(l->fresh)) {
		startcall(l, NOMAD_BLOCKED);
	} else {
		completepicture(l);
		last = 1;
	}
	free(why);
	buffree(&err);
	buffree(&out);
	return last;
}

int64_t
nomadlistdue(const struct nomadlist *l)
{
	int64_t wait;

	if (l->call)
		return -1;
	wait = l->soon ? SOON : POLL;
	if (wait < l->took * SHARE)
		wait = l->took * SHARE;
	if (wait < l->pause)
		wait = l->pause;
	return l->ended + wait;
}

void
nomadlistsoon(struct nomadlist *l)
{
	l->soon = 1;
}

const char *
nomadlisttrouble(const struct nomadlist *l)
{
	return l->trouble;
}

int64_t
nomadlistbegan(const struct nomadlist *l)
{
	return l->last->began;
}

int
nomadlistjobs(const struct nomadlist *l)
{
	return l->last->jobs;
}

const struct nomadchild *
nomadlistget(const struct nomadlist *l, const char *id)
{
	return tableget(l->last->children, id);
}

const struct nomadchild *
nomadlistnext(const struct nomadlist *l, size_t *i)
{
	void *value;

	return tablenext(l->last->children, i, &value) ? value : NULL;
}
