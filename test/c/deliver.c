/* The builder of the test that kills: delivers, for the job SPIFF_JOB, the packages
 * that mkready has made in the directory ready beside the spool, in the steps that
 * spiff-build takes, so that it can be killed between any two of them. Makes
 * ready.twice when another one is at the same job. */
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *
env(const char *name)
{
	const char *s;

	s = getenv(name);
	if (!s)
		errx(2, "%s is not set", name);
	return s;
}

static int
opendirectory(int at, const char *name)
{
	int fd;

	fd = openat(at, name, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		err(111, "%s", name);
	return fd;
}

static void
alone(int from, const char *job, const char *ready)
{
	char path[4200];

	if (flock(from, LOCK_EX | LOCK_NB) == 0)
		return;
	snprintf(path, sizeof path, "%s.twice", ready);
	if (open(path, O_WRONLY | O_CREAT, 0644) < 0)
		err(111, "%s", path);
	errx(111, "%s: another one is at it", job);
}

/* the manifest is the one that is there, for this try */
static void
manifest(int from, int to, const char *job, const char *try)
{
	char *rest, text[70000], was[65536];
	ssize_t n;
	int fd, len;

	fd = openat(from, "manifest", O_RDONLY);
	n = fd < 0 ? -1 : read(fd, was, sizeof was - 1);
	if (n < 0)
		err(111, "manifest");
	close(fd);
	was[n] = '\0';
	rest = strstr(was, "\npackage ");
	if (!rest)
		errx(111, "manifest: names no package");
	len = snprintf(text, sizeof text, "job %s\ntry %s%s", job, try, rest);
	fd = openat(to, "manifest", O_WRONLY | O_CREAT | O_EXCL, 0644);
	if (fd < 0 || write(fd, text, (size_t)len) != len || close(fd) < 0)
		err(111, "manifest");
}

/* links all packages, and the log if there is one, from one directory to another */
static void
links(int from, int to)
{
	struct dirent *de;
	const char *end;
	DIR *d;

	d = fdopendir(dup(from));
	while (d && (de = readdir(d))) {
		end = strrchr(de->d_name, '.');
		if (((end && strcmp(end, ".xbps") == 0) ||
		    strcmp(de->d_name, "log") == 0) &&
		    linkat(from, de->d_name, to, de->d_name, 0) < 0)
			err(111, "%s", de->d_name);
	}
	if (!d || closedir(d) < 0)
		err(111, "ready");
}

int
main(void)
{
	struct timespec some = { 0, getpid() % 8 * 1000000 };
	char ready[4096], tmp[256];
	const char *job, *try;
	int from, in, to;

	job = env("SPIFF_JOB");
	try = env("SPIFF_TRY");
	snprintf(ready, sizeof ready, "%s/../ready", env("SPIFF_SPOOL"));
	from = opendirectory(opendirectory(AT_FDCWD, ready), job);
	alone(from, job, ready);
	nanosleep(&some, NULL);
	in = opendirectory(opendirectory(AT_FDCWD, env("SPIFF_SPOOL")),
	    "incoming");
	snprintf(tmp, sizeof tmp, ".%s.%s.%ld.tmp", job, try, (long)getpid());
	if (mkdirat(in, tmp, 0777) < 0)
		err(111, "%s", tmp);
	to = opendirectory(in, tmp);
	links(from, to);
	manifest(from, to, job, try);
	if (renameat(in, tmp, in, job) == 0)
		return 0;
	/* as spiff-build does: what an earlier try has left gives way */
	execlp("spiff-receive", "spiff-receive", "-p", tmp, job, try, (char *)NULL);
	err(111, "%s", job);
}
