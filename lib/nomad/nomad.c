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
 * A build goes through these, and each may be the last before a crash:
 *
 *	its token is in the job's file, synced		nothing was dispatched
 *	it is dispatched, which tells its ID		the token finds it
 *	the ID is in the job's file
 *	the lists have it: it waits, runs, has ended
 *	the rest of its log has come
 *
 * A delivery ends it at any of them. Otherwise the lists alone say what has become of
 * it: a call's exit status says at most that the server has heard of something.
 */

/* milliseconds */
enum {
	RETRY = 1000,		/* when the spool's mark cannot be had */
	GLANCE = 250,		/* between two looks whether incoming/ has changed */
	LOOK = 1000,		/* between two looks for deliveries in any case */
	PLACE = 2000,		/* from a dispatch until a job without an
				 * allocation is worth asking for */
	SWEEP = 60000,		/* between two looks for children that stray */
	STRAY = 5000		/* a child strays that long before it is stopped */
};

enum { MARK = 8, MARKFILE = 4096, CLUSTERFILE = 1 << 16, UNAVAILABLE = 2 };

static const char markfile[] = "nomad", clusterfile[] = "cluster";

static char *mark;		/* of our builds on the cluster */
static dev_t spooldev;		/* the spool that it is of */
static ino_t spoolino;
static struct nomadlist *list;
static int64_t swept;		/* when jobs were last asked for, 0: never */
static struct child *sweep;	/* stops a child that nobody waits for */
static char *published;		/* what the file cluster has, NULL: not read yet */
static struct table *strays;	/* children that nobody waits for by ID: the time
				 * when they were first seen */

/* returns the mark, made once and kept in the spool; NULL after a message */
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
	/* a spool that was removed while we ran is still the same to Nomad */
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

/* makes sure of the mark: the spool may have been replaced */
static int
prepare(const struct spool *sp)
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

/* names a build, and ends one that nobody builds */
static int
name(struct spool *sp, struct build *b, struct buf *lines)
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
		return -1;
	if (nomadbuildname(b, mark, &j, lines) < 0) {
		why = xasprintf("SPIFF_NOMAD names no job for %s", j.host);
		warnx("%s: %s", b->job, why);
		nomadbuildend(sp, b, UNAVAILABLE, why);
		free(why);
	}
	jobfree(&j);
	return 0;
}

static int
nomadstart(struct spool *sp, struct build *b, const struct buf *lines)
{
	struct nomadbuild *o;
	struct buf all = {0};
	int fd, r;

	if (prepare(sp) < 0)
		return -1;
	o = nomadbuildadd(b);
	b->waits = 1;
	fd = buildlogopen(sp, b->job);
	if (fd < 0)
		return -1;
	close(fd);
	bufadd(&all, lines->s, lines->len);
	r = name(sp, b, &all);
	if (r == 0)
		r = spoolnote(sp, RUN, b->job, &all);
	buffree(&all);
	if (r != 1 || o->over)
		return r == 1 ? 0 : -1;
	/* what is outside of this machine is not begun before that is safe */
	if (spoolsync(sp) < 0)
		return -1;
	return nomadbuildmaycall() ? nomadbuildbegin(sp, b) : 0;
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

/* what is still to do for a build: 1 when it is to be stopped, in Nomad, and it
 * is too early for anything else */
static int
halt(struct build *b)
{
	struct nomadbuild *o = b->own;

	if (!o->stop || o->stopsent || !o->id)
		return 0;
	if (nomadbuildstop(b) < 0)
		nomadbuildlater(o);
	return 1;
}

/* notes what the build has used, as spiff-build says at the end of its log */
static void
noteused(struct spool *sp, const struct build *b)
{
	static const char *const names[] = { "memory", "cpu" };
	struct buf lines = {0};
	char *value;
	size_t i;

	for (i = 0; i < 2; i++) {
		value = buildlogsaid(sp, b->job, names[i]);
		if (value && strtoll(value, NULL, 10) > 0)
			jobnumber(&lines, names[i], strtoll(value, NULL, 10));
		free(value);
	}
	if (lines.len)
		spoolnote(sp, RUN, b->job, &lines);
	buffree(&lines);
}

/* one that has ended, but for its log */
static void
finish(struct spool *sp, struct build *b)
{
	struct nomadbuild *o = b->own;
	char *why;

	if (halt(b))
		return;
	if (b->code == 0 && nomadlogdelivered(sp, b))
		o->logtries = 0;
	if (o->alloc && o->logtries > 0) {
		nomadlogrest(sp, b);
		return;
	}
	b->ended = 1;
	noteused(sp, b);
	if (o->nodeid) {
		why = buildloglast(sp, b->job);
		nomadnodesend(o, b->job, b->code, why);
		free(why);
	}
}

static void
goon(struct spool *sp, struct build *b)
{
	struct nomadbuild *o = b->own;

	if (halt(b) || o->id)
		return;
	/* should it have been dispatched after all it will be seen to stray */
	if (o->stop)
		nomadbuildend(sp, b, -1, "stopped");
	else if (nomadbuildbegin(sp, b) < 0)
		nomadbuildlater(o);
}

/* what a build can do now */
static void
act(struct spool *sp, struct build *b)
{
	struct nomadbuild *o = b->own;

	if (o->call && childended(o->call)) {
		nomadbuildanswer(sp, b);
		nomadlistsoon(list);
	}
	if (o->look && childended(o->look))
		nomadlogtake(sp, b);
	if (o->call || o->look || b->ended || o->next > loopnow() ||
	    !nomadbuildmaycall())
		return;
	if (!o->over)
		goon(sp, b);
	if (o->over && !o->call)
		finish(sp, b);
}

static int
straying(void)
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

/* whether a child is that of a build, or may be */
static int
wanted(const struct nomadchild *c)
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

/* Stops a child of ours that nobody waits for: its job was moved while nobody
 * watched, or a dispatch came through late. One that has just delivered is about to
 * end by itself, and is given the time. */
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
		if (!c->listed || c->dead || c->stopped || wanted(c))
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

/* asks for a picture when it is time, and takes what it says */
static void
look(struct spool *sp)
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
	jobs = !swept || straying() || now - swept >= SWEEP;
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

/* Whether something may have come into incoming/: it has changed, or was not looked at
 * for a while. It is opened anew, as on NFS what is known of a directory is renewed
 * then. */
static int
arrived(const struct spool *sp)
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
	if (fd >= 0)
		close(fd);
	if (r) {
		looked = now;
		changed = st.st_mtim;
	}
	return r;
}

/* Tells those who look at the spool what is wrong with the cluster, and a run to come
 * which nodes are left out. That this is lost in a crash does less harm than to wait
 * for it. */
static void
publish(const struct spool *sp)
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

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

/* when something is to be done that no child's end tells of */
static int64_t
nextturn(void)
{
	const struct nomadbuild *o;
	const struct build *b;
	int64_t next;

	/* without builds the list is asked for once in a while, and never before it is
	 * due: a call that has failed is made again after a pause */
	next = nomadlistdue(list);
	if (!nomadbuildnext(NULL) && !straying() && swept && next >= 0 &&
	    next < swept + SWEEP)
		next = swept + SWEEP;
	if (nomadbuildnext(NULL))
		next = sooner(next, loopnow() + GLANCE);
	next = sooner(next, nomadnodesnext());
	for (b = nomadbuildnext(NULL); b; b = nomadbuildnext(b)) {
		o = b->own;
		if (!o->call && !o->look && o->next > loopnow())
			next = sooner(next, o->next);
	}
	return next;
}

static int64_t
nomadstep(struct spool *sp)
{
	struct build *b;
	int64_t log;

	if (prepare(sp) < 0)
		return loopnow() + RETRY;
	if (sweep && childended(sweep)) {
		childdel(sweep);
		sweep = NULL;
		nomadlistsoon(list);
	}
	if (nomadbuildnext(NULL) && arrived(sp)) {
		for (b = nomadbuildnext(NULL); b; b = nomadbuildnext(b))
			nomadbuilddelivered(sp, b);
	}
	look(sp);
	for (b = nomadbuildnext(NULL); b; b = nomadbuildnext(b))
		act(sp, b);
	nomadnodesstep();
	publish(sp);
	log = nomadlognext(sp);
	return sooner(nextturn(), log);
}

/* as far as is known: a log that could not be looked at tells nothing */
static int64_t
nomadwrote(const struct spool *sp, struct build *b)
{
	const struct nomadbuild *o = b->own;

	(void)sp;
	return loopnow() - (o->looked - o->grown);
}

/* Nomad has its own time limit between asking a task and killing it */
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
