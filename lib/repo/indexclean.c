#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/progress.h"
#include "base/threads.h"
#include "base/x.h"
#include "repo/index.h"
#include "repo/indexclean.h"
#include "xbps/pkgfile.h"
#include "xbps/plist.h"
#include "xbps/repodata.h"

enum state { GOOD, MISSING, DIFFERS, UNSOUND, UNKNOWN };

/* an entry of the index; its strings live longer than its place there */
struct check {
	const char *name, *pkgver, *arch, *sha256;
	char *file;		/* NULL for an unsound entry */
	enum state state;
	int error;		/* errno of an unknown one */
};

struct checks {
	struct check *list;
	size_t n;
	int hashes;
};

static void
addcheck(struct checks *cs, const struct index *ix, const struct plist *entry)
{
	struct check *c;

	cs->list = xgrow(cs->list, cs->n, sizeof *cs->list);
	c = &cs->list[cs->n++];
	c->name = entry->key;
	c->pkgver = pliststr(entry, "pkgver");
	c->arch = pliststr(entry, "architecture");
	c->sha256 = pliststr(entry, "filename-sha256");
	c->file = indexfile(ix, entry);
	c->state = GOOD;
}

/* the state of a file that cannot be read */
static enum state
unreadable(struct check *c, int e)
{
	if (!iotransient(e))
		return MISSING;
	c->error = e;
	return UNKNOWN;
}

static enum state
hashstate(struct check *c)
{
	char hash[PKGHASH];
	uint64_t size;
	int e, fd, r;

	fd = open(c->file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return unreadable(c, errno);
	r = pkgfilehash(fd, hash, &size);
	e = errno;
	close(fd);
	if (r < 0)
		return unreadable(c, e);
	return c->sha256 && strcmp(c->sha256, hash) == 0 ? GOOD : DIFFERS;
}

static void
checkentry(void *arg, size_t i, unsigned thread)
{
	struct checks *cs = arg;
	struct check *c;

	(void)thread;
	c = &cs->list[i];
	if (!c->file)
		c->state = UNSOUND;
	else if (cs->hashes)
		c->state = hashstate(c);
	else if (access(c->file, R_OK) < 0)
		c->state = unreadable(c, errno);
	progressone();
}

/* -1 after a message if a file's state is unknown */
static int
checkall(struct checks *cs)
{
	struct check *c;
	int r;

	progressbegin("packages verified");
	progressset(0, cs->n);
	threadsrun(cs->n, checkentry, cs);
	progressend();
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
notecheck(struct index *ix, const char *what, const struct check *c)
{
	buffmt(ix->said, "%s\t%s\t%s\n", what, c->pkgver ? c->pkgver : c->name,
	    c->arch ? c->arch : "-");
}

/* adds the entries of index and stage; of a name in both the staged one */
static void
addmerged(struct checks *cs, const struct index *ix)
{
	const struct plist *p;
	uint32_t i;

	for (i = 0; i < ix->rd->index->len; i++) {
		p = plistget(ix->rd->stage, ix->rd->index->u.kids[i].key);
		addcheck(cs, ix, p ? p : &ix->rd->index->u.kids[i]);
	}
	for (i = 0; i < ix->rd->stage->len; i++) {
		if (!plistget(ix->rd->index, ix->rd->stage->u.kids[i].key))
			addcheck(cs, ix, &ix->rd->stage->u.kids[i]);
	}
}

/* As xbps-rindex: of a name in both index and stage the staged package's file counts, and
 * both entries go. */
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
		notecheck(ix, "removed", c);
		plistdrop(ix->rd->index, c->name);
		plistdrop(ix->rd->stage, c->name);
		ix->changed = 1;
	}
	checksfree(&cs);
	return r;
}

int
indexcleanverify(struct index *ix)
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
	for (i = 0; i < ix->rd->index->len; i++)
		addcheck(&cs, ix, &ix->rd->index->u.kids[i]);
	for (i = 0; i < ix->rd->stage->len; i++)
		addcheck(&cs, ix, &ix->rd->stage->u.kids[i]);
	r = checkall(&cs);
	for (c = cs.list; c < cs.list + cs.n; c++) {
		if (c->state == GOOD || c->state == UNKNOWN)
			continue;
		notecheck(ix, words[c->state], c);
		if (r == 0)
			r = 1;
	}
	checksfree(&cs);
	return r;
}
