#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/io.h"
#include "base/loop.h"
#include "base/table.h"
#include "base/x.h"
#include "build/builder.h"
#include "nomad/nomad.h"
#include "nomad/nomadbuild.h"
#include "nomad/nomadcli.h"
#include "nomad/nomadlist.h"
#include "nomad/nomadlog.h"
#include "nomad/nomadnodes.h"
#include "spool/buildlog.h"
#include "spool/job.h"
#include "spool/spool.h"

/*
 * The steps of a build; after a crash spiff-run goes on with the next one:
 *
 *	the job's file, synced, has the build's token
 *	Nomad has dispatched a child for the token, and told its ID
 *	the job's file has the ID
 *	Nomad's lists have the child: it waits, runs, has ended
 *	all of its log is in the spool
 *
 * A delivery ends the build at any step. Else Nomad's lists alone say how it ended: the
 * exit status of a call only says that the server has heard of the build.
 */

/* milliseconds */
enum {
	RETRY = 1000,		/* when the spool's mark cannot be had */
	GLANCE = 250,		/* between two looks at the time of incoming/ */
	LOOK = 1000,		/* between two looks for deliveries */
	PLACE = 2000,		/* from a dispatch to a question why the child has no
				 * allocation */
	SWEEP = 60000,		/* between two lists of all children */
	STRAY = 5000		/* from the time when a child is seen to belong to no
				 * build until it is stopped */
};

enum { MARK = 8, MARKFILE = 4096, CLUSTERFILE = 1 << 16, UNAVAILABLE = 2 };

static const char markfile[] = "nomad", clusterfile[] = "cluster";

static char *mark;		/* names the spool's builds on the cluster */
static dev_t spooldev;		/* the spool of the mark */
static ino_t spoolino;
static struct nomadlist *list;
static int64_t swept;		/* when jobs were last asked for, 0: never */
static struct child *sweep;	/* a call that stops a stray */
static char *published;		/* the text of the file cluster, NULL: not read yet */
static struct table *strays;	/* by ID, for children that belong to no build, the time
				 * when they were first seen */

/* returns the mark, which the spool keeps, made if it has none; NULL after a
 * message */
static char *
readmark(const struct spool *sp)
{
	struct buf b = {0};

	if (ioread(sp->dir, markfile, MARKFILE, &b) == 0) {
		if (b.len == MARK + 1 && b.s[MARK] == '\n' &&
		    strspn(b.s, "0123456789abcdef") == MARK) {
			b.s[MARK] = '\0';
			return buftake(&b);
		}
		warnx("%s/%s: not a mark: 8 hexadecimal digits", sp->path,
		    markfile);
		buffree(&b);
		return NULL;
	}
	if (errno != ENOENT) {
		warn("%s/%s", sp->path, markfile);
		return NULL;
	}
	/* a spool that was removed while spiff-run ran keeps its mark */
	if (mark)
		buffmt(&b, "%s\n", mark);
	else
		buffmt(&b, "%08lx\n", (unsigned long)arc4random());
	if (ioreplace(sp->dir, markfile, b.s, b.len, 0644) < 0) {
		warn("%s/%s", sp->path, markfile);
		buffree(&b);
		return NULL;
	}
	b.s[MARK] = '\0';
	return buftake(&b);
}

/* reads the mark, again if the spool was replaced */
static int
loadmark(const struct spool *sp)
{
	struct buf b = {0};
	struct stat st;
	char *now;

	if (fstat(sp->dir, &st) < 0) {
		warn("%s", sp->path);
		return -1;
	}
	if (list && st.st_dev == spooldev && st.st_ino == spoolino)
		return 0;
	now = readmark(sp);
	if (!now)
		return -1;
	if (!mark || strcmp(mark, now) != 0) {
		nomadlistdel(list);
		list = mknomadlist(now);
		swept = 0;
	}
	free(mark);
	mark = now;
	if (!published && ioread(sp->dir, clusterfile, CLUSTERFILE, &b) == 0 && b.s)
		nomadnodesread(b.s);
	buffree(&b);
	free(published);
	published = NULL;
	spooldev = st.st_dev;
	spoolino = st.st_ino;
	return 0;
}

/* names a build, and ends it if SPIFF_NOMAD has no job for it: 1, 0 if its job was moved
 * away, -1 after a message */
static int
namebuild(struct spool *sp, struct build *b, struct buf *lines)
{
	struct job j;
	char *why;
	int r;

	r = spoolread(sp, RUN, b->job, &j, &why);
	if (r < 0) {
		warnx("%s: %s", b->job, why);
		free(why);
	}
	if (r != 1)
		return r < 0 ? -1 : 0;
	if (nomadbuildname(b, mark, &j, lines) < 0) {
		why = xasprintf("SPIFF_NOMAD names no job for %s", j.host);
		warnx("%s: %s", b->job, why);
		nomadbuildend(sp, b, UNAVAILABLE, why);
		free(why);
	}
	jobfree(&j);
	return 1;
}

static int
nomadstart(struct spool *sp, struct build *b, const struct buf *lines)
{
	struct nomadbuild *o;
	struct buf all = {0};
	int fd, r;

	if (loadmark(sp) < 0)
		return -1;
	o = nomadbuildadd(b);
	b->waits = 1;
	fd = buildlogopen(sp, b->job);
	if (fd < 0)
		return -1;
	close(fd);
	bufadd(&all, lines->s, lines->len);
	r = namebuild(sp, b, &all);
	if (r == 1)
		r = spoolnote(sp, RUN, b->job, &all);
	buffree(&all);
	if (r != 1 || o->over)
		return r;
	/* a crash must not lose the token of a child that Nomad has */
	if (spoolsync(sp) < 0)
		return -1;
	return nomadbuildmaycall() ? nomadbuildbegin(sp, b) : 1;
}

static int
nomadadopt(struct spool *sp, struct build *b, const char *handle)
{
	struct nomadbuild *o;

	(void)sp;
	o = nomadbuildadd(b);
	if (nomadbuildread(o, handle) < 0) {
		nomadbuilddel(b);
		return 0;
	}
	o->sent = 1;
	b->waits = 1;
	return 1;
}

/* Tells Nomad to stop the build's child if that is still to do: 1 then. */
static int
stopchild(struct build *b)
{
	struct nomadbuild *o = b->own;

	if (!o->stop || o->stopsent || !o->id)
		return 0;
	if (nomadbuildstop(b) < 0)
		nomadbuildlater(o);
	return 1;
}

/* writes the memory, time and processes of the build into the job's file, as spiff-build
 * says at the end of the log */
static void
writeused(struct spool *sp, const struct build *b)
{
	static const char *const names[] = { "memory", "cpu", "jobs" };
	struct buf lines = {0};
	char *value;
	size_t i;

	for (i = 0; i < 3; i++) {
		value = buildlogsaid(sp, b->job, names[i]);
		if (value && strtoll(value, NULL, 10) > 0)
			jobnumber(&lines, names[i], strtoll(value, NULL, 10));
		free(value);
	}
	if (lines.len)
		spoolnote(sp, RUN, b->job, &lines);
	buffree(&lines);
}

/* gets the rest of an ended build's log, and tells that the build has ended */
static void
finishbuild(struct spool *sp, struct build *b)
{
	struct nomadbuild *o = b->own;
	char *why;

	if (stopchild(b))
		return;
	if (b->code == 0 && nomadlogdelivered(sp, b))
		o->logtries = 0;
	if (o->alloc && o->logtries > 0) {
		nomadlogrest(sp, b);
		return;
	}
	b->ended = 1;
	writeused(sp, b);
	if (o->nodeid) {
		why = buildloglast(sp, b->job);
		nomadnodesend(o, b->job, b->code, why);
		free(why);
	}
}

static void
continuebuild(struct spool *sp, struct build *b)
{
	struct nomadbuild *o = b->own;

	if (stopchild(b) || o->id)
		return;
	/* if the child was dispatched after all, stopstrays finds it */
	if (o->stop)
		nomadbuildend(sp, b, -1, "stopped");
	else if (nomadbuildbegin(sp, b) != 1)
		nomadbuildlater(o);
}

static void
stepbuild(struct spool *sp, struct build *b)
{
	struct nomadbuild *o = b->own;

	if (o->call && childended(o->call)) {
		nomadbuildanswer(sp, b);
		/* that a child has begun can wait for the next list */
		if (o->stopsent)
			nomadlistsoon(list);
	}
	if (o->look && childended(o->look))
		nomadlogtake(sp, b);
	if (o->call || o->look || b->ended || o->next > loopnow() ||
	    !nomadbuildmaycall())
		return;
	if (!o->over)
		continuebuild(sp, b);
	if (o->over && !o->call)
		finishbuild(sp, b);
}

static int
hasstrays(void)
{
	return strays && tablelen(strays) > 0;
}

static void
straysdel(struct table *t)
{
	void *since;
	size_t i;

	for (i = 0; t && tablenext(t, &i, &since);)
		free(since);
	if (t)
		tabledel(t);
}

/* whether a child belongs, or may belong, to a build */
static int
hasbuild(const struct nomadchild *c)
{
	const struct nomadbuild *o;
	const struct build *b;
	int r;

	r = 0;
	for (b = nomadbuildnext(NULL); !r && b; b = nomadbuildnext(b)) {
		o = b->own;
		r = o->id ? strcmp(o->id, c->id) == 0 : nomadbuildowns(o, c->id);
	}
	return r;
}

/* Stops children that belong to no build: the job was moved while spiff-run did not run,
 * or Nomad dispatched late. A child that has just delivered ends by itself within
 * STRAY. */
static void
stopstrays(void)
{
	const struct nomadchild *c;
	int64_t now, *since;
	struct table *before;
	size_t i;

	now = loopnow();
	before = strays;
	strays = mktable();
	for (i = 0; (c = nomadlistnext(list, &i));) {
		if (!c->listed || c->dead || c->stopped || hasbuild(c))
			continue;
		since = before ? tabledrop(before, c->id) : NULL;
		if (!since) {
			since = xcalloc(1, sizeof *since);
			*since = now;
		}
		*tableput(strays, c->id) = since;
		if (!sweep && now - *since >= STRAY) {
			warnx("%s: nobody waits for it: stopped", c->id);
			sweep = nomadclistop(c->id);
		}
	}
	straysdel(before);
}

/* updates the builds from Nomad's lists, and asks for the next lists when it is time */
static void
stepbuilds(struct spool *sp)
{
	struct buf builds = {0};
	const struct nomadbuild *o;
	struct build *b;
	int64_t now;
	int jobs;

	if (nomadliststep(list)) {
		for (b = nomadbuildnext(NULL); b; b = nomadbuildnext(b))
			nomadbuildupdate(sp, b, list);
		if (nomadlistjobs(list)) {
			swept = loopnow();
			stopstrays();
		}
	}
	now = loopnow();
	if (nomadlistdue(list) < 0 || nomadlistdue(list) > now)
		return;
	jobs = !swept || hasstrays() || now - swept >= SWEEP;
	for (b = nomadbuildnext(NULL); b; b = nomadbuildnext(b)) {
		o = b->own;
		if (!o->id || o->over)
			continue;
		buffmt(&builds, "%s%s", builds.len ? "|" : "", o->prefix);
		jobs |= o->hidden && now - o->learned >= PLACE;
	}
	if (builds.len || jobs)
		nomadlistask(list, builds.s ? builds.s : "", jobs);
	buffree(&builds);
}

/* Whether incoming/ may have a new delivery: its time has changed, or the last look was
 * LOOK ago. On NFS only opening it gets its true time. */
static int
hasarrived(const struct spool *sp)
{
	static struct timespec changed;
	static int64_t looked;
	struct stat st;
	int64_t now;
	int fd, r;

	now = loopnow();
	fd = openat(sp->dir, "incoming", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = fd < 0 || fstat(fd, &st) < 0 || now - looked >= LOOK ||
	    st.st_mtim.tv_sec != changed.tv_sec ||
	    st.st_mtim.tv_nsec != changed.tv_nsec;
	ioclose(fd);
	if (r) {
		looked = now;
		changed = st.st_mtim;
	}
	return r;
}

/* Writes for spiff-status what is wrong with the cluster, and for the next spiff-run
 * which nodes are left out. */
static void
writecluster(const struct spool *sp)
{
	const char *trouble;
	struct buf b = {0};

	trouble = nomadlisttrouble(list);
	if (trouble)
		buffmt(&b, "trouble %s\n", trouble);
	nomadnodestext(&b);
	bufadd(&b, "", 0);
	if (published && strcmp(published, b.s) == 0) {
		buffree(&b);
		return;
	}
	if (b.len ? ioreplace(sp->dir, clusterfile, b.s, b.len, 0644) < 0 :
	    unlinkat(sp->dir, clusterfile, 0) < 0 && errno != ENOENT)
		warn("%s/%s", sp->path, clusterfile);
	free(published);
	published = buftake(&b);
}

/* when there is something to do that the end of no child tells */
static int64_t
nextturn(void)
{
	const struct nomadbuild *o;
	const struct build *b;
	int64_t next;

	/* without builds and strays a list each SWEEP is enough */
	next = nomadlistdue(list);
	if (!nomadbuildnext(NULL) && !hasstrays() && swept && next >= 0 &&
	    next < swept + SWEEP)
		next = swept + SWEEP;
	if (nomadbuildnext(NULL))
		next = loopsooner(next, loopnow() + GLANCE);
	next = loopsooner(next, nomadnodesnext());
	for (b = nomadbuildnext(NULL); b; b = nomadbuildnext(b)) {
		o = b->own;
		if (!o->call && !o->look && o->next > loopnow())
			next = loopsooner(next, o->next);
	}
	return next;
}

static int64_t
nomadstep(struct spool *sp)
{
	struct build *b;
	int64_t log;

	if (loadmark(sp) < 0)
		return loopnow() + RETRY;
	if (sweep && childended(sweep)) {
		childdel(sweep);
		sweep = NULL;
		nomadlistsoon(list);
	}
	if (nomadbuildnext(NULL) && hasarrived(sp)) {
		for (b = nomadbuildnext(NULL); b; b = nomadbuildnext(b))
			nomadbuilddelivered(sp, b);
	}
	stepbuilds(sp);
	for (b = nomadbuildnext(NULL); b; b = nomadbuildnext(b))
		stepbuild(sp, b);
	nomadnodesstep();
	writecluster(sp);
	log = nomadlognext(sp);
	return loopsooner(nextturn(), log);
}

/* the time since the last look does not count */
static int64_t
nomadwrote(const struct spool *sp, struct build *b)
{
	const struct nomadbuild *o = b->own;

	(void)sp;
	return loopnow() - (o->looked - o->grown);
}

/* Nomad kills the task itself after the time that its job sets */
static void
nomadhalt(struct build *b, int hard)
{
	struct nomadbuild *o = b->own;

	(void)hard;
	o->stop = 1;
	o->next = o->pause = 0;
}

const struct builder nomad = {
	.name = "nomad",
	.remote = 1,
	.start = nomadstart,
	.adopt = nomadadopt,
	.step = nomadstep,
	.wrote = nomadwrote,
	.stop = nomadhalt,
	.forget = nomadbuilddel,
};
