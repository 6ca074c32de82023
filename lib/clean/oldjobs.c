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
	struct table *built;	/* the same, of done/ alone */
	struct table *names;	/* of jobs in any state */
	struct table *needed;	/* names of jobs that others need, and of those that took
				 * their place */
};

static int
later(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec :
	    a->tv_nsec > b->tv_nsec;
}

/* reads a job; 0 also when it is none, -1 after a message when the system failed */
static int
readjob(const struct jobsweep *k, enum state st, const char *name, struct job *j)
{
	char *why;
	int r;

	r = spoolread(k->sp, st, name, j, &why);
	if (r == -2)
		warnx("%s/%s/%s: %s", k->sp->path, spoolstates[st], name, why);
	if (r < 0)
		free(why);
	return r == -2 ? -1 : r == 1;
}

/* remembers a needed job, and those that took its place; -1 after a message */
static int
addneeded(struct jobsweep *k, const char *need)
{
	struct job j;
	char *name;
	int r;

	name = xstrdup(need);
	r = 1;
	while (r == 1 && jobnameok(name) && !tableget(k->needed, name)) {
		*tableput(k->needed, name) = k;
		r = readjob(k, CANCEL, name, &j);
		if (r == 1) {
			free(name);
			name = xstrdup(j.by ? j.by : "");
			jobfree(&j);
		}
	}
	free(name);
	return r < 0 ? -1 : 0;
}

/* remembers what a job needs; -1 after a message */
static int
rememberneeds(struct jobsweep *k, enum state st, const char *name)
{
	struct job j;
	size_t i;
	int r;

	r = readjob(k, st, name, &j);
	if (r < 1)
		return r;
	for (i = 0; i < j.nneeds && r >= 0; i++)
		r = addneeded(k, j.needs[i]);
	jobfree(&j);
	return r < 0 ? -1 : 0;
}

/* keeps a job as the newest of its package, unless the table has a newer one */
static void
putnewest(struct table *t, const char *name, const struct timespec *mtime)
{
	struct newest **place;
	char *base;

	base = jobbase(name);
	place = (struct newest **)tableput(t, base);
	if (!*place)
		*place = xcalloc(1, sizeof **place);
	if (!(*place)->job || later(mtime, &(*place)->mtime)) {
		free((*place)->job);
		(*place)->job = xstrdup(name);
		(*place)->mtime = *mtime;
	}
	free(base);
}

/* remembers the newest job of each package in done/ and fail/, and the newest in done/,
 * which is that of the package in the repository */
static void
remembernewest(struct jobsweep *k, enum state st, const char *name)
{
	struct stat s;

	if (fstatat(k->sp->states[st], name, &s, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	putnewest(k->newest, name, &s.st_mtim);
	if (st == DONE)
		putnewest(k->built, name, &s.st_mtim);
}

static int
remember(struct jobsweep *k, enum state st, const char *name)
{
	if (!jobnameok(name))
		return 0;
	*tableput(k->names, name) = k;
	if (st == DONE || st == FAIL)
		remembernewest(k, st, name);
	/* one that has failed needs the same when somebody has it built again */
	return st == DONE || st == CANCEL ? 0 : rememberneeds(k, st, name);
}

/* calls fn for each name in a state until it returns -1 */
static int
eachjob(struct jobsweep *k, enum state st,
    int (*fn)(struct jobsweep *k, enum state st, const char *name))
{
	char **names;
	size_t i, n;
	int r;

	if (spoollist(k->sp, st, &names, &n) < 0)
		return -1;
	r = 0;
	for (i = 0; i < n && r == 0; i++)
		r = fn(k, st, names[i]);
	spoollistfree(names, n);
	return r;
}

static int
isnewest(const struct jobsweep *k, enum state st, const char *name)
{
	struct newest *n;
	char *base;

	if (!jobnameok(name) || st == CANCEL)
		return 0;
	base = jobbase(name);
	n = tableget(st == DONE ? k->built : k->newest, base);
	free(base);
	return n && strcmp(n->job, name) == 0;
}

/* removes an old job, unless spiff-run has to look there for what another job needs */
static int
dropjob(struct jobsweep *k, enum state st, const char *name)
{
	char *path;

	if (!leftoverold(k->l, k->sp->states[st], name) || isnewest(k, st, name) ||
	    tableget(k->needed, name))
		return 0;
	path = xasprintf("%s/%s/%s", k->sp->path, spoolstates[st], name);
	leftoverdrop(k->l, "job", k->sp->states[st], name, path);
	free(path);
	tabledrop(k->names, name);
	return 0;
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

static void
newestdel(struct table *t)
{
	struct newest *n;
	void *value;
	size_t i;

	for (i = 0; tablenext(t, &i, &value);) {
		n = value;
		free(n->job);
	}
	tabledelall(t);
}

int
oldjobs(struct leftovers *l, const struct spool *sp)
{
	struct jobsweep k = { .l = l, .sp = sp };
	int r, st;

	k.newest = mktable();
	k.built = mktable();
	k.names = mktable();
	k.needed = mktable();
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
	newestdel(k.newest);
	newestdel(k.built);
	tabledel(k.names);
	tabledel(k.needed);
	return r;
}
