/* What a spool's directories cost: makes files as large as jobs in a directory wait,
 * lists them, opens and reads each, renames each to a directory run and to a directory
 * done, and removes them. Prints what it did, how many files, and the microseconds of
 * processor time for each, as a disk is no property of a file system.
 *
 *	dirs directory files [letters]
 *
 * letters: a file lies in a directory of wait, run or done named after its first
 * letter. */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"

enum { SIZE = 1000 };

static int letters;
static size_t n, listed;
static double began;

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
said(const char *what)
{
	printf("%s\t%zu\t%.2f\n", what, n, (now() - began) / (double)n);
	fflush(stdout);
	began = now();
}

static const char *
path(const char *state, size_t i)
{
	static char both[2][256];
	static int which;
	char *s = both[which = !which];
	int letter;

	letter = 'a' + (int)(i % 26);
	if (letters)
		snprintf(s, sizeof both[0], "%s/%c/%c%zu-1.0_1.x86_64", state, letter,
		    letter, i);
	else
		snprintf(s, sizeof both[0], "%s/%c%zu-1.0_1.x86_64", state, letter, i);
	return s;
}

static int
count(const char *name, void *arg)
{
	(void)name;
	(void)arg;
	listed++;
	return 0;
}

static void
list(const char *dir)
{
	int fd;

	fd = open(dir, O_RDONLY | O_DIRECTORY);
	if (fd < 0 || iolist(fd, count, NULL) < 0)
		err(1, "%s", dir);
	close(fd);
}

static void
listall(void)
{
	char dir[16];
	int c;

	listed = 0;
	for (c = 'a'; letters && c <= 'z'; c++) {
		snprintf(dir, sizeof dir, "wait/%c", c);
		list(dir);
	}
	if (!letters)
		list("wait");
	if (listed != n)
		errx(1, "%zu of %zu files listed", listed, n);
}

static void
makedirs(void)
{
	static const char *const states[] = { "wait", "run", "done" };
	char dir[16];
	size_t i;
	int c;

	for (i = 0; i < 3; i++) {
		mkdir(states[i], 0777);
		for (c = 'a'; letters && c <= 'z'; c++) {
			snprintf(dir, sizeof dir, "%s/%c", states[i], c);
			mkdir(dir, 0777);
		}
	}
}

int
main(int argc, char **argv)
{
	char text[SIZE];
	size_t i;
	int fd;

	if (argc < 3 || chdir(argv[1]) < 0)
		errx(2, "usage: dirs directory files [letters]");
	n = strtoul(argv[2], NULL, 10);
	letters = argc > 3;
	memset(text, 'x', sizeof text);
	makedirs();
	began = now();
	for (i = 0; i < n; i++) {
		fd = open(path("wait", i), O_WRONLY | O_CREAT | O_EXCL, 0644);
		if (fd < 0 || write(fd, text, sizeof text) != sizeof text)
			err(1, "%s", path("wait", i));
		close(fd);
	}
	said("make");
	listall();
	said("list");
	for (i = 0; i < n; i++) {
		fd = open(path("wait", i * 7919 % n), O_RDONLY);
		if (fd < 0 || read(fd, text, sizeof text) != sizeof text)
			err(1, "%s", path("wait", i));
		close(fd);
	}
	said("read");
	for (i = 0; i < n; i++) {
		if (rename(path("wait", i), path("run", i)) < 0 ||
		    rename(path("run", i), path("done", i)) < 0)
			err(1, "%s", path("wait", i));
	}
	said("move twice");
	for (i = 0; i < n; i++)
		unlink(path("done", i));
	said("remove");
	return 0;
}
