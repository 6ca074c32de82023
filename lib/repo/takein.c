#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/print.h"
#include "base/table.h"
#include "base/text.h"
#include "base/threads.h"
#include "base/x.h"
#include "repo/delivered.h"
#include "repo/index.h"
#include "repo/indexset.h"
#include "repo/indexwrite.h"
#include "repo/repolock.h"
#include "repo/sign.h"
#include "repo/stages.h"
#include "repo/takein.h"
#include "spool/job.h"
#include "spool/manifest.h"
#include "spool/spool.h"
#include "xbps/interface.h"
#include "xbps/noarch.h"
#include "xbps/pkgfile.h"
#include "xbps/repo.h"
#include "xbps/repos.h"

/*
 * The steps; after a crash the next run goes on with any of them:
 *
 *	put the packages into the repository, and sync them
 *	write the index
 *	rename incoming/JOB to incoming/.JOB.done
 *	rename built/JOB to done/JOB
 *	remove incoming/.JOB.done
 *
 * The first two, repeated, find the same bytes and change nothing. A job in built/
 * without a delivery is done if the index has its package; a noarch one gets the files
 * that the repository has for another architecture, or goes back to ready/ when there are
 * none. The delivery goes before the job is done, lest a later build of the job finds it.
 */
struct taking {
	struct spool *sp;
	const struct signer *signer;
	struct delivered *list;
	size_t n;
	struct pkgfiles pkgs;
	struct pkgfiles theirs;	/* of the repository */
	struct indexset set;
	struct table *written;	/* by architecture: struct repo of what is there */
};

static int
isgood(const struct delivered *d)
{
	return !d->why && !d->later && !d->back;
}

static void
readdeliveries(struct taking *t, char **names, size_t n)
{
	struct noarchs *noarchs;
	size_t i;

	noarchs = mknoarchs(t->set.home);
	t->list = xcalloc(n, sizeof *t->list);
	for (i = 0; i < n; i++) {
		if (!deliveredread(&t->list[t->n], t->sp, names[i]))
			continue;
		deliveredshare(&t->list[t->n], noarchs);
		t->n++;
	}
	noarchsdel(noarchs);
}

/* reads the packages of all deliveries, or all shared ones, many at a time, and checks
 * them; dir is where they lie */
static void
readfrom(struct taking *t, int dir, int shared, struct pkgfiles *ps)
{
	struct delivered *d;
	char **files;
	size_t i, n;

	files = NULL;
	n = 0;
	for (d = t->list; d < t->list + t->n; d++) {
		if (d->shared != shared)
			continue;
		for (i = 0; isgood(d) && d->m && i < d->m->n; i++) {
			files = xgrow(files, n, sizeof *files);
			files[n++] = deliveredpath(d, i);
		}
	}
	pkgfilereadall(ps, dir, files, n, PKG_NOLINK);
	for (i = 0; i < n; i++)
		free(files[i]);
	free(files);
	n = 0;
	for (d = t->list; d < t->list + t->n; d++) {
		if (d->shared != shared || !isgood(d) || !d->m)
			continue;
		for (i = 0; i < d->m->n; i++)
			d->pkgs[i] = &ps->list[n++];
		deliveredcheck(d);
	}
}

static void
readpackages(struct taking *t)
{
	int dir;

	readfrom(t, t->sp->incoming, 0, &t->pkgs);
	dir = open(t->set.home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	readfrom(t, dir, 1, &t->theirs);
	ioclose(dir);
}

/* opens the indexes of the deliveries, and that of SPIFF_ARCH: its stage can move when a
 * main repository has changed */
static void
openindexes(struct taking *t)
{
	struct delivered *d;
	char *path;

	for (d = t->list; d < t->list + t->n; d++) {
		if (isgood(d) && d->m)
			deliveredneed(d, &t->set);
	}
	path = xasprintf("%s/%s-repodata", t->set.home, confget(CONF_ARCH));
	if (access(path, F_OK) == 0)
		indexsetneed(&t->set, "", confget(CONF_ARCH), 0);
	free(path);
	indexsetopen(&t->set, 1);
}

/* refuses deliveries that would break packages of a main repository */
static void
refuseall(struct taking *t)
{
	struct candidate *c;
	struct delivered *d;
	size_t i, n;
	int r;

	do {
		c = NULL;
		n = 0;
		for (d = t->list; d < t->list + t->n; d++) {
			if (isgood(d) && d->m)
				deliveredcandidates(d, &t->set, &c, &n);
		}
		r = stagesrefuse(&t->set, c, n);
		for (i = 0, d = t->list; i < n; i++) {
			/* the candidates are in the order of the deliveries */
			while (c[i].owner != d->name)
				d++;
			if (c[i].why && !d->why)
				d->why = xasprintf("%s: %s", c[i].pkg->pkgver,
				    c[i].why);
			free(c[i].why);
			if (r < 0)
				d->later = 1;
		}
		free(c);
	} while (r > 0);
}

/* signs the packages of all good deliveries, in incoming/ */
static int
signall(struct taking *t)
{
	struct delivered *d;
	char **files, *path;
	size_t i, n;
	int r;

	files = NULL;
	n = 0;
	for (d = t->list; d < t->list + t->n; d++) {
		for (i = 0; isgood(d) && d->m && !d->shared && i < d->m->n; i++) {
			path = deliveredpath(d, i);
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
	struct delivered *d;
	int failed;

	for (d = t->list; d < t->list + t->n; d++) {
		if (isgood(d) && d->m)
			deliveredask(d, &t->set);
	}
	refuseall(t);
	failed = t->signer->on && signall(t) < 0;
	for (d = t->list; d < t->list + t->n; d++) {
		if (!isgood(d) || !d->m)
			continue;
		d->later = failed;
		if (!d->later)
			deliveredadd(d, t->sp->incoming, t->signer, &t->set);
	}
}

/* The repositories from which the chroots of jobs were made: as they are before anything
 * is added. */
struct chroots {
	struct interfaces *interfaces;
	struct repos *target;	/* of the open indexes, which the set frees */
	struct repos *host;	/* of the last job's host, if that is another
				 * architecture, or NULL */
};

/* opens the repositories of a job, unless the last one had the same; -1 after a
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

/* writes into each job's file against which interfaces it was built */
static void
writeagainst(struct taking *t)
{
	struct chroots c = { 0 };
	const struct job *j;
	struct delivered *d;
	struct buf b = { 0 };
	char *words;

	for (d = t->list; d < t->list + t->n; d++) {
		j = d->job;
		if (!isgood(d) || !d->m || !j->with ||
		    openchroots(&c, &t->set, j) < 0)
			continue;
		words = interfaceswith(c.interfaces, strcmp(j->host, j->arch) ?
		    c.host : c.target, c.target, j->with, j->makes, j->nmakes);
		/* an earlier run may have written it, and failed: the file must not
		 * grow */
		if (!j->against || strcmp(j->against, words) != 0) {
			jobline(&b, "against", words);
			spoolsign(t->sp, BUILT, d->name, &b);
		}
		buffree(&b);
		free(words);
	}
	interfacesclose(c.interfaces);
	reposdel(c.host);
}

/* a job without a delivery: an earlier run took it in, or there was none */
static void
checkabsent(struct taking *t, struct delivered *d)
{
	const struct repopkg *p;
	struct repo *r;
	void **place;

	place = tableput(t->written, d->job->arch);
	if (!*place)
		*place = repoopen(t->set.home, d->job->arch, 1);
	r = *place;
	if (!r) {
		d->later = 1;
		return;
	}
	p = repoget(r, d->job->pkgname);
	if (p && strcmp(p->pkgver, d->job->pkgver) == 0)
		;
	else if (d->job->noarch)
		d->back = 1;
	else
		d->why = xstrdup("nothing was delivered");
}

static char *
hiddenname(const struct delivered *d)
{
	return xasprintf(".%s.done", d->name);
}

static int
hidedelivery(const struct taking *t, const struct delivered *d)
{
	char *name;
	int r;

	if (!spoolheld(t->sp))
		return -1;
	name = hiddenname(d);
	r = iorename(t->sp->incoming, d->name, name);
	free(name);
	if (r < 0 && errno != ENOENT) {
		warn("%s/incoming/%s", t->sp->path, d->name);
		return -1;
	}
	return 0;
}

/* writes why a delivery is bad into the job's file, or beside it if the file is no job */
static int
writereason(struct taking *t, const struct delivered *d)
{
	struct buf b = { 0 };
	char *name;
	int r;

	jobline(&b, "class", "delivery");
	jobline(&b, "reason", d->why);
	if (d->job) {
		r = spoolnote(t->sp, BUILT, d->name, &b);
	} else {
		name = xasprintf("%s.reason", d->name);
		r = ioreplace(t->sp->states[FAIL], name, b.s, b.len, 0644);
		if (r < 0)
			warn("%s/fail/%s", t->sp->path, name);
		free(name);
	}
	buffree(&b);
	return r;
}

/* writes into a noarch job's file that it must be built, like any other */
static int
writeback(struct taking *t, const struct delivered *d)
{
	struct buf b = { 0 };
	int r;

	jobnumber(&b, "noarch", 0);
	jobline(&b, "shared", "");
	r = spoolnote(t->sp, BUILT, d->name, &b);
	buffree(&b);
	return r;
}

/* decides which jobs end, and hides their deliveries */
static void
hidedeliveries(struct taking *t)
{
	struct delivered *d;
	void *repo;
	size_t i;

	t->written = mktable();
	for (d = t->list; d < t->list + t->n; d++) {
		if (isgood(d) && !d->m)
			checkabsent(t, d);
		if (isgood(d) && d->m && !deliveredwritten(d, &t->set))
			d->later = 1;
		if ((d->why && writereason(t, d) < 0) ||
		    (d->back && writeback(t, d) < 0))
			d->later = 1;
		if (!d->later && hidedelivery(t, d) < 0)
			d->later = 1;
	}
	for (i = 0; tablenext(t->written, &i, &repo);)
		repodel(repo);
	tabledel(t->written);
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

/* moves the jobs to done/ or fail/; returns what takein does */
static int
movejobs(struct taking *t)
{
	struct buf said = { 0 };
	struct delivered *d;
	enum state to;
	int r, status;

	status = 0;
	for (d = t->list; d < t->list + t->n; d++) {
		if (d->later) {
			status = -1;
			continue;
		}
		to = d->why ? FAIL : d->back ? READY : DONE;
		r = spoolmove(t->sp, BUILT, to, d->name);
		if (r < 0)
			status = -1;
		if (r <= 0)
			continue;
		buffmt(&said, "%s\t%s", spoolstates[to], d->name);
		if (d->why) {
			bufchar(&said, '\t');
			textclean(&said, d->why);
		}
		bufchar(&said, '\n');
		if (d->why && status == 0)
			status = 1;
	}
	if (said.len > 0)
		print(said.s, said.len);
	buffree(&said);
	if (spoolsync(t->sp) < 0)
		status = -1;
	/* many at a time, as each waits for the disk */
	threadsrun(t->n, removehidden, t);
	return status;
}

/* removes a hidden delivery that a crash has left */
static int
sweephidden(const char *name, void *arg)
{
	const struct spool *sp = arg;

	if (*name == '.' && textends(name, ".done") &&
	    ioremove(sp->incoming, name) < 0)
		warn("%s/incoming/%s", sp->path, name);
	return 0;
}

static int
takeall(struct spool *sp, const struct signer *sg, const char *repo)
{
	struct taking t = { 0 };
	const char *sub;
	char **names, *home;
	size_t i, n;
	int failed, r;

	if (iolist(sp->incoming, sweephidden, sp) < 0) {
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
	readdeliveries(&t, names, n);
	spoollistfree(names, n);
	readpackages(&t);
	openindexes(&t);
	writeagainst(&t);
	addall(&t);
	failed = indexwrite(&t.set, sg) < 0;
	hidedeliveries(&t);
	r = movejobs(&t);
	indexsetclose(&t.set);
	pkgfilefreeall(&t.pkgs);
	pkgfilefreeall(&t.theirs);
	for (i = 0; i < t.n; i++)
		deliveredfree(&t.list[i]);
	free(t.list);
	return failed ? -1 : r;
}

int
takein(struct spool *sp, const struct signer *sg, const char *repo)
{
	char *path;
	int fd, r;

	/* a second run would find deliveries gone whose jobs are not done */
	path = xasprintf("%s/incoming/.lock", sp->path);
	fd = repolocktake(sp->incoming, ".lock", path, 0);
	free(path);
	if (fd < 0)
		return -1;
	spoolfence(sp, fd, sp->incoming, ".lock");
	r = takeall(sp, sg, repo);
	spoolfence(sp, -1, -1, NULL);
	close(fd);
	return r;
}
