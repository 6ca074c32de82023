#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "conf.h"
#include "io.h"
#include "proc.h"
#include "reject.h"
#include "request.h"
#include "sched.h"
#include "spool.h"
#include "x.h"

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

/* what spiff-enqueue said, or else how it ended */
static char *
said(const struct request *r, int status)
{
	struct buf b = {0};

	if (ioread(r->tmpdir, r->said, SAIDMAX, &b) < 0)
		buffree(&b);
	while (b.len > 0 && (b.s[b.len - 1] == '\n' || !b.s[b.len - 1]))
		b.s[--b.len] = '\0';
	if (b.len > 0)
		return buftake(&b);
	buffree(&b);
	return procwords(status);
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
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		warnx("%s: request: done", name);
		spooldrop(s->sp, NEW, r->name);
	} else if (!r->stopped) {
		why = said(r, status);
		if (spoilt && !last)
			warnx("%s: request: %.*s: again", name,
			    (int)strcspn(why, "\n"), why);
		else
			rejectfile(s, NEW, r->name, name, why);
		free(why);
	}
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
