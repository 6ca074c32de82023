/* spiff-cell: runs a command so that nothing of it is left when it ends. */

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#include "base/buf.h"
#include "base/env.h"
#include "base/flags.h"
#include "base/io.h"
#include "base/loop.h"
#include "base/proc.h"
#include "build/supervise.h"
#include "spool/job.h"
#include "spool/spool.h"

enum { SYSFAIL = 111, NOCOMMAND = 127, CPUSMAX = 65536 };

#define STATUS(code) ((code) << 8)	/* an exit status as wait(2) has it */

/* bounds of the command, 0: none */
static int64_t memory;
static int cpus;

static const struct flag flags[] = {
	{ 'c', "processors", "how many it may use" },
	{ 'm', "bytes", "how much memory it may use" },
	{ 'n', "file", "the file that is told what it used" },
	{ 'w', NULL, "wait until nothing of it is left" },
	{ 0 }
};
static const struct usage usage = {
	"spiff-cell [-w] [-c processors] [-m bytes] [-n file] command [argument ...]",
	flags, 1
};

/* reads a number, which may have a unit of bytes */
static int64_t
readnumber(int flag, const char *text)
{
	int64_t n;

	if (dehumanize_number(text, &n) < 0 || n < 1 ||
	    (flag == 'c' && n > CPUSMAX)) {
		warnx("-%c: %s: expected a number", flag, text);
		flagswrong(&usage, NULL);
	}
	return n;
}

/* appends what was used to the file, unless it has gone */
static void
writeused(const char *file, int64_t most, int64_t cpu)
{
	struct buf b = {0};
	int fd;

	fd = open(file, O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return;
	jobnumber(&b, "memory", most);
	jobnumber(&b, "cpu", cpu);
	if (fd < 0 || spoolappend(fd, &b) < 0)
		warn("%s", file);
	buffree(&b);
	ioclose(fd);
}

/* Waits for a byte on standard input: 1, 0 at its end. The caller may first have to write
 * down the number of this process. */
static int
awaitbyte(void)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	char byte;
	int sig;

	while (!in.revents) {
		while ((sig = loopsignal())) {
			if (sig != SIGCHLD)
				procdie(sig);
		}
		if (loopwait(&in, 1, -1) < 0)
			err(SYSFAIL, "poll");
	}
	return read(STDIN_FILENO, &byte, 1) == 1;
}

/* Runs the command until none of its processes is left, writes what it used to file
 * unless that is NULL, and returns its wait status, or one that says that it ran out of
 * memory or could not be started. */
static int
runcommand(struct proc *p, const char *file)
{
	struct ended how;
	int missing;

	if (supervise(p, memory, cpus, &how) < 0) {
		missing = errno == ENOENT || errno == EACCES || errno == ENOEXEC ||
		    errno == ENOTDIR || errno == ELOOP || errno == ENAMETOOLONG;
		warn("%s", p->argv[0]);
		return STATUS(missing ? NOCOMMAND : SYSFAIL);
	}
	if (file)
		writeused(file, how.memory, (how.cpu + 500000) / 1000000);
	if (how.starved > 0 && how.status != 0) {
		warnx("out of memory: the limit is %lld bytes",
		    (long long)memory);
		return STATUS(SYSFAIL);
	}
	return how.status;
}

int
main(int argc, char **argv)
{
	static const int caught[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT,
	    SIGCHLD, 0 };
	struct proc p = { .who = ENV_ANY, .in = STDIN_FILENO, .out = -1, .err = -1,
	    .deathsig = SIGTERM };
	const char *file;
	int c, status, wflag;

	file = NULL;
	wflag = 0;
	while ((c = flagsnext(&usage, argc, argv)) != -1) {
		switch (c) {
		case 'c':
			cpus = (int)readnumber(c, optarg);
			break;
		case 'm':
			memory = readnumber(c, optarg);
			break;
		case 'n':
			file = optarg;
			break;
		case 'w':
			wflag = 1;
			p.in = -1;
			break;
		default:
			flagswrong(&usage, NULL);
		}
	}
	if (optind == argc)
		flagswrong(&usage, NULL);
	p.argv = argv + optind;
	if (loopcatch(caught) < 0 || procadopt() < 0)
		err(SYSFAIL, "cannot watch what is begun");
	if (wflag && !awaitbyte())
		return SYSFAIL;
	status = runcommand(&p, file);
	if (WIFSIGNALED(status))
		procdie(WTERMSIG(status));
	return WEXITSTATUS(status);
}
