#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/proc.h"
#include "base/x.h"
#include "build/cells.h"
#include "build/procid.h"

enum { WORDS = 8 };	/* of the command, at most */

static struct cell **idle;
static size_t nidle;
static int answers[2] = { -1, -1 };

static int
openanswers(void)
{
	int i;

	if (answers[0] >= 0)
		return 0;
	if (pipe(answers) < 0)
		return -1;
	for (i = 0; i < 2; i++)
		fcntl(answers[i], F_SETFD, FD_CLOEXEC);
	return fcntl(answers[0], F_SETFL, O_NONBLOCK);
}

/* starts a cell that reads its errands from fd */
static pid_t
launch(int fd)
{
	char *argv[WORDS];
	struct proc p = { .argv = argv, .in = fd, .out = answers[1],
	    .err = -1, .session = 1, .deathsig = SIGTERM };
	pid_t pid;
	int n;

	n = 0;
	argv[n++] = procbeside("spiff-cell");
	argv[n++] = xstrdup("-s");
	if (*confget(CONF_CPUS))
		argv[n++] = xasprintf("-c%s", confget(CONF_CPUS));
	if (*confget(CONF_MEMORY))
		argv[n++] = xasprintf("-m%s", confget(CONF_MEMORY));
	argv[n] = NULL;
	pid = procstart(&p);
	if (pid < 0)
		warn("%s", argv[0]);
	while (n > 0)
		free(argv[--n]);
	return pid;
}

static struct cell *
mkcell(void)
{
	struct cell *c;
	int fds[2];

	if (openanswers() < 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0) {
		warn("spiff-cell");
		return NULL;
	}
	c = xcalloc(1, sizeof *c);
	c->fd = fds[0];
	c->pid = launch(fds[1]);
	close(fds[1]);
	if (c->pid > 0 && !(c->claim = claimmake(c->pid)))
		warn("/proc/%ld", (long)c->pid);
	if (!c->claim) {
		celldel(c);
		return NULL;
	}
	return c;
}

struct cell *
cellget(void)
{
	return nidle > 0 ? idle[--nidle] : mkcell();
}

void
cellput(struct cell *c)
{
	if (c->told) {
		celldel(c);
		return;
	}
	idle = xgrow(idle, nidle, sizeof *idle);
	idle[nidle++] = c;
}

void
celldel(struct cell *c)
{
	if (!c)
		return;
	close(c->fd);
	free(c->claim);
	free(c);
}

int
cellreaped(pid_t pid)
{
	size_t i;

	for (i = 0; i < nidle && idle[i]->pid != pid; i++)
		;
	if (i == nidle)
		return 0;
	celldel(idle[i]);
	idle[i] = idle[--nidle];
	return 1;
}

int
cellanswers(void)
{
	return answers[0];
}

void
cellsend(void)
{
	int status;

	for (; nidle > 0; celldel(idle[nidle])) {
		nidle--;
		procsignal(idle[nidle]->pid, SIGKILL);
		procwait(idle[nidle]->pid, &status);
	}
}
