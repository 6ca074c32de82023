#include <err.h>
#include <signal.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/loop.h"
#include "base/proc.h"
#include "base/x.h"
#include "sched/jobs.h"
#include "sched/website.h"

enum {
	EVERY = 10000,		/* milliseconds from one start to the next */
	SHARE = 10,		/* it takes one part in so many of the time at
				 * most */
	LAST = 60		/* seconds for the last one */
};

struct www {
	pid_t pid;		/* 0: does not run */
	int64_t begun, next;
};

struct www *
mkwww(void)
{
	return xcalloc(1, sizeof(struct www));
}

void
wwwdel(struct www *w)
{
	free(w);
}

static void
command(char **argv)
{
	argv[0] = procbeside("spiff-status");
	argv[1] = xstrdup("-w");
	argv[2] = xstrdup(confget(CONF_WWW));
	argv[3] = xstrdup("-s");
	argv[4] = xstrdup(confget(CONF_SPOOL));
	argv[5] = NULL;
}

static void
commandfree(char **argv)
{
	for (; *argv; argv++)
		free(*argv);
}

static void
failed(int status)
{
	char *words;

	words = procwords(status);
	warnx("spiff-status -w: %s", words);
	free(words);
}

void
wwwstep(struct sched *s)
{
	struct www *w = s->www;
	char *argv[6];
	struct proc p = { .argv = argv, .in = -1, .out = 2, .err = -1,
	    .session = 1 };

	if (!*confget(CONF_WWW) || w->pid || s->stopping)
		return;
	if (w->next > loopnow()) {
		schedwake(s, w->next);
		return;
	}
	command(argv);
	w->begun = loopnow();
	w->next = w->begun + EVERY;
	w->pid = procstart(&p);
	if (w->pid < 0) {
		warn("%s", argv[0]);
		w->pid = 0;
		schedwake(s, w->next);
	}
	commandfree(argv);
}

int
wwwreaped(struct sched *s, pid_t pid, int status)
{
	struct www *w = s->www;
	int64_t next;

	if (w->pid != pid)
		return 0;
	w->pid = 0;
	next = w->begun + (loopnow() - w->begun) * SHARE;
	if (w->next < next)
		w->next = next;
	if (status != 0)
		failed(status);
	return 1;
}

int
wwwbusy(const struct sched *s)
{
	return s->www->pid != 0;
}

void
wwwstop(struct sched *s)
{
	if (s->www->pid)
		prockill(s->www->pid, SIGTERM);
}

void
wwwlast(void)
{
	struct buf none = {0};
	char *argv[6];
	int status;

	if (!*confget(CONF_WWW))
		return;
	command(argv);
	if (procoutput(argv, NULL, 0, LAST, &none, &status) < 0)
		warn("%s", argv[0]);
	else if (status != 0)
		failed(status);
	buffree(&none);
	commandfree(argv);
}
