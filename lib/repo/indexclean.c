#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/threads.h"
#include "base/x.h"
#include "repo/index.h"
#include "repo/indexclean.h"
#include "xbps/pkgfile.h"
#include "xbps/plist.h"
#include "xbps/repodata.h"

enum state { GOOD, MISSING, DIFFERS, UNSOUND, UNKNOWN };

/* what an entry says; its strings outlive the entry's place in the index */
struct check {
	const char *name, *pkgver, *arch, *sha256;
	uint64_t size;
	char *file;		/* NULL for an unsound entry */
	enum state state;
	int error;		/* why it is unknown */
};

struct checks {
	struct check *list;
	size_t n;
	int hashes;
	pthread_mutex_t mutex;
	uint64_t bytes;		/* those of the files that are done */
	uint64_t all;
	FILE *progress;
	time_t shown;
};

static void
add(struct checks *cs, const struct index *ix, const struct plist *entry)
{
	struct check *c;

	cs->list = xgrow(cs->list, cs->n, sizeof *cs->list);
	c = &cs->list[cs->n++];
	c->name = entry->key;
	c->pkgver = pliststr(entry, "pkgver");
	c->arch = pliststr(entry, "architecture");
	c->sha256 = pliststr(entry, "filename-sha256");
	if (plistnum(entry, "filename-size", &c->size) < 0)
		c->size = 0;
	c->file = indexfile(ix, entry);
	c->state = GOOD;
	cs->all += c->size;
}

static void
show(struct checks *cs, uint64_t size)
{
	time_t now;

	if (!cs->progress)
		return;
	pthread_mutex_lock(&cs->mutex);
	cs->bytes += size;
	now = time(NULL);
	if (now != cs->shown && cs->bytes < cs->all) {
		cs->shown = now;
		fprintf(cs->progress, "\r%3d%%",
		    (int)(cs->bytes * 100 / cs->all));
		fflush(cs->progress);
	}
	pthread_mutex_unlock(&cs->mutex);
}

/* of a file that cannot be read: what the system may get over says nothing of it */
static enum state
unread(struct check *c, int e)
{
	if (!iotransient(e))
		return MISSING;
	c->error = e;
	return UNKNOWN;
}

static enum state
hashed(struct check *c)
{
	char hash[PKGHASH];
	uint64_t size;
	int e, fd, r;

	fd = open(c->file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return unread(c, errno);
	r = pkgfilehash(fd, hash, &size);
	e = errno;
	close(fd);
	if (r < 0)
		return unread(c, e);
	return c->sha256 && strcmp(c->sha256, hash) == 0 ? GOOD : DIFFERS;
}

static void
check(void *arg, size_t i, unsigned thread)
{
	struct checks *cs = arg;
	struct check *c;

	(void)thread;
	c = &cs->list[i];
	if (!c->file)
		c->state = UNSOUND;
	else if (cs->hashes)
		c->state = hashed(c);
	else if (access(c->file, R_OK) < 0)
		c->state = unread(c, errno);
	show(cs, c->size);
}

/* -1 after a message when a file's state cannot be told */
static int
checkall(struct checks *cs)
{
	struct check *c;
	int r;

	pthread_mutex_init(&cs->mutex, NULL);
	threadsrun(cs->n, check, cs);
	pthread_mutex_destroy(&cs->mutex);
	r = 0;
	for (c = cs->list; c < cs->list + cs->n; c++) {
		if (c->state != UNKNOWN)
			continue;
		warnx("%s: %s", c->file, strerror(c->error));
		r = -1;
	}
	return r;
}

static void
checksfree(struct checks *cs)
{
	size_t i;

	for (i = 0; i < cs->n; i++)
		free(cs->list[i].file);
	free(cs->list);
}

static void
note(struct index *ix, const char *what, const struct check *c)
{
	buffmt(ix->said, "%s\t%s\t%s\n", what, c->pkgver ? c->pkgver : c->name,
	    c->arch ? c->arch : "-");
}

/* adds the entries of index and stage; of a name that both have, the staged */
static void
addmerged(struct checks *cs, const struct index *ix)
{
	const struct plist *p;
	uint32_t i;

	for (i = 0; i < ix->rd->index->len; i++) {
		p = plistget(ix->rd->stage, ix->rd->index->u.kids[i].key);
		add(cs, ix, p ? p : &ix->rd->index->u.kids[i]);
	}
	for (i = 0; i < ix->rd->stage->len; i++) {
		if (!plistget(ix->rd->index, ix->rd->stage->u.kids[i].key))
			add(cs, ix, &ix->rd->stage->u.kids[i]);
	}
}

/* xbps-rindex looks for the staged package's file where a name is in both, and
 * drops it from both; what remains has to be the same whoever cleans */
int
indexclean(struct index *ix, int hashes)
{
	struct checks cs = { 0 };
	struct check *c;
	int r;

	cs.hashes = hashes;
	addmerged(&cs, ix);
	r = checkall(&cs);
	for (c = cs.list; r == 0 && c < cs.list + cs.n; c++) {
		if (c->state == GOOD)
			continue;
		note(ix, "removed", c);
		plistdrop(ix->rd->index, c->name);
		plistdrop(ix->rd->stage, c->name);
		ix->changed = 1;
	}
	checksfree(&cs);
	return r;
}

int
indexcleanverify(struct index *ix, FILE *err)
{
	static const char *const words[] = {
		[MISSING] = "missing", [DIFFERS] = "differs",
		[UNSOUND] = "unsound",
	};
	struct checks cs = { 0 };
	struct check *c;
	uint32_t i;
	int r;

	cs.hashes = 1;
	cs.progress = err;
	for (i = 0; i < ix->rd->index->len; i++)
		add(&cs, ix, &ix->rd->index->u.kids[i]);
	for (i = 0; i < ix->rd->stage->len; i++)
		add(&cs, ix, &ix->rd->stage->u.kids[i]);
	r = checkall(&cs);
	if (err)
		fprintf(err, "\r    \r");
	for (c = cs.list; c < cs.list + cs.n; c++) {
		if (c->state == GOOD || c->state == UNKNOWN)
			continue;
		note(ix, words[c->state], c);
		if (r == 0)
			r = 1;
	}
	checksfree(&cs);
	return r;
}
