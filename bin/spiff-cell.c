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

struct cell {
	struct cgroup *cg;	/* NULL: there is none */
	pid_t pid;		/* the command's, 0 when it has ended */
	int status;
	int64_t stopped;	/* when we were told to stop, 0: we were not */
	int64_t killed;		/* when what was left was killed */
};

static void
usage(void)
{
	fputs("usage: spiff-cell [-c processors] [-m bytes] [-n file] "
	    "command [argument ...]\n", stderr);
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

/* without a group all the rest is done all the same */
static void
group(struct cell *c, int64_t memory, int cpus)
{
	char *why;

	c->cg = cgroupmake(&why);
	if (c->cg && cgroupbound(c->cg, memory, cpus, &why) == 0)
		return;
	if (memory || cpus)
		warnx("no limits: %s", why);
	free(why);
}

/* in the child, before it becomes the command */
static int
enter(void *arg)
{
	return arg ? cgroupenter(arg) : 0;
}

static void
start(struct cell *c, char *const *argv)
{
	struct proc p = { .argv = argv, .in = STDIN_FILENO, .out = -1,
	    .err = -1, .deathsig = SIGTERM, .child = enter, .arg = c->cg };

	c->pid = procstart(&p);
	if (c->pid < 0) {
		warn("%s", argv[0]);
		cgroupdel(c->cg);
		exit(NOCOMMAND);
	}
}

static void
collect(struct cell *c)
{
	pid_t pid;
	int status;

	while ((pid = procreap(&status)) > 0) {
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
		if (sig == SIGQUIT) {
			end(c);
		} else if (sig != SIGCHLD && !c->stopped) {
			c->stopped = loopnow();
			kinsignal(SIGTERM);
		}
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
note(const char *file, int64_t memory, int64_t cpu)
{
	struct buf b = {0};
	struct stat st;
	ssize_t n;
	int fd;

	fd = open(file, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);
	if (fd < 0)
		return;
	jobnumber(&b, "memory", memory);
	jobnumber(&b, "cpu", cpu);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		n = write(fd, b.s, b.len);
		if (n > 0 && (size_t)n < b.len && ftruncate(fd, st.st_size) < 0)
			warn("%s", file);
	}
	buffree(&b);
	close(fd);
}

/* says what was used; returns whether memory ran out */
static int
account(const struct cell *c, const char *file)
{
	struct rusage ru;
	int64_t cpu, killed, memory;

	getrusage(RUSAGE_CHILDREN, &ru);
	memory = ru.ru_maxrss * INT64_C(1024);
	cpu = (ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) * INT64_C(1000000) +
	    ru.ru_utime.tv_usec + ru.ru_stime.tv_usec;
	killed = 0;
	if (c->cg) {
		killed = cgroupspent(c->cg, &memory, &cpu);
		if (!memory)
			memory = ru.ru_maxrss * INT64_C(1024);
	}
	if (file)
		note(file, memory, (cpu + 500000) / 1000000);
	return killed > 0;
}

int
main(int argc, char **argv)
{
	static const int caught[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT,
	    SIGCHLD, 0 };
	struct cell cell = {0};
	const char *file;
	int64_t memory;
	int c, cpus;

	cpus = 0;
	memory = 0;
	file = NULL;
	while ((c = getopt(argc, argv, "+c:m:n:")) != -1) {
		switch (c) {
		case 'c':
			cpus = (int)number(c, optarg);
			break;
		case 'm':
			memory = number(c, optarg);
			break;
		case 'n':
			file = optarg;
			break;
		default:
			usage();
		}
	}
	if (optind == argc)
		usage();
	if (loopcatch(caught) < 0 || procadopt() < 0)
		err(SYSFAIL, "cannot watch what is begun");
	group(&cell, memory, cpus);
	start(&cell, argv + optind);
	watch(&cell);
	c = account(&cell, file);
	cgroupdel(cell.cg);
	if (c && !(WIFEXITED(cell.status) && WEXITSTATUS(cell.status) == 0)) {
		printf("spiff-cell: out of memory: the limit is %lld bytes\n",
		    (long long)memory);
		return SYSFAIL;
	}
	if (WIFSIGNALED(cell.status))
		procdie(WTERMSIG(cell.status));
	return WEXITSTATUS(cell.status);
}
