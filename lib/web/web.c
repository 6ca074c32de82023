#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/lock.h"
#include "base/table.h"
#include "base/x.h"
#include "icon.svg.h"
#include "queue/available.h"
#include "site.js.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/forecast.h"
#include "status/status.h"
#include "style.css.h"
#include "web/dir.h"
#include "web/web.h"
#include "xbps/repo.h"

/* seconds until the pages are written again though no file has changed */
enum {
	EVERY = 30,		/* while a build runs */
	SELDOM = 3600		/* else */
};

/* The signature of the files that the pages are made from: the sum of their hashes, as
 * a directory has no order. */
struct input {
	uint64_t sum;
	int state;		/* whose directory is being listed */
	int running;		/* a build runs */
	const struct spool *sp;
};

/* adds a file's name, times and size */
static void
hashfile(struct input *l, int dir, const char *name)
{
	struct stat st;
	int64_t what[6] = { l->state };

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		what[1] = st.st_mtim.tv_sec;
		what[2] = st.st_mtim.tv_nsec;
		what[3] = st.st_ctim.tv_sec;
		what[4] = st.st_ctim.tv_nsec;
		what[5] = st.st_size;
	}
	l->sum += dirhash(dirhash(0, name, strlen(name)), what, sizeof what);
}

/* jobs in done/ do not change, so their names are enough; of a running job the log
 * grows */
static int
hashjob(const char *name, void *arg)
{
	struct input *l = arg;
	char *log;

	if (l->state == DONE) {
		l->sum += dirhash(0, name, strlen(name));
		return 0;
	}
	hashfile(l, l->sp->states[l->state], name);
	if (l->state == RUN) {
		log = xasprintf("%s.log", name);
		hashfile(l, l->sp->log, log);
		free(log);
		l->running = 1;
	}
	return 0;
}

static void
hashrepo(struct input *l, const char *dir, const char *arch)
{
	const char *sub;
	char *path;
	size_t i;

	for (i = 0; (sub = reposub(i)); i++) {
		path = xasprintf("%s%s%s/%s-repodata", dir, *sub ? "/" : "", sub, arch);
		hashfile(l, AT_FDCWD, path);
		free(path);
	}
}

/* Indexes of architectures that are no setting change with the spool's jobs. */
static void
hashrepos(struct input *l)
{
	static const enum conf archs[] = { CONF_ARCH, CONF_HOST };
	const char *arch;
	char **dirs;
	size_t a, i, n;

	for (a = 0; a < 2; a++) {
		arch = confget(archs[a]);
		hashrepo(l, confget(CONF_REPO), arch);
		dirs = confplaces(CONF_REPOS, arch, &n);
		for (i = 0; i < n; i++)
			hashrepo(l, dirs[i], arch);
		free(dirs);
	}
}

/* another version of the program writes other pages */
static int64_t
programversion(void)
{
	struct stat st;

	return stat("/proc/self/exe", &st) == 0 ?
	    (int64_t)st.st_mtim.tv_sec ^ (int64_t)st.st_size : 0;
}

/* Returns a number that changes when the pages would, so that it takes milliseconds to
 * find that nothing has changed, the usual case; 0 when the spool cannot be read. */
static uint64_t
inputsignature(const struct spool *sp)
{
	struct input l = { .sp = sp };
	int64_t also[3];

	for (l.state = 0; l.state < NSTATE; l.state++) {
		if (iolist(sp->states[l.state], hashjob, &l) < 0)
			return 0;
	}
	hashfile(&l, sp->log, ".");
	hashfile(&l, sp->dir, "pause");
	hashfile(&l, sp->dir, "trouble");
	hashfile(&l, sp->dir, "unindexed");
	hashfile(&l, sp->dir, "cluster");
	hashfile(&l, sp->dir, "broken");
	hashfile(&l, AT_FDCWD, confget(CONF_LIMITS));
	hashfile(&l, AT_FDCWD, confget(CONF_HISTORY));
	hashrepos(&l);
	l.sum += dirhash(0, confget(CONF_TREEURL), strlen(confget(CONF_TREEURL)));
	l.sum += dirhash(1, confget(CONF_SLOTS), strlen(confget(CONF_SLOTS)));
	also[0] = time(NULL) / (l.running ? EVERY : SELDOM);
	also[1] = lockholder(sp->dir, "lock");
	also[2] = programversion();
	return dirhash(l.sum, also, sizeof also);
}

static int
putasset(struct site *s, const char *name, const char *text)
{
	struct buf b = {0};
	int r;

	bufstr(&b, text);
	r = dirput(s->dir, name, &b);
	buffree(&b);
	return r;
}

static int
writepages(struct site *s)
{
	size_t i;

	if (putasset(s, "style.css", stylecss) < 0 ||
	    putasset(s, "site.js", sitejs) < 0 ||
	    putasset(s, "icon.svg", iconsvg) < 0)
		return -1;
	for (i = 0; i < s->nfamilies; i++) {
		if (webfamilypage(s, s->families[i]) < 0)
			return -1;
	}
	if (webpackages(s) < 0 || webschedule(s) < 0 || webhistory(s) < 0 ||
	    webfeed(s) < 0 || webdata(s) < 0 ||
	    webarches(s, weboverview) < 0)
		return -1;
	/* the first page comes last, as its links lead to the others */
	return weboverview(s);
}

static int
makesite(struct site *s)
{
	struct status st;
	struct available *available;
	struct forecast e;
	int r;

	r = statusopen(&st, s->sp);
	if (r == 0) {
		available = mkavailable();
		statuslink(&st, available);
		availabledel(available);
		statusreadall(&st, (1u << NSTATE) - 1);
		r = forecastmake(&st, 0, &e);
	}
	if (r == 0) {
		s->st = &st;
		s->e = &e;
		r = webmodel(s);
		/* the last good pages are better than some without packages */
		if (r == 0) {
			weblogs(s);
			r = writepages(s);
			tabledel(s->logs);
		}
		webmodelfree(s);
	}
	statusclose(&st);
	return r;
}

int
webwrite(const struct spool *sp, const char *dir)
{
	struct site s = { .sp = sp };
	int r;

	/* the signature first: what changes while we read is seen next time */
	s.dir = diropen(dir, inputsignature(sp));
	if (!s.dir)
		return -1;
	r = dirfresh(s.dir) ? 0 : makesite(&s);
	if (r < 0 || dirfresh(s.dir)) {
		dirabandon(s.dir);
		return r;
	}
	return dirclose(s.dir);
}
