#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/call.h"
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
	SHARE = 5		/* looks take this part of the time */
};

static int64_t began;		/* the look at a running build */
static int64_t nextlook;	/* none before */

/* opens the log to append to it and says how long it is */
static int
openlog(const struct spool *sp, const char *job, int64_t *size)
{
	struct stat st;
	int fd;

	fd = logmore(sp, job);
	if (fd >= 0 && fstat(fd, &st) < 0) {
		close(fd);
		fd = -1;
	}
	*size = fd < 0 ? 0 : st.st_size;
	return fd;
}

static int
begin(struct nomadlook *l, const struct spool *sp, const char *job,
    const char *alloc)
{
	int fd;

	l->from = 0;
	if (!l->error) {
		/* what is there was read from there: its length is the offset */
		fd = openlog(sp, job, &l->from);
		if (fd < 0)
			return -1;
		close(fd);
	}
	l->call = nomadlog(alloc, l->from, l->error);
	return l->call ? 0 : -1;
}

static int
append(const struct nomadlook *l, const struct spool *sp, const char *job,
    const struct buf *b)
{
	int64_t size;
	int fd, r;

	fd = openlog(sp, job, &size);
	if (fd < 0)
		return -1;
	/* somebody has cut it meanwhile, and it is read again */
	r = 0;
	if (l->error || size == l->from)
		r = iowritefd(fd, b->s, b->len);
	if (close(fd) < 0)
		r = -1;
	if (r < 0)
		warn("%s/log/%s.log", sp->path, job);
	return r;
}

/* takes what a look has brought: 1 the log has grown, 0 it has not, -1 with *why
 * set */
static int
end(struct nomadlook *l, const struct spool *sp, const char *job,
    char **why)
{
	struct buf err = {0}, out = {0};
	int r;

	*why = nomadfailed(l->call, &out, &err);
	calldel(l->call);
	l->call = NULL;
	r = 0;
	/* one that was cut short is the beginning of what there is all the same */
	if (err.s && nomadisloggood(err.s)) {
		free(*why);
		*why = NULL;
		r = out.len > 0 ? append(l, sp, job, &out) : 0;
		if (r < 0)
			*why = xstrdup(strerror(errno));
	} else {
		r = -1;
		if (!*why)
			*why = xasprintf("nomad: %.*s", (int)strcspn(out.s,
			    "\n"), out.s);
	}
	if (r == 0) {
		r = out.len > 0;
		l->looked = loopnow();
		if (r || !l->grown)
			l->grown = l->looked;
	}
	buffree(&err);
	buffree(&out);
	return r;
}

/* takes what a look has brought while the build runs */
static void
looked(struct spool *sp, struct build *b)
{
	struct nomadbuild *o = b->own;
	char *why;

	if (end(o->look, sp, b->job, &why) < 0)
		free(why);
	nextlook = loopnow() + SHARE * (loopnow() - began);
	o->next = loopnow() + LOOK;
}

static void
cutshort(const struct spool *sp, const struct build *b, const char *why)
{
	struct buf line = {0};
	int fd;

	warnx("%s: its log is incomplete: %s", b->job, why);
	/* not as one of our programs would say it: that is why a build failed */
	buffmt(&line, "=> the rest is missing: %s\n", why);
	fd = logmore(sp, b->job);
	if (fd >= 0) {
		if (iowritefd(fd, line.s, line.len) < 0)
			warn("%s/log/%s.log", sp->path, b->job);
		close(fd);
	}
	buffree(&line);
}

/* the same at the end, until nothing is missing */
static void
lastlooked(struct spool *sp, struct build *b)
{
	struct nomadbuild *o = b->own;
	char *why;
	int r;

	r = end(o->look, sp, b->job, &why);
	if (r == 0 && !o->look->error && o->look->from == 0) {
		/* what went wrong before spiff-build is on the other one */
		o->look->error = 1;
	} else if (r == 0 || (r > 0 && o->look->error)) {
		o->logtries = 0;
	} else if (r < 0 && --o->logtries > 0) {
		nomadlater(o);
	} else if (r < 0) {
		cutshort(sp, b, why);
	}
	if (r < 0)
		free(why);
}

void
nomadlookend(struct spool *sp, struct build *b)
{
	struct nomadbuild *o = b->own;

	if (o->last)
		lastlooked(sp, b);
	else
		looked(sp, b);
}

void
nomadlooklast(struct spool *sp, struct build *b)
{
	struct nomadbuild *o = b->own;

	o->last = 1;
	if (begin(o->look, sp, b->job, o->alloc) < 0) {
		o->logtries--;
		nomadlater(o);
	}
}

int64_t
nomadlooknext(struct spool *sp)
{
	struct build *b, *best;
	struct nomadbuild *o;
	int64_t now;
	size_t i;

	best = NULL;
	now = loopnow();
	for (i = 0; (b = nomadbuildat(i)); i++) {
		o = b->own;
		if (o->look->call && !o->last)
			return -1;
		if (o->runs && !o->stop && !o->call && o->next <= now &&
		    (!best || o->look->looked <
		    ((struct nomadbuild *)best->own)->look->looked))
			best = b;
	}
	if (!best || nextlook > now)
		return best ? nextlook : -1;
	o = best->own;
	began = now;
	if (begin(o->look, sp, best->job, o->alloc) < 0)
		nomadlater(o);
	return -1;
}
