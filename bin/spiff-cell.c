/* spiff-cell: runs a command so that nothing of it is left when it ends. */

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#include "base/buf.h"
#include "base/errand.h"
#include "base/loop.h"
#include "base/proc.h"
#include "build/supervise.h"
#include "spool/job.h"

enum { SYSFAIL = 111, NOCOMMAND = 127, CPUSMAX = 65536 };

#define STATUS(code) ((code) << 8)	/* an exit status as wait(2) has it */

/* what bounds each command, 0: nothing */
static int64_t memory;
static int cpus;

static void
usage(void)
{
	fputs("usage: spiff-cell [-c processors] [-m bytes] [-n file] "
	    "command [argument ...]\n"
	    "       spiff-cell -s [-c processors] [-m bytes]\n", stderr);
	exit(2);
}

/* a number of bytes, with a unit or without, or of other things */
static int64_t
number(int flag, const char *text)
{
	int64_t n;

	if (dehumanize_number(text, &n) < 0 || n < 1 ||
	    (flag == 'c' && n > CPUSMAX)) {
		warnx("-%c: %s: expected a number", flag, text);
		usage();
	}
	return n;
}

/* appends to the file what was used, all or nothing: not even a full disk may
 * leave half a line there */
static void
note(const char *file, int64_t most, int64_t cpu)
{
	struct buf b = {0};
	struct stat st;
	ssize_t n;
	int fd;

	fd = open(file, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);
	if (fd < 0)
		return;
	jobnumber(&b, "memory", most);
	jobnumber(&b, "cpu", cpu);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		n = write(fd, b.s, b.len);
		if (n > 0 && (size_t)n < b.len && ftruncate(fd, st.st_size) < 0)
			warn("%s", file);
	}
	buffree(&b);
	close(fd);
}

/* has the command run until nothing of it is left, and says what was used; one
 * that ran out of memory, or cannot be started, has ended by that */
static void
perform(const struct errand *e, struct ended *how)
{
	struct proc p = { .argv = e->argv, .env = e->env,
	    .in = e->log ? -1 : STDIN_FILENO, .out = e->log ? STDERR_FILENO : -1,
	    .err = -1, .deathsig = SIGTERM };

	if (enclose(&p, memory, cpus, how) < 0) {
		warn("%s", e->argv[0]);
		how->status = STATUS(NOCOMMAND);
		return;
	}
	if (e->file)
		note(e->file, how->memory, (how->cpu + 500000) / 1000000);
	if (how->starved > 0 && how->status != 0) {
		warnx("out of memory: the limit is %lld bytes",
		    (long long)memory);
		how->status = STATUS(SYSFAIL);
	}
}

/* waits for an errand: 1, 0 when none will come */
static int
await(struct errand *e)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	int r, sig;

	while (!in.revents) {
		while ((sig = loopsignal())) {
			if (sig != SIGCHLD)
				procdie(sig);
		}
		if (loopwait(&in, 1, -1) < 0)
			err(SYSFAIL, "poll");
	}
	r = errandread(STDIN_FILENO, e);
	if (r < 0)
		err(SYSFAIL, "standard input");
	return r;
}

/* what is said from now on goes to the log as well */
static int
divert(const char *log)
{
	int fd, r;

	fd = open(log, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
	r = fd < 0 ? -1 : dup2(fd, STDERR_FILENO);
	if (r < 0)
		warn("%s", log);
	if (fd >= 0)
		close(fd);
	return r < 0 ? -1 : 0;
}

/* has one command run after the other, until there are no more or it has to end:
 * then who waits for an answer is told by that */
static void
serve(struct ended *how)
{
	struct errand e;

	while (await(&e)) {
		if (divert(e.log) < 0)
			how->status = STATUS(SYSFAIL);
		else
			perform(&e, how);
		if (how->last)
			return;
		if (errandanswer(STDOUT_FILENO, how->status) < 0)
			err(SYSFAIL, "standard output");
	}
	how->status = 0;
}

int
main(int argc, char **argv)
{
	static const int caught[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT,
	    SIGCHLD, 0 };
	struct errand once = {0};
	struct ended how = {0};
	int c, sflag;

	sflag = 0;
	while ((c = getopt(argc, argv, "+c:m:n:s")) != -1) {
		switch (c) {
		case 'c':
			cpus = (int)number(c, optarg);
			break;
		case 'm':
			memory = number(c, optarg);
			break;
		case 'n':
			once.file = optarg;
			break;
		case 's':
			sflag = 1;
			break;
		default:
			usage();
		}
	}
	if (sflag ? optind < argc || once.file : optind == argc)
		usage();
	once.argv = argv + optind;
	if (loopcatch(caught) < 0 || procadopt() < 0)
		err(SYSFAIL, "cannot watch what is begun");
	if (sflag)
		serve(&how);
	else
		perform(&once, &how);
	if (WIFSIGNALED(how.status))
		procdie(WTERMSIG(how.status));
	return WEXITSTATUS(how.status);
}
