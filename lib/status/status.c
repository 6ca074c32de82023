#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/graph.h"
#include "base/io.h"
#include "base/lock.h"
#include "base/table.h"
#include "base/text.h"
#include "base/threads.h"
#include "base/x.h"
#include "spool/job.h"
#include "spool/limits.h"
#include "spool/spool.h"
#include "status/status.h"

#define REASON ".reason"

enum {
	ALL = (1u << NSTATE) - 1,
	TROUBLEMAX = 4096,
	CHUNK = 128		/* files that a thread reads at a time */
};

struct sjob *
statusadd(struct status *st, const char *name)
{
	struct sjob *j;
	void **place;

	place = tableput(st->names, name);
	if (!*place) {
		j = xcalloc(1, sizeof *j);
		j->name = tablekey(st->names, name);
		j->state = NSTATE;
		j->at = st->n;
		st->jobs = xgrow(st->jobs, st->n, sizeof *st->jobs);
		st->jobs[st->n++] = j;
		*place = j;
	}
	return *place;
}

/* whether a job that an ended state has too was asked for again: an earlier state still
 * has it */
static int
isaskedagain(const struct status *st, const struct sjob *j, enum state state)
{
	struct stat file;

	return state >= DONE && j->state < DONE &&
	    fstatat(st->sp->states[j->state], j->name, &file,
	    AT_SYMLINK_NOFOLLOW) == 0;
}

/* a state whose directory is being listed */
struct listing {
	struct status *st;
	enum state state;
};

static int
addlisted(const char *name, void *arg)
{
	const struct listing *l = arg;
	struct sjob *j;

	if (*name == '.')
		return 0;
	j = statusadd(l->st, name);
	if (!isaskedagain(l->st, j, l->state))
		j->state = l->state;
	return 0;
}

static int
liststate(struct status *st, enum state state, struct timespec *when)
{
	struct listing l = { st, state };
	struct stat dir;

	if (fstat(st->sp->states[state], &dir) < 0 ||
	    iolist(st->sp->states[state], addlisted, &l) < 0) {
		warn("%s/%s", st->sp->path, spoolstates[state]);
		return -1;
	}
	*when = dir.st_mtim;
	return 0;
}

/* Jobs move while their directories are listed, mostly forward, as the listing does: if a
 * job is seen twice, the later state counts, unless it was asked for again. A job that
 * moved back is in a directory that changed after it was listed, so those are listed
 * again. */
static int
listall(struct status *st)
{
	struct timespec listed[NSTATE], again;
	struct stat dir;
	int i;

	for (i = 0; i < NSTATE; i++) {
		if (liststate(st, (enum state)i, &listed[i]) < 0)
			return -1;
	}
	for (i = 0; i < NSTATE; i++) {
		if (fstat(st->sp->states[i], &dir) == 0 &&
		    (dir.st_mtim.tv_sec != listed[i].tv_sec ||
		    dir.st_mtim.tv_nsec != listed[i].tv_nsec) &&
		    liststate(st, (enum state)i, &again) < 0)
			return -1;
	}
	return 0;
}

/* in fail/ NAME.reason belongs to NAME, and is no job */
static void
hidereasons(struct status *st)
{
	struct sjob *j, *of;
	char *name;
	size_t i, n;

	for (i = 0; i < st->n; i++) {
		j = st->jobs[i];
		n = j->state == FAIL ? textends(j->name, REASON) : 0;
		if (!n)
			continue;
		name = xstrndup(j->name, n);
		of = statusget(st, name);
		if (of && of->state == FAIL)
			j->state = NSTATE;
		free(name);
	}
}

static int
byname(const void *a, const void *b)
{
	const struct sjob *x = *(struct sjob *const *)a;
	const struct sjob *y = *(struct sjob *const *)b;

	return strcmp(x->name, y->name);
}

/* returns the first line of a file in which spiff-run says what it cannot do, NULL if it
 * can; the caller owns it */
static char *
readtrouble(const struct spool *sp, const char *name)
{
	struct buf b = {0};

	if (ioread(sp->dir, name, TROUBLEMAX, &b) < 0) {
		buffree(&b);
		return NULL;
	}
	bufadd(&b, "", 0);
	b.s[strcspn(b.s, "\n")] = '\0';
	return buftake(&b);
}

/* reads what keeps spiff-run from starting builds, and what keeps packages from the
 * index */
static void
readtroubles(struct status *st)
{
	struct stat file;

	if (fstatat(st->sp->dir, "trouble", &file, AT_SYMLINK_NOFOLLOW) == 0) {
		st->trouble = readtrouble(st->sp, "trouble");
		st->troubled = file.st_mtim.tv_sec;
	}
	st->unindexed = readtrouble(st->sp, "unindexed");
}

/* reads the same of a cluster: lines "trouble WHY" and "out NODE-ID NODE WHY" */
static void
readcluster(struct status *st)
{
	struct buf b = {0}, lines = {0};
	char *line, *node, *why;

	if (ioread(st->sp->dir, "cluster", TROUBLEMAX, &b) < 0)
		return;
	bufadd(&b, "", 0);
	for (line = strtok(b.s, "\n"); line; line = strtok(NULL, "\n")) {
		if (strncmp(line, "trouble ", 8) == 0) {
			free(st->silent);
			st->silent = xstrdup(line + 8);
			buffmt(&lines, "the cluster tells nothing of its builds: "
			    "%s\n", line + 8);
		} else if (strncmp(line, "out ", 4) == 0 &&
		    (node = strchr(line + 4, ' '))) {
			why = node + 1 + strcspn(node + 1, " ");
			buffmt(&lines, "the node %.*s is left out for a while, as "
			    "it spoils builds:%s\n", (int)(why - node - 1),
			    node + 1, why);
		}
	}
	if (lines.len)
		st->cluster = buftake(&lines);
	buffree(&lines);
	buffree(&b);
}

static struct limits *limits;

int
statusopen(struct status *st, const struct spool *sp)
{
	size_t i;

	memset(st, 0, sizeof *st);
	st->sp = sp;
	st->names = mktable();
	/* kept, so that a fault in the file is told once */
	if (!limits)
		limits = mklimits();
	limitsread(limits);
	st->limits = limits;
	st->now = time(NULL);
	st->runner = lockholder(sp->dir, "lock");
	st->paused = faccessat(sp->dir, "pause", F_OK, 0) == 0;
	readtroubles(st);
	readcluster(st);
	if (listall(st) < 0)
		return -1;
	hidereasons(st);
	if (st->n > 0)
		qsort(st->jobs, st->n, sizeof *st->jobs, byname);
	for (i = 0; i < st->n; i++) {
		st->jobs[i]->at = i;
		if (st->jobs[i]->state != NSTATE)
			st->counts[st->jobs[i]->state]++;
	}
	return 0;
}

static void
sjobdel(struct sjob *j)
{
	jobfree(&j->job);
	free(j->fault);
	free(j->cycle);
	free(j);
}

void
statusclose(struct status *st)
{
	size_t i;

	for (i = 0; i < st->n; i++)
		sjobdel(st->jobs[i]);
	free(st->jobs);
	free(st->trouble);
	free(st->unindexed);
	free(st->silent);
	free(st->cluster);
	if (st->graph)
		graphdel(st->graph);
	tabledel(st->names);
}

struct sjob *
statusget(const struct status *st, const char *name)
{
	return tableget(st->names, name);
}

static void
changestate(struct status *st, struct sjob *j, enum state to)
{
	if (j->state != NSTATE)
		st->counts[j->state]--;
	j->state = to;
	if (to != NSTATE)
		st->counts[to]++;
}

/* returns when a job came to its state: by its own lines, or the time of its file's last
 * change */
static int64_t
sinceof(const struct job *j, enum state state, int64_t changed)
{
	if (state == RUN && j->started)
		return j->started;
	if ((state == BUILT || state == DONE || state == FAIL) &&
	    j->ended >= j->started && j->ended)
		return j->ended;
	return changed;
}

/* reads a file that is no job: a request, or the reason beside a refused file */
static void
readother(const struct status *st, struct sjob *j)
{
	struct buf b = {0};
	char *name, *why;
	int r;

	why = NULL;
	name = xasprintf("%s%s", j->name, j->state == FAIL ? REASON : "");
	r = spooltext(st->sp, j->state, name, &b, &why);
	free(name);
	free(why);
	if (r == 1 && j->state == NEW)
		j->request = !jobis(b.s);
	if (r == 1 && (j->state == FAIL || j->request)) {
		while (b.len > 0 && b.s[b.len - 1] == '\n')
			b.s[--b.len] = '\0';
		free(j->fault);
		j->fault = buftake(&b);
	}
	buffree(&b);
}

static int
readjobfile(const struct status *st, struct sjob *j)
{
	struct stat file;
	int r;

	r = spoolread(st->sp, j->state, j->name, &j->job, &j->fault);
	if (r < 0 && (j->state == NEW || j->state == FAIL))
		readother(st, j);
	if (r < 0 && fstatat(st->sp->states[j->state], j->name, &file,
	    AT_SYMLINK_NOFOLLOW) == 0)
		j->since = file.st_ctim.tv_sec;
	if (r == 1)
		j->since = sinceof(&j->job, j->state, j->job.ctime);
	if (r == 1 && j->state < RUN)
		j->held = limitshold(st->limits, j->name, j->job.style, NULL);
	return r;
}

int64_t
statussince(const struct status *st, const struct sjob *j)
{
	struct stat file;

	if (j->read)
		return j->since;
	if (j->state == NSTATE || fstatat(st->sp->states[j->state], j->name,
	    &file, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	/* the file was written last at the job's end; copying a spool keeps this time */
	return j->state == DONE ? file.st_mtim.tv_sec : file.st_ctim.tv_sec;
}

/* looks twice, as a job may move behind the first look */
static enum state
findstate(const struct status *st, const char *name)
{
	enum state state;

	state = spoolfind(st->sp, name, ALL);
	return state == NSTATE ? spoolfind(st->sp, name, ALL) : state;
}

void
statusread(struct status *st, struct sjob *j)
{
	while (!j->read && j->state != NSTATE) {
		j->read = readjobfile(st, j) != 0;
		if (!j->read)
			changestate(st, j, findstate(st, j->name));
	}
}

struct reading {
	const struct status *st;
	unsigned states;
};

static int
isunread(const struct sjob *j, unsigned states)
{
	return !j->read && j->state != NSTATE && states & 1u << j->state;
}

/* threads may read many jobs at a time, as each changes its own job alone */
static void
readchunk(void *arg, size_t chunk, unsigned thread)
{
	const struct reading *r = arg;
	struct sjob *j;
	size_t i;

	(void)thread;
	for (i = chunk * CHUNK; i < r->st->n && i < (chunk + 1) * CHUNK; i++) {
		j = r->st->jobs[i];
		if (isunread(j, r->states))
			j->read = readjobfile(r->st, j) != 0;
	}
}

void
statusreadall(struct status *st, unsigned states)
{
	struct reading r = { st, states };
	size_t i;

	threadsrun((st->n + CHUNK - 1) / CHUNK, readchunk, &r);
	/* jobs that have moved meanwhile */
	for (i = 0; i < st->n; i++) {
		if (isunread(st->jobs[i], states))
			statusread(st, st->jobs[i]);
	}
}
