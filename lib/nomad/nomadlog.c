#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/io.h"
#include "base/loop.h"
#include "base/x.h"
#include "build/builder.h"
#include "nomad/nomadbuild.h"
#include "nomad/nomadcli.h"
#include "nomad/nomadlog.h"
#include "spool/buildlog.h"
#include "spool/spool.h"

/* milliseconds */
enum {
	LOOK = 2000,		/* between two looks at one log */
	SHARE = 5		/* looks take at most this part of the time */
};

static int64_t began;		/* when the last look at a running build did */
static int64_t nextlook;	/* the earliest time of the next one */

/* opens the spool's log to append to it, and sets its size */
static int
openspoollog(const struct spool *sp, const char *job, int64_t *size)
{
	struct stat st;
	int fd;

	fd = buildlogreopen(sp, job);
	if (fd >= 0 && fstat(fd, &st) < 0) {
		close(fd);
		fd = -1;
	}
	*size = fd < 0 ? 0 : st.st_size;
	return fd;
}

static int
startlook(const struct spool *sp, struct build *b)
{
	struct nomadbuild *o = b->own;
	int fd;

	o->from = 0;
	if (!o->error) {
		/* the spool's log is a copy: its size is the next offset */
		fd = openspoollog(sp, b->job, &o->from);
		if (fd < 0)
			return -1;
		close(fd);
	}
	o->look = nomadclilog(o->alloc, o->from, o->error);
	return o->look ? 0 : -1;
}

static int
appendlog(const struct spool *sp, const struct build *b, const struct buf *text)
{
	const struct nomadbuild *o = b->own;
	int64_t size;
	int fd, r;

	fd = openspoollog(sp, b->job, &size);
	if (fd < 0)
		return -1;
	/* if somebody has cut the log meanwhile, the next look reads it again */
	r = 0;
	if (o->error || size == o->from)
		r = iowritefd(fd, text->s, text->len);
	if (close(fd) < 0)
		r = -1;
	if (r < 0)
		warn("%s/log/%s.log", sp->path, b->job);
	return r;
}

/* appends the result of a look: 1 the log has grown, 0 it has not, -1 with *why set */
static int
readlook(const struct spool *sp, struct build *b, char **why)
{
	struct nomadbuild *o = b->own;
	struct buf err = {0}, out = {0};
	int r;

	*why = nomadclifailed(o->look, &out, &err);
	childdel(o->look);
	o->look = NULL;
	r = -1;
	/* of a look that was cut short the first part counts */
	if (err.s && nomadclilogok(err.s)) {
		free(*why);
		*why = NULL;
		r = out.len > 0 ? appendlog(sp, b, &out) : 0;
		if (r < 0)
			*why = xstrdup(strerror(errno));
	} else if (!*why) {
		*why = nomadcliunexpected(&out);
	}
	if (r == 0) {
		r = out.len > 0;
		o->looked = loopnow();
		if (r || !o->grown)
			o->grown = o->looked;
	}
	buffree(&err);
	buffree(&out);
	return r;
}

static void
endincomplete(const struct spool *sp, const struct build *b, const char *why)
{
	struct buf line = {0};
	int fd;

	warnx("%s: its log is incomplete: %s", b->job, why);
	/* worded so that it is not taken for the reason of a failure */
	buffmt(&line, "=> the rest is missing: %s\n", why);
	fd = buildlogreopen(sp, b->job);
	if (fd >= 0) {
		if (iowritefd(fd, line.s, line.len) < 0)
			warn("%s/log/%s.log", sp->path, b->job);
		close(fd);
	}
	buffree(&line);
}

void
nomadlogtake(struct spool *sp, struct build *b)
{
	struct nomadbuild *o = b->own;
	char *why;
	int r;

	r = readlook(sp, b, &why);
	if (!o->last) {
		nextlook = loopnow() + SHARE * (loopnow() - began);
		o->next = loopnow() + LOOK;
	} else if (r == 0 && !o->error && o->from == 0) {
		/* what failed before spiff-build began wrote to standard error */
		o->error = 1;
	} else if (r == 0 || (r > 0 && o->error)) {
		o->logtries = 0;
	} else if (r < 0 && --o->logtries > 0) {
		nomadbuildlater(o);
	} else if (r < 0) {
		endincomplete(sp, b, why);
	}
	if (r < 0)
		free(why);
}

void
nomadlogrest(struct spool *sp, struct build *b)
{
	struct nomadbuild *o = b->own;

	o->last = 1;
	if (startlook(sp, b) < 0) {
		o->logtries--;
		nomadbuildlater(o);
	}
}

int64_t
nomadlognext(struct spool *sp)
{
	struct nomadbuild *o, *oldest;
	struct build *b, *best;
	int64_t now;

	best = NULL;
	oldest = NULL;
	now = loopnow();
	for (b = nomadbuildnext(NULL); b; b = nomadbuildnext(b)) {
		o = b->own;
		if (o->look && !o->last)
			return -1;
		if (o->runs && !o->stop && !o->call && o->next <= now &&
		    (!best || o->looked < oldest->looked)) {
			best = b;
			oldest = o;
		}
	}
	if (!best || nextlook > now)
		return best ? nextlook : -1;
	began = now;
	if (startlook(sp, best) < 0)
		nomadbuildlater(oldest);
	return -1;
}

int
nomadlogdelivered(struct spool *sp, const struct build *b)
{
	struct stat st;
	char *from, *to;
	int r;

	from = xasprintf("incoming/%s/log", b->job);
	to = xasprintf("log/%s.log", b->job);
	r = fstatat(sp->dir, from, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode);
	if (r && iorename(sp->dir, from, to) < 0) {
		warn("%s/%s", sp->path, from);
		r = 0;
	}
	free(from);
	free(to);
	return r;
}
