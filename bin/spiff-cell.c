/* spiff-cell: runs a command so that nothing of it is left when it ends. */

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#include "buf.h"
#include "cgroup.h"
#include "errand.h"
#include "job.h"
#include "kin.h"
#include "loop.h"
#include "proc.h"

/* in milliseconds */
enum {
	GRACE = 5000,		/* between asking it to end and killing it */
	LINGER = 10000,		/* that the killed may take to go */
	POLL = 10		/* between two looks at those that go */
};

enum { SYSFAIL = 111, NOCOMMAND = 127, CPUSMAX = 65536 };

/* what bounds each command, 0: nothing */
static int64_t memory;
static int cpus;

struct cell {
	struct cgroup *cg;	/* NULL: there is none */
	pid_t pid;		/* the command's, 0 when it has ended */
	int status;
	int64_t used, most;	/* microseconds of processors, bytes of one process,
				 * by those that have ended */
	int64_t stopped;	/* when we were told to stop, 0: we were not */
	int64_t killed;		/* when what was left was killed */
	int stuck;		/* that does not go */
};

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

/* without a group all the rest is done all the same; that there can be none is
 * asked only once */
static void
group(struct cell *c)
{
	static char *none;
	char *why;

	why = NULL;
	if (!none) {
		c->cg = cgroupmake(&none);
		if (c->cg && cgroupbound(c->cg, memory, cpus, &why) == 0)
			return;
	}
	if (memory || cpus)
		warnx("no limits: %s", none ? none : why);
	free(why);
}

/* in the child, before it becomes the command */
static int
enter(void *arg)
{
	return arg ? cgroupenter(arg) : 0;
}

/* starts the command, for which e has what it is to have; -1 after a message */
static int
start(struct cell *c, const struct errand *e)
{
	struct proc p = { .argv = e->argv, .env = e->env,
	    .in = e->log ? -1 : STDIN_FILENO, .out = e->log ? STDERR_FILENO : -1,
	    .err = -1, .deathsig = SIGTERM, .child = enter };

	group(c);
	p.arg = c->cg;
	c->pid = procstart(&p);
	if (c->pid > 0)
		return 0;
	warn("%s", e->argv[0]);
	c->pid = 0;
	c->status = NOCOMMAND << 8;	/* as wait(2) has it */
	return -1;
}

static void
collect(struct cell *c)
{
	struct rusage ru;
	pid_t pid;
	int status;

	while ((pid = procreap(&status, &ru)) > 0) {
		c->used += (ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) *
		    INT64_C(1000000) + ru.ru_utime.tv_usec + ru.ru_stime.tv_usec;
		if (c->most < ru.ru_maxrss * INT64_C(1024))
			c->most = ru.ru_maxrss * INT64_C(1024);
		if (pid == c->pid) {
			c->pid = 0;
			c->status = status;
		}
	}
}

static void
end(struct cell *c)
{
	if (!c->killed)
		c->killed = loopnow();
	if (c->cg)
		cgroupkill(c->cg);
	kinsignal(SIGKILL);
}

/* everybody is told, not the command alone: a shell that waits for a child does
 * nothing about it before that ends */
static void
signals(struct cell *c)
{
	int sig;

	while ((sig = loopsignal())) {
		if (sig == SIGCHLD)
			continue;
		if (sig == SIGQUIT)
			end(c);
		else if (!c->stopped)
			kinsignal(SIGTERM);
		if (!c->stopped)
			c->stopped = loopnow();
	}
}

/* until the command has ended and nothing of it is left */
static void
watch(struct cell *c)
{
	int64_t now;

	for (;;) {
		signals(c);
		collect(c);
		now = loopnow();
		if (!c->pid && !kinleft() && (!c->cg || cgroupempty(c->cg)))
			return;
		if (c->killed && now - c->killed > LINGER) {
			warnx("what was killed does not go");
			c->stuck = 1;
			return;
		}
		if (!c->pid || c->killed ||
		    (c->stopped && now - c->stopped >= GRACE))
			end(c);
		loopwait(NULL, 0, c->killed ? now + POLL :
		    c->stopped ? c->stopped + GRACE : -1);
	}
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

/* says what was used; when memory ran out, that is how the command ended */
static void
account(struct cell *c, const char *file)
{
	int64_t cpu, killed, most;

	most = c->most;
	cpu = c->used;
	killed = 0;
	if (c->cg) {
		killed = cgroupspent(c->cg, &most, &cpu);
		if (!most)
			most = c->most;
	}
	if (file)
		note(file, most, (cpu + 500000) / 1000000);
	if (killed > 0 && c->status != 0) {
		warnx("out of memory: the limit is %lld bytes",
		    (long long)memory);
		c->status = SYSFAIL << 8;
	}
}

/* has the command run, until nothing of it is left */
static void
perform(struct cell *c, const struct errand *e)
{
	memset(c, 0, sizeof *c);
	if (start(c, e) == 0) {
		watch(c);
		account(c, e->file);
	}
	cgroupdel(c->cg);
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
serve(struct cell *c)
{
	struct errand e;

	while (await(&e)) {
		if (divert(e.log) < 0)
			c->status = SYSFAIL << 8;
		else
			perform(c, &e);
		if (c->stopped || c->stuck)
			return;
		if (errandanswer(STDOUT_FILENO, c->status) < 0)
			err(SYSFAIL, "standard output");
	}
	c->status = 0;
}

int
main(int argc, char **argv)
{
	static const int caught[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT,
	    SIGCHLD, 0 };
	struct errand once = {0};
	struct cell cell = {0};
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
		serve(&cell);
	else
		perform(&cell, &once);
	if (WIFSIGNALED(cell.status))
		procdie(WTERMSIG(cell.status));
	return WEXITSTATUS(cell.status);
}
