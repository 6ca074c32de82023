#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/lock.h"
#include "base/print.h"
#include "base/text.h"
#include "base/threads.h"
#include "base/x.h"
#include "repo/delivered.h"
#include "repo/index.h"
#include "repo/indexset.h"
#include "repo/sign.h"
#include "repo/takein.h"
#include "spool/job.h"
#include "spool/manifest.h"
#include "spool/spool.h"
#include "xbps/interface.h"
#include "xbps/pkgfile.h"
#include "xbps/repo.h"
#include "xbps/repos.h"

/*
 * The order of steps, each of which can be the last before a crash:
 *
 *	packages appear in the repository, synced	no index names them
 *	the index is written				the job is still in built/
 *	incoming/JOB is renamed to incoming/.JOB.done
 *	built/JOB is renamed to done/JOB
 *	incoming/.JOB.done is removed
 *
 * Repeating the first two finds the same bytes there and changes nothing. A job
 * in built/ without a delivery was taken in if the index has its package. The
 * delivery disappears before the job is done, for a later build of the same job
 * must not find it.
 */
struct taking {
	struct spool *sp;
	const struct signer *signer;
	struct delivered *list;
	size_t n;
	struct pkgfiles pkgs;
	struct indexset set;
};

static int
good(const struct delivered *pc)
{
	return !pc->why && !pc->later;
}

static void
readparcels(struct taking *t, char **names, size_t n)
{
	size_t i;

	t->list = xcalloc(n, sizeof *t->list);
	for (i = 0; i < n; i++) {
		if (deliveredread(&t->list[t->n], t->sp, names[i]))
			t->n++;
	}
}

/* reads all packages of all deliveries at once and checks them */
static void
readpkgs(struct taking *t)
{
	struct delivered *pc;
	char **files;
	size_t i, n;

	files = NULL;
	n = 0;
	for (pc = t->list; pc < t->list + t->n; pc++) {
		for (i = 0; good(pc) && pc->m && i < pc->m->n; i++) {
			files = xgrow(files, n, sizeof *files);
			files[n++] = deliveredpath(pc, i);
		}
	}
	pkgfilereadall(&t->pkgs, t->sp->incoming, files, n, PKG_NOLINK);
	for (i = 0; i < n; i++)
		free(files[i]);
	free(files);
	n = 0;
	for (pc = t->list; pc < t->list + t->n; pc++) {
		if (!good(pc) || !pc->m)
			continue;
		for (i = 0; i < pc->m->n; i++)
			pc->pkgs[i] = &t->pkgs.list[n++];
		deliveredcheck(pc);
	}
}

/* the stage of the own architecture is looked at in any case: what it waits for may
 * have gone from a main repository */
static void
openset(struct taking *t)
{
	struct delivered *pc;
	char *path;

	for (pc = t->list; pc < t->list + t->n; pc++) {
		if (good(pc) && pc->m)
			deliveredneed(pc, &t->set);
	}
	path = xasprintf("%s/%s-repodata", t->set.home, confget(CONF_ARCH));
	if (access(path, F_OK) == 0)
		indexsetneed(&t->set, "", confget(CONF_ARCH), 0);
	free(path);
	indexsetopen(&t->set, 1);
}

/* refuses deliveries with a package that would break those of a main repository */
static void
refuse(struct taking *t)
{
	struct candidate *c;
	struct delivered *pc;
	size_t i, n;
	int r;

	do {
		c = NULL;
		n = 0;
		for (pc = t->list; pc < t->list + t->n; pc++) {
			if (good(pc) && pc->m)
				deliveredcandidates(pc, &t->set, &c, &n);
		}
		r = indexsetrefuse(&t->set, c, n);
		for (i = 0, pc = t->list; i < n; i++) {
			/* the candidates are in the order of the deliveries */
			while (c[i].owner != pc->name)
				pc++;
			if (c[i].why && !pc->why)
				pc->why = xasprintf("%s: %s", c[i].pkg->pkgver,
				    c[i].why);
			free(c[i].why);
			if (r < 0)
				pc->later = 1;
		}
		free(c);
	} while (r > 0);
}

/* signs, in incoming/, the packages of all deliveries that can go in */
static int
signall(struct taking *t)
{
	struct delivered *pc;
	char **files, *path;
	size_t i, n;
	int r;

	files = NULL;
	n = 0;
	for (pc = t->list; pc < t->list + t->n; pc++) {
		for (i = 0; good(pc) && pc->m && i < pc->m->n; i++) {
			path = deliveredpath(pc, i);
			files = xgrow(files, n, sizeof *files);
			files[n++] = xasprintf("%s/incoming/%s", t->sp->path,
			    path);
			free(path);
		}
	}
	r = signfiles(t->signer, files, n);
	for (i = 0; i < n; i++)
		free(files[i]);
	free(files);
	return r;
}

static void
addall(struct taking *t)
{
	struct delivered *pc;
	int failed;

	for (pc = t->list; pc < t->list + t->n; pc++) {
		if (good(pc) && pc->m)
			deliveredask(pc, &t->set);
	}
	refuse(t);
	failed = t->signer->on && signall(t) < 0;
	for (pc = t->list; pc < t->list + t->n; pc++) {
		if (!good(pc) || !pc->m)
			continue;
		pc->later = failed;
		if (!pc->later)
			deliveredadd(pc, t->sp->incoming, t->signer, &t->set);
	}
}

/* what jobs were built with: the repositories as they are before anything is added,
 * since what enters with a job was not in its chroot */
struct chroots {
	struct interfaces *interfaces;
	struct repos *target;	/* of the indexes that are open, not ours to free */
	struct repos *host;	/* of another architecture than the last job's, or NULL */
};

/* opens what is needed for a job, unless the last one needed it too; -1 after a
 * message */
static int
openchroots(struct chroots *c, struct indexset *s, const struct job *j)
{
	if (!c->interfaces)
		c->interfaces = interfacesopen(confget(CONF_CACHE));
	if (!c->target || strcmp(reposarch(c->target), j->arch) != 0)
		c->target = indexsetworld(s, j->arch);
	if (strcmp(j->host, j->arch) != 0 &&
	    (!c->host || strcmp(reposarch(c->host), j->host) != 0)) {
		reposdel(c->host);
		c->host = reposopen(j->host, 1);
		if (!c->host)
			return -1;
	}
	return c->target ? 0 : -1;
}

/* notes against which interfaces each job was built */
static void
noteagainst(struct taking *t)
{
	struct chroots c = { 0 };
	const struct job *j;
	struct delivered *pc;
	struct buf b = { 0 };
	char *words;

	for (pc = t->list; pc < t->list + t->n; pc++) {
		j = pc->job;
		if (!good(pc) || !pc->m || !j->with ||
		    openchroots(&c, &t->set, j) < 0)
			continue;
		words = interfaceswith(c.interfaces, strcmp(j->host, j->arch) ?
		    c.host : c.target, c.target, j->with, j->makes, j->nmakes);
		jobline(&b, "against", words);
		spoolsign(t->sp, BUILT, pc->name, &b);
		buffree(&b);
		free(words);
	}
	interfacesclose(c.interfaces);
	reposdel(c.host);
}

/* a job that delivered nothing, or whose delivery was taken in before */
static void
askabsent(struct taking *t, struct delivered *pc)
{
	const struct repopkg *p;
	struct repo *r;

	r = repoopen(t->set.home, pc->job->arch, 1);
	if (!r) {
		pc->later = 1;
		return;
	}
	p = repoget(r, pc->job->pkgname);
	if (!p || strcmp(p->pkgver, pc->job->pkgver) != 0)
		pc->why = xstrdup("nothing was delivered");
	repodel(r);
}

static char *
hiddenname(const struct delivered *pc)
{
	return xasprintf(".%s.done", pc->name);
}

static int
hide(const struct taking *t, const struct delivered *pc)
{
	char *name;
	int r;

	name = hiddenname(pc);
	r = iorename(t->sp->incoming, pc->name, name);
	free(name);
	if (r < 0 && errno != ENOENT) {
		warn("%s/incoming/%s", t->sp->path, pc->name);
		return -1;
	}
	return 0;
}

/* notes why a delivery was bad in the job's file, or beside it if that is no
 * file of a job */
static int
note(struct taking *t, const struct delivered *pc)
{
	struct buf b = { 0 };
	char *name;
	int r;

	jobline(&b, "class", "delivery");
	jobline(&b, "reason", pc->why);
	if (pc->job) {
		r = spoolnote(t->sp, BUILT, pc->name, &b);
	} else {
		name = xasprintf("%s.reason", pc->name);
		r = ioreplace(t->sp->states[FAIL], name, b.s, b.len, 0644);
		if (r < 0)
			warn("%s/fail/%s", t->sp->path, name);
		free(name);
	}
	buffree(&b);
	return r;
}

/* decides what becomes of each job, and takes the deliveries of those that end
 * out of sight */
static void
conclude(struct taking *t)
{
	struct delivered *pc;

	for (pc = t->list; pc < t->list + t->n; pc++) {
		if (good(pc) && !pc->m)
			askabsent(t, pc);
		if (good(pc) && pc->m && !deliveredwritten(pc, &t->set))
			pc->later = 1;
		if (pc->why && note(t, pc) < 0)
			pc->later = 1;
		if (!pc->later && hide(t, pc) < 0)
			pc->later = 1;
	}
	if (iosyncdir(t->sp->incoming) < 0)
		warn("%s/incoming", t->sp->path);
}

static void
removehidden(void *arg, size_t i, unsigned thread)
{
	const struct taking *t = arg;
	char *name;

	(void)thread;
	name = hiddenname(&t->list[i]);
	if (!t->list[i].later && ioremove(t->sp->incoming, name) < 0)
		warn("%s/incoming/%s", t->sp->path, name);
	free(name);
}

/* moves the jobs on; returns as take does */
static int
movejobs(struct taking *t)
{
	struct buf said = { 0 };
	struct delivered *pc;
	int r, status;

	status = 0;
	for (pc = t->list; pc < t->list + t->n; pc++) {
		if (pc->later) {
			status = -1;
			continue;
		}
		r = spoolmove(t->sp, BUILT, pc->why ? FAIL : DONE, pc->name);
		if (r < 0)
			status = -1;
		if (r <= 0)
			continue;
		buffmt(&said, "%s\t%s", pc->why ? "fail" : "done", pc->name);
		if (pc->why) {
			bufchar(&said, '\t');
			textclean(&said, pc->why);
		}
		bufchar(&said, '\n');
		if (pc->why && status == 0)
			status = 1;
	}
	if (said.len > 0)
		print(said.s, said.len);
	buffree(&said);
	if (spoolsync(t->sp) < 0)
		status = -1;
	/* all at once, since each waits for the disk */
	threadsrun(t->n, removehidden, t);
	return status;
}

/* what a crash has left of a delivery that was done with */
static int
sweepone(const char *name, void *arg)
{
	const struct spool *sp = arg;
	size_t n;

	n = strlen(name);
	if (*name == '.' && n > 5 && strcmp(name + n - 5, ".done") == 0 &&
	    ioremove(sp->incoming, name) < 0)
		warn("%s/incoming/%s", sp->path, name);
	return 0;
}

/* one at a time: another would find deliveries gone whose jobs are not done */
static int
lock(const struct spool *sp)
{
	int fd;

	fd = locktake(sp->incoming, ".lock", 0);
	if (fd < 0 && errno == EAGAIN) {
		warnx("%s/incoming/.lock: waiting for the lock", sp->path);
		fd = locktake(sp->incoming, ".lock", LOCK_WAIT);
	}
	if (fd < 0)
		warn("%s/incoming/.lock", sp->path);
	return fd;
}

static int
takeall(struct spool *sp, const struct signer *sg, const char *repo)
{
	struct taking t = { 0 };
	const char *sub;
	char **names, *home;
	size_t i, n;
	int failed, r;

	if (iolist(sp->incoming, sweepone, sp) < 0) {
		warn("%s/incoming", sp->path);
		return -1;
	}
	if (manifestsweepall(sp) < 0)
		return -1;
	if (spoollist(sp, BUILT, &names, &n) < 0)
		return -1;
	t.sp = sp;
	t.signer = sg;
	home = repohome(repo, &sub);
	indexsetinit(&t.set, home);
	free(home);
	readparcels(&t, names, n);
	spoollistfree(names, n);
	readpkgs(&t);
	openset(&t);
	noteagainst(&t);
	addall(&t);
	failed = indexsetwrite(&t.set, sg) < 0;
	conclude(&t);
	r = movejobs(&t);
	indexsetclose(&t.set);
	pkgfilefreeall(&t.pkgs);
	for (i = 0; i < t.n; i++)
		deliveredfree(&t.list[i]);
	free(t.list);
	return failed ? -1 : r;
}

int
takein(struct spool *sp, const struct signer *sg, const char *repo)
{
	int fd, r;

	fd = lock(sp);
	if (fd < 0)
		return -1;
	r = takeall(sp, sg, repo);
	/* while it is ours: who waits for it looks whether it is still there */
	unlinkat(sp->incoming, ".lock", 0);
	close(fd);
	return r;
}
