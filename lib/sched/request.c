#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/conf.h"
#include "base/env.h"
#include "base/proc.h"
#include "base/text.h"
#include "base/x.h"
#include "sched/jobs.h"
#include "sched/request.h"
#include "spool/spool.h"

enum {
	SAIDMAX = 1 << 16,	/* bytes that are kept of spiff-enqueue's messages */
	GRACE = 500,		/* milliseconds between asking it to end and killing */
	COPIES = 1000,		/* of one name */
	SYSFAIL = 111
};

static const char prefix[] = ".taken.";

struct request {
	char *name;		/* of the file in new/ */
	struct child *child;
};

int
requesttaken(const char *name)
{
	return strncmp(name, prefix, sizeof prefix - 1) == 0 &&
	    *requestformer(name) && *requestformer(name) != '.';
}

const char *
requestformer(const char *name)
{
	return name + sizeof prefix - 1;
}

static struct child *
startenqueue(int in)
{
	char *argv[] = { procbeside("spiff-cell"),
	    procbeside("spiff-enqueue"), xstrdup("-s"),
	    xstrdup(confget(CONF_SPOOL)), xstrdup("-"), NULL };
	struct childspec spec = { .argv = argv, .who = ENV_SPIFF, .in = in,
	    .out = CHILD_KEEP, .err = CHILD_KEEP, .max = SAIDMAX, .cut = 1,
	    .cell = 1 };
	struct child *c;
	size_t i;

	c = childstart(&spec);
	if (!c)
		warn("%s", argv[0]);
	for (i = 0; argv[i]; i++)
		free(argv[i]);
	return c;
}

/* returns a second name for a request, which no other has; NULL if there are COPIES */
static char *
freename(const struct spool *sp, const char *name)
{
	struct stat st;
	char *to;
	int i;

	for (i = 0; i < COPIES; i++) {
		to = xasprintf(i ? "%s%s.%d" : "%s%s", prefix, name, i);
		if (fstatat(sp->states[NEW], to, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return to;
		free(to);
	}
	errno = EEXIST;
	return NULL;
}

/* renames the file: 1, 0 if it is not there, -1 with errno */
static int
renamerequest(struct request *r, struct jobs *js, const char *name)
{
	if (requesttaken(name)) {
		r->name = xstrdup(name);
		return 1;
	}
	r->name = freename(js->sp, name);
	return r->name ? spoolrename(js->sp, NEW, name, NEW, r->name) : -1;
}

struct request *
requeststart(struct jobs *js, const char *name)
{
	struct request *r;
	int in, n;

	r = xcalloc(1, sizeof *r);
	n = renamerequest(r, js, name);
	in = n < 1 ? -1 : openat(js->sp->states[NEW], r->name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (n < 0 || (n == 1 && in < 0 && errno != ENOENT))
		jobsputoff(js, NEW, name, strerror(errno));
	if (in >= 0) {
		r->child = startenqueue(in);
		if (!r->child)
			js->putoff++;
		close(in);
	}
	if (r->child)
		return r;
	requestdel(r);
	return NULL;
}

const char *
requestname(const struct request *r)
{
	return r->name;
}

int
requestended(const struct request *r)
{
	return childended(r->child);
}

/* returns spiff-enqueue's messages without the last newlines, NULL if there are none */
static char *
messages(const struct request *r)
{
	struct buf b = {0};

	childoutput(r->child, NULL, &b);
	while (b.len > 0 && (b.s[b.len - 1] == '\n' || !b.s[b.len - 1]))
		b.len--;
	if (b.len > 0) {
		b.s[b.len] = '\0';
		return buftake(&b);
	}
	buffree(&b);
	return NULL;
}

/* logs the first message of spiff-enqueue, and how the request ended */
static void
logrequest(const char *name, const char *why, const char *how)
{
	char *first, *safe;

	safe = textline(name, strlen(name));
	first = why ? textline(why, strcspn(why, "\n")) : NULL;
	warnx("%s: request: %s%s%s", safe, first ? first : "",
	    first ? ": " : "", how);
	free(first);
	free(safe);
}

int
requestfile(struct request *r, struct jobs *js, int last)
{
	const char *name = requestformer(r->name);
	char *why;
	int spoilt, status;

	if (js->gone)
		return 2;
	status = childstatus(r->child);
	spoilt = !WIFEXITED(status) || WEXITSTATUS(status) == SYSFAIL;
	why = messages(r);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		/* with messages about operands that were ignored */
		logrequest(name, why, "done");
		spooldrop(js->sp, NEW, r->name);
	} else if (childstopped(r->child)) {
		spoilt = 1;
	} else {
		if (!why)
			why = procwords(status);
		if (spoilt && !last) {
			logrequest(name, why, "again");
		} else {
			jobsrefuse(js, NEW, r->name, name, why);
			spoilt = 0;
		}
	}
	free(why);
	return spoilt ? 2 : 1;
}

void
requeststop(struct request *r, int hard)
{
	childstop(r->child, hard ? 0 : GRACE);
}

void
requestdel(struct request *r)
{
	if (!r)
		return;
	childdel(r->child);
	free(r->name);
	free(r);
}
