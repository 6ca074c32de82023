/* spiff-run: moves jobs through the spool, starts and stops builds. */

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/conf.h"
#include "base/env.h"
#include "base/flags.h"
#include "base/io.h"
#include "base/lock.h"
#include "base/loop.h"
#include "base/pid.h"
#include "base/proc.h"
#include "build/builder.h"
#include "build/cgroup.h"
#include "build/local.h"
#include "nomad/nomad.h"
#include "sched/jobs.h"
#include "sched/run.h"
#include "sched/website.h"
#include "spool/buildlog.h"
#include "spool/limits.h"
#include "spool/settings.h"
#include "spool/spool.h"

enum {
	SYSFAIL = 111,
	LOCKMAX = 4096,		/* bytes of the lock's file */
	STANDBY = 100,		/* milliseconds between two tries for the lock */
	FITTIME = 60000,	/* milliseconds for spiff-build -n, */
	SAIDMAX = 1 << 16,	/* bytes of its output, */
	NOTFIT = 100		/* and its exit status if builds cannot work here */
};

static const struct builder *const builders[] = { &local, &nomad };

static int onceflag, waitflag;

static const struct flag flags[] = {
	{ '1', NULL, "end when nothing can move any more" },
	{ 'b', "builder", "local or nomad" },
	{ 'j', "slots", "builds at a time: 4, or x86_64=3,aarch64=1" },
	{ 's', "spool", "the spool" },
	{ 't', "idle", "stop a build that is silent for so long: 90s, 30m, 4h" },
	{ 'T', "time", "stop a build that takes longer" },
	{ 'w', NULL, "wait for the lock while another one works" },
	{ 0 }
};
static const struct usage usage = {
	"spiff-run [-1w] [-b builder] [-j slots] [-s spool] [-t idle] [-T time]",
	flags, 0
};

static void
options(int argc, char **argv)
{
	int c;

	while ((c = flagsnext(&usage, argc, argv)) != -1) {
		switch (c) {
		case '1':
			onceflag = 1;
			break;
		case 'w':
			waitflag = 1;
			break;
		default:
			if (c == '?' || !confflag(c, optarg))
				flagswrong(&usage, NULL);
		}
	}
	if (optind != argc)
		flagswrong(&usage, "no operands: spiff-enqueue puts packages "
		    "into the spool");
}

/* says which process holds the lock */
static void
sayholder(const struct spool *sp)
{
	struct buf b = {0};

	if (ioread(sp->dir, "lock", LOCKMAX, &b) < 0 || b.len == 0)
		warnx("%s: another spiff-run holds the lock", sp->path);
	else
		warnx("%s: %.*s holds the lock", sp->path,
		    (int)strcspn(b.s, "\n"), b.s);
	buffree(&b);
}

/* waits for the lock; exits when a signal says to end */
static int
awaitlock(const struct spool *sp)
{
	int fd, sig;

	do {
		loopwait(NULL, 0, loopnow() + STANDBY);
		while ((sig = loopsignal())) {
			if (sig == SIGTERM || sig == SIGINT)
				exit(0);
		}
		fd = locktake(sp->dir, "lock", 0);
	} while (fd < 0 && errno == EAGAIN);
	return fd;
}

/* Writes this process into the lock's file, and an epoch above the one that is there, so
 * that no try has the name of another spiff-run's. A file that was removed has none: then
 * the time, in milliseconds, is above all earlier ones. Returns the epoch; -1 with
 * errno. */
static int64_t
writeepoch(int fd)
{
	static const char word[] = "\nepoch ";
	struct buf b = {0}, old = {0};
	struct timespec now;
	const char *s;
	int64_t epoch;
	int r;

	r = ioreadfd(fd, LOCKMAX, &old);
	bufadd(&old, "", 0);
	s = r == 0 ? strstr(old.s, word) : NULL;
	epoch = s ? strtoll(s + sizeof word - 1, NULL, 10) : 0;
	clock_gettime(CLOCK_REALTIME, &now);
	epoch = epoch > 0 && epoch < INT64_MAX ? epoch + 1 :
	    (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	buffmt(&b, "process %ld on %s%s%lld\n", (long)getpid(), pidmachine(), word,
	    (long long)epoch);
	/* in one write, and then what is left of a longer text goes */
	if (r == 0)
		r = pwrite(fd, b.s, b.len, 0) == (ssize_t)b.len &&
		    ftruncate(fd, (off_t)b.len) == 0 && iosync(fd) == 0 ? 0 : -1;
	buffree(&b);
	buffree(&old);
	return r < 0 ? -1 : epoch;
}

/* takes the spool's lock, and sets the epoch; returns the descriptor that holds it */
static int
takelock(const struct spool *sp, int64_t *epoch)
{
	int fd;

	fd = locktake(sp->dir, "lock", 0);
	if (fd < 0 && errno == EAGAIN) {
		sayholder(sp);
		if (!waitflag)
			exit(1);
		if (lockstays(sp->dir))
			warnx("%s: on NFSv3, where the lock of a machine that is down "
			    "stays: if that is so, remove %s/lock", sp->path, sp->path);
		fd = awaitlock(sp);
	}
	if (fd < 0)
		err(SYSFAIL, "%s/lock", sp->path);
	*epoch = writeepoch(fd);
	if (*epoch < 0)
		err(SYSFAIL, "%s/lock", sp->path);
	return fd;
}

/* compares the settings with the spool's; returns an exit status */
static int
comparesettings(struct spool *sp)
{
	int fd, r;

	r = settingsagree(sp, SETTINGS_RUN, &fd);
	ioclose(fd);
	return r < 0 ? SYSFAIL : r == 1 ? 2 : 0;
}

static void
announce(void)
{
	warnx("spool %s, repository %s, trees %s, slots %s, builder %s",
	    confget(CONF_SPOOL), confget(CONF_REPO), confget(CONF_DISTDIR),
	    confget(CONF_SLOTS), confget(CONF_BUILDER));
}

/* Says once what builds of this machine go without where they can have no control groups
 * of their own. */
static void
warnnogroups(const struct jobs *js)
{
	struct cgroup *cg;
	char *why;

	why = NULL;
	cg = js->builder->remote ? NULL : cgroupmake(&why);
	if (cg)
		cgroupbound(cg, INT64_MAX, 0, &why);
	if (why)
		warnx("builds have no control groups, so that SPIFF_MEMORY and "
		    "SPIFF_CPUS do not hold, see spiff-run(1): %s", why);
	cgroupdel(cg);
	free(why);
}

/* Says once that no hook runs, where a directory was named for them that is not there. */
static void
warnnohooks(void)
{
	if (confgiven(CONF_HOOKS) && access(confget(CONF_HOOKS), F_OK) < 0)
		warn("no hook runs: %s: %s", confname(CONF_HOOKS),
		    confget(CONF_HOOKS));
}

/* Asks spiff-build -n whether builds can work here, as no retry would help if, say,
 * xbps-src refuses the user; 0 after a message. */
static int
canbuild(const struct jobs *js)
{
	char n[] = "-n";
	char *argv[] = { procbeside(confget(CONF_BUILD)), n, NULL };
	struct childspec spec = { .argv = argv, .who = ENV_BUILD, .in = -1,
	    .out = CHILD_KEEP, .err = -1, .max = SAIDMAX, .cut = 1,
	    .limit = FITTIME };
	struct buf said = {0};
	int r, status;

	r = 0;
	if (!js->builder->remote && strcmp(confget(CONF_BUILD), "spiff-build") == 0)
		r = childrun(&spec, &said, &status);
	r = r == 0 && said.len > 0 && WIFEXITED(status) &&
	    WEXITSTATUS(status) == NOTFIT;
	if (r)
		warnx("nothing can be built here: %s", buildlogwords(&said));
	buffree(&said);
	free(argv[0]);
	return !r;
}

static int
serve(struct jobs *js, int *told)
{
	struct spool sp;
	int lock, r;

	if (spoolopen(&sp, confget(CONF_SPOOL), 1) < 0)
		return SYSFAIL;
	js->sp = &sp;
	lock = takelock(&sp, &js->epoch);
	spoolfence(&sp, lock, sp.dir, "lock");
	r = comparesettings(&sp);
	if (r == 0) {
		announce();
		warnnogroups(js);
		warnnohooks();
	}
	if (r == 0 && !canbuild(js))
		r = SYSFAIL;
	if (r == 0) {
		r = jobsopen(js) < 0 ? SYSFAIL : run(js, onceflag, told);
		jobsclose(js);
	}
	close(lock);
	spoolclose(&sp);
	return r;
}

/* returns the builder of that name, or NULL */
static const struct builder *
buildernamed(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof builders / sizeof builders[0]; i++) {
		if (strcmp(builders[i]->name, name) == 0)
			return builders[i];
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	static const int caught[] = { SIGTERM, SIGINT, SIGHUP, SIGCHLD,
	    SIGPIPE, 0 };
	struct jobs js = {0};
	int r, told;

	/* each message is one write, as builds and hooks write there, too */
	setvbuf(stderr, NULL, _IOLBF, 0);
	options(argc, argv);
	if (confload() < 0)
		return 2;
	js.builder = buildernamed(confget(CONF_BUILDER));
	if (!js.builder)
		errx(2, "SPIFF_BUILDER: no such builder: %s",
		    confget(CONF_BUILDER));
	js.limits = mklimits();
	if (limitsread(js.limits) < 0)
		return 2;
	if (confexport() < 0)
		err(SYSFAIL, "settings");
	if (childadopt() < 0)
		warn("orphans of builds cannot be collected");
	if (loopcatch(caught) < 0)
		err(SYSFAIL, "signals");
	told = 0;
	do
		r = serve(&js, &told);
	while (r == RUN_WIPED);
	websitelast(told);
	childorphans();
	return r;
}
