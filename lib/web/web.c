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

enum {
	EVERY = 30,		/* seconds until what builds is looked at again */
	SELDOM = 3600		/* and the rest: pages are to be known as new */
};

/* what the files look like that the pages are made from: the sum of their hashes, so
 * that the order of a directory does not matter */
struct look {
	uint64_t sum;
	int dir;		/* that is being listed */
	int state;
	int running;		/* something builds */
	const struct spool *sp;
};

static void
lookat(struct look *l, int dir, const char *name)
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

/* what is in done/ has ended: its names say enough. Of what builds the log grows */
static int
lookjob(const char *name, void *arg)
{
	struct look *l = arg;
	char *log;

	if (l->state == DONE) {
		l->sum += dirhash(0, name, strlen(name));
		return 0;
	}
	lookat(l, l->dir, name);
	if (l->state == RUN) {
		log = xasprintf("%s.log", name);
		lookat(l, l->sp->log, log);
		free(log);
		l->running = 1;
	}
	return 0;
}

/* indexes of other architectures change with jobs, mostly */
static void
lookrepos(struct look *l)
{
	const char *arch, *dir, *sub;
	char **dirs, *path;
	size_t i, k, n;
	int both;

	both = strcmp(confget(CONF_ARCH), confget(CONF_HOST)) != 0;
	dirs = conflist(CONF_REPOS, &n);
	for (i = 0; i < (n + 1) * (both ? 2 : 1); i++) {
		arch = confget(i > n ? CONF_HOST : CONF_ARCH);
		dir = i % (n + 1) < n ? dirs[i % (n + 1)] : confget(CONF_REPO);
		for (k = 0; (sub = reposub(k)); k++) {
			path = xasprintf("%s%s%s/%s-repodata", dir, *sub ? "/" : "",
			    sub, arch);
			lookat(l, AT_FDCWD, path);
			free(path);
		}
	}
	free(dirs);
}

/* what another version of us would write is something else */
static int64_t
version(void)
{
	struct stat st;

	return stat("/proc/self/exe", &st) == 0 ?
	    (int64_t)st.st_mtim.tv_sec ^ (int64_t)st.st_size : 0;
}

/* returns a number that is another one when what the pages show has changed, so that
 * the usual case, no change, takes milliseconds; 0 when that cannot be told */
static uint64_t
signature(const struct spool *sp)
{
	struct look l = { .sp = sp };
	int64_t also[3];

	for (l.state = 0; l.state < NSTATE; l.state++) {
		l.dir = sp->states[l.state];
		if (iolist(l.dir, lookjob, &l) < 0)
			return 0;
	}
	lookat(&l, sp->log, ".");
	lookat(&l, sp->dir, "pause");
	lookat(&l, sp->dir, "trouble");
	lookat(&l, sp->dir, "cluster");
	lookrepos(&l);
	l.sum += dirhash(0, confget(CONF_TREEURL), strlen(confget(CONF_TREEURL)));
	l.sum += dirhash(1, confget(CONF_SLOTS), strlen(confget(CONF_SLOTS)));
	also[0] = time(NULL) / (l.running ? EVERY : SELDOM);
	also[1] = lockholder(sp->dir, "lock");
	also[2] = version();
	return dirhash(l.sum, also, sizeof also);
}

static int
put(struct site *s, const char *name, const char *text)
{
	struct buf b = {0};
	int r;

	bufstr(&b, text);
	r = dirput(s->dir, name, &b);
	buffree(&b);
	return r;
}

static int
writeall(struct site *s)
{
	size_t i;

	if (put(s, "style.css", stylecss) < 0 ||
	    put(s, "site.js", sitejs) < 0 ||
	    put(s, "icon.svg", iconsvg) < 0)
		return -1;
	for (i = 0; i < s->nfamilies; i++) {
		if (webfamilypage(s, s->families[i]) < 0)
			return -1;
	}
	if (webpackages(s) < 0 || webschedule(s) < 0 || webhistory(s) < 0 ||
	    webfeed(s) < 0 || webdata(s) < 0)
		return -1;
	/* the first page comes last: it leads nowhere that is not there */
	return weboverview(s);
}

static int
make(struct site *s)
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
		webmodel(s);
		weblogs(s);
		r = writeall(s);
		tabledel(s->logs);
		webmodelfree(s);
	}
	statusclose(&st);
	return r;
}

int
webwrite(const struct spool *sp, const char *dir)
{
	struct site s = { .sp = sp };
	uint64_t sig;

	s.dir = diropen(dir);
	if (!s.dir)
		return -1;
	/* before anything is read: what changes meanwhile is seen next time */
	sig = signature(sp);
	if (sig && dirfresh(s.dir, sig)) {
		dirabandon(s.dir);
		return 0;
	}
	if (make(&s) < 0) {
		dirabandon(s.dir);
		return -1;
	}
	return dirclose(s.dir, sig);
}
