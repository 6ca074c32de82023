#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/io.h"
#include "base/lock.h"
#include "base/threads.h"
#include "base/x.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "web/dir.h"
#include "web/web.h"
#include "xbps/repo.h"

enum {
	EVERY = 30,	/* seconds until what builds is looked at again */
	CHUNK = 256	/* files that a thread takes at a time */
};

/* files whose times tell whether they have changed */
struct files {
	struct file {
		char *name;
		int dir;
		unsigned place;	/* number of that directory, the same for all callers */
	} *list;
	size_t n;
	int dir;		/* of those that are being added */
	unsigned places;	/* directories that were added so far */
	int running;		/* something builds */
	uint64_t names;		/* sum of the hashes of names */
	uint64_t *sums;		/* by chunk, of all else */
};

static void
add(struct files *f, int dir, char *name)
{
	f->list = xgrow(f->list, f->n, sizeof *f->list);
	f->list[f->n].place = f->places;
	f->list[f->n].name = name;
	f->list[f->n++].dir = dir;
}

static int
addone(const char *name, void *arg)
{
	struct files *f = arg;

	add(f, f->dir, xstrdup(name));
	return 0;
}

/* what is in done/ has ended: its names say enough */
static int
addname(const char *name, void *arg)
{
	struct files *f = arg;

	f->names += pageshash(0, name, strlen(name));
	return 0;
}

static uint64_t
look(const struct file *f)
{
	struct stat st;
	int64_t what[5] = {0};

	if (fstatat(f->dir, f->name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		what[0] = st.st_mtim.tv_sec;
		what[1] = st.st_mtim.tv_nsec;
		what[2] = st.st_ctim.tv_sec;
		what[3] = st.st_ctim.tv_nsec;
		what[4] = st.st_size;
	}
	return pageshash(pageshash((uint64_t)f->place + 1, f->name,
	    strlen(f->name)), what, sizeof what);
}

/* adds up, so that the order of a directory does not matter */
static void
chunk(void *arg, size_t i, unsigned thread)
{
	struct files *f = arg;
	size_t k;

	(void)thread;
	for (k = i * CHUNK; k < f->n && k < (i + 1) * CHUNK; k++)
		f->sums[i] += look(&f->list[k]);
}

static void
addindexes(struct files *f, const char *dir, const char *arch)
{
	const char *sub;
	size_t i;

	for (i = 0; (sub = reposub(i)); i++)
		add(f, AT_FDCWD, xasprintf("%s%s%s/%s-repodata", dir,
		    *sub ? "/" : "", sub, arch));
}

/* those of other architectures change with jobs, mostly */
static void
addrepos(struct files *f)
{
	const char *dir;
	char **dirs;
	size_t i, n;

	dirs = conflist(CONF_REPOS, &n);
	for (i = 0; i <= n; i++) {
		dir = i < n ? dirs[i] : confget(CONF_REPO);
		addindexes(f, dir, confget(CONF_ARCH));
		if (strcmp(confget(CONF_ARCH), confget(CONF_HOST)) != 0)
			addindexes(f, dir, confget(CONF_HOST));
	}
	free(dirs);
}

/* the jobs and the logs that are being written */
static int
addjobs(struct files *f, const struct spool *sp)
{
	size_t i, n;
	int state;

	for (state = 0; state < NSTATE; state++) {
		n = f->n;
		f->places++;
		f->dir = sp->states[state];
		if (iolist(f->dir, state == DONE ? addname : addone, f) < 0)
			return -1;
		if (state != RUN)
			continue;
		f->running = f->n > n;
		for (i = f->n; i-- > n;)
			add(f, sp->log, xasprintf("%s.log", f->list[i].name));
	}
	return 0;
}

/* what another version of us would write is something else */
static int64_t
version(void)
{
	struct stat st;

	return stat("/proc/self/exe", &st) == 0 ?
	    (int64_t)st.st_mtim.tv_sec ^ (int64_t)st.st_size : 0;
}

uint64_t
sitesignature(const struct spool *sp)
{
	struct files f = {0};
	int64_t also[3];
	uint64_t hash;
	size_t chunks, i;
	int r;

	r = addjobs(&f, sp);
	add(&f, sp->log, xstrdup("."));
	add(&f, sp->dir, xstrdup("pause"));
	add(&f, sp->dir, xstrdup("trouble"));
	addrepos(&f);
	chunks = (f.n + CHUNK - 1) / CHUNK;
	f.sums = xcalloc(chunks, sizeof *f.sums);
	poolrun(chunks, chunk, &f);
	hash = f.names;
	for (i = 0; i < chunks; i++)
		hash += f.sums[i];
	for (i = 0; i < f.n; i++)
		free(f.list[i].name);
	free(f.list);
	free(f.sums);
	also[0] = f.running ? time(NULL) / EVERY : 0;
	also[1] = lockholder(sp->dir, "lock");
	also[2] = version();
	return r < 0 ? 0 : pageshash(hash, also, sizeof also);
}
