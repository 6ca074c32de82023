#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/table.h"
#include "base/text.h"
#include "base/x.h"
#include "clean/leftover.h"
#include "clean/oldjobs.h"
#include "spool/job.h"
#include "spool/spool.h"

struct newest {
	char *job;		/* whose file was written last */
	struct timespec mtime;
};

struct jobsweep {
	struct leftovers *l;
	const struct spool *sp;
	struct table *newest;	/* by NAME.ARCH, of done/ and fail/ */
	struct table *names;	/* of jobs in any state */
};

static int
later(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec :
	    a->tv_nsec > b->tv_nsec;
}

/* remembers the newest job of each package in done/ and fail/ */
static void
remember(struct jobsweep *k, enum state st, const char *name)
{
	struct newest **place;
	struct stat s;
	char *base;

	if (!jobnameok(name))
		return;
	*tableput(k->names, name) = k;
	if ((st != DONE && st != FAIL) || fstatat(k->sp->states[st], name, &s,
	    AT_SYMLINK_NOFOLLOW) < 0)
		return;
	base = jobbase(name);
	place = (struct newest **)tableput(k->newest, base);
	if (!*place)
		*place = xcalloc(1, sizeof **place);
	if (!(*place)->job || later(&s.st_mtim, &(*place)->mtime)) {
		free((*place)->job);
		(*place)->job = xstrdup(name);
		(*place)->mtime = s.st_mtim;
	}
	free(base);
}

static int
eachjob(struct jobsweep *k, enum state st,
    void (*fn)(struct jobsweep *k, enum state st, const char *name))
{
	char **names;
	size_t i, n;

	if (spoollist(k->sp, st, &names, &n) < 0)
		return -1;
	for (i = 0; i < n; i++)
		fn(k, st, names[i]);
	spoollistfree(names, n);
	return 0;
}

static int
isnewest(const struct jobsweep *k, enum state st, const char *name)
{
	struct newest *n;
	char *base;

	if (!jobnameok(name) || st == CANCEL)
		return 0;
	base = jobbase(name);
	n = tableget(k->newest, base);
	free(base);
	return n && strcmp(n->job, name) == 0;
}

static void
dropjob(struct jobsweep *k, enum state st, const char *name)
{
	char *path;

	if (!leftoverold(k->l, k->sp->states[st], name) || isnewest(k, st, name))
		return;
	path = xasprintf("%s/%s/%s", k->sp->path, spoolstates[st], name);
	leftoverdrop(k->l, "job", k->sp->states[st], name, path);
	free(path);
	tabledrop(k->names, name);
}

/* returns the name of a log's job, which the caller owns */
static char *
logjob(const char *name)
{
	size_t n;

	n = textends(name, ".log.gz");
	if (!n)
		n = textends(name, ".log");
	return n ? xstrndup(name, n) : xstrdup(name);
}

static int
droplog(const char *name, void *arg)
{
	struct jobsweep *k = arg;
	char *job, *path;

	job = logjob(name);
	if (leftoverold(k->l, k->sp->log, name) && !tableget(k->names, job)) {
		path = xasprintf("%s/log/%s", k->sp->path, name);
		leftoverdrop(k->l, "log", k->sp->log, name, path);
		free(path);
	}
	free(job);
	return 0;
}

int
oldjobs(struct leftovers *l, const struct spool *sp)
{
	struct jobsweep k = { .l = l, .sp = sp };
	struct newest *n;
	void *value;
	size_t i;
	int r, st;

	k.newest = mktable();
	k.names = mktable();
	/* backwards, too, so that a job that moves meanwhile is seen */
	r = 0;
	for (st = NSTATE - 1; st >= 0 && r == 0; st--)
		r = eachjob(&k, (enum state)st, remember);
	for (st = NEW; st < NSTATE && r == 0; st++)
		r = eachjob(&k, (enum state)st, remember);
	for (st = DONE; st < NSTATE && r == 0; st++)
		r = eachjob(&k, (enum state)st, dropjob);
	if (r == 0 && iolist(sp->log, droplog, &k) < 0) {
		warn("%s/log", sp->path);
		r = -1;
	}
	for (i = 0; tablenext(k.newest, &i, &value);) {
		n = value;
		free(n->job);
		free(n);
	}
	tabledel(k.newest);
	tabledel(k.names);
	return r;
}
