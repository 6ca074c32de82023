#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/proc.h"
#include "base/text.h"
#include "base/x.h"
#include "sched/jobs.h"
#include "sched/reject.h"
#include "sched/request.h"
#include "spool/spool.h"

enum {
	SAIDMAX = 1 << 16,	/* bytes of what spiff-enqueue says */
	SYSFAIL = 111
};

static const char prefix[] = ".taken.";

struct request {
	char *name;		/* of the file in new/ */
	pid_t pid;
	int stopped;
	int tmpdir;
	char said[512];		/* the file in tmp/ with its standard error */
};

int
requesttaken(const char *name)
{
	return strncmp(name, prefix, sizeof prefix - 1) == 0;
}

static pid_t
start(struct request *r, int in, int err)
{
	char *argv[] = { procbeside("spiff-enqueue"), xstrdup("-s"),
	    xstrdup(confget(CONF_SPOOL)), xstrdup("-"), NULL };
	struct proc p = { .argv = argv, .in = in, .err = err, .session = 1 };
	size_t i;

	p.out = open("/dev/null", O_WRONLY | O_CLOEXEC);
	r->pid = p.out < 0 ? -1 : procstart(&p);
	if (r->pid < 0)
		warn("%s", argv[0]);
	if (p.out >= 0)
		close(p.out);
	for (i = 0; argv[i]; i++)
		free(argv[i]);
	return r->pid;
}

/* renames the file: 1, 0 when it is not there */
static int
take(struct request *r, struct sched *s, const char *name)
{
	int n;

	if (requesttaken(name)) {
		r->name = xstrdup(name);
		return 1;
	}
	r->name = xasprintf("%s%s", prefix, name);
	n = spoolrename(s->sp, NEW, name, NEW, r->name);
	if (n < 0)
		warn("%s/new/%s", s->sp->path, name);
	return n;
}

int
requeststart(struct request **rp, struct sched *s, const char *name)
{
	struct request *r;
	int err, in;

	if (*rp)
		return 0;
	r = xcalloc(1, sizeof *r);
	r->tmpdir = s->sp->tmp;
	r->pid = -1;
	if (take(r, s, name) < 1) {
		requestdel(r);
		return 1;
	}
	in = openat(s->sp->states[NEW], r->name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	err = in < 0 ? -1 : iotemp(r->tmpdir, "request", r->said,
	    sizeof r->said, 0644);
	if (err < 0 && errno != ENOENT)
		warn("%s/new/%s", s->sp->path, r->name);
	if (err >= 0 && start(r, in, err) > 0)
		*rp = r;
	else
		requestdel(r);
	if (in >= 0)
		close(in);
	if (err >= 0)
		close(err);
	return 1;
}

/* what spiff-enqueue said, cut off where it is too much; NULL if nothing */
static char *
said(const struct request *r)
{
	struct buf b = {0};
	int fd;

	fd = openat(r->tmpdir, r->said, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0) {
		ioreadfd(fd, SAIDMAX, &b);
		close(fd);
	}
	if (b.len > SAIDMAX)
		b.len = SAIDMAX;
	while (b.len > 0 && (b.s[b.len - 1] == '\n' || !b.s[b.len - 1]))
		b.len--;
	if (b.len > 0) {
		b.s[b.len] = '\0';
		return buftake(&b);
	}
	buffree(&b);
	return NULL;
}

/* says what spiff-enqueue said first, and what became of the request */
static void
tell(const char *name, const char *why, const char *how)
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
requestended(struct request **rp, struct sched *s, pid_t pid, int status,
    int last)
{
	struct request *r = *rp;
	const char *name;
	char *why;
	int spoilt;

	if (!r || r->pid != pid)
		return 0;
	*rp = NULL;
	name = r->name + sizeof prefix - 1;
	spoilt = !WIFEXITED(status) || WEXITSTATUS(status) == SYSFAIL;
	why = said(r);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		/* it may have passed over some of it */
		tell(name, why, "done");
		spooldrop(s->sp, NEW, r->name);
	} else if (!r->stopped) {
		if (!why)
			why = procwords(status);
		if (spoilt && !last)
			tell(name, why, "again");
		else
			rejectfile(s, NEW, r->name, name, why);
	}
	free(why);
	requestdel(r);
	return spoilt ? 2 : 1;
}

void
requeststop(struct request *r)
{
	if (r) {
		r->stopped = 1;
		prockill(r->pid, SIGTERM);
	}
}

void
requestdel(struct request *r)
{
	if (!r)
		return;
	if (r->said[0])
		ioabandon(r->tmpdir, -1, r->said);
	free(r->name);
	free(r);
}
