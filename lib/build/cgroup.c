#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/x.h"
#include "build/cgroup.h"

enum {
	FILEMAX = 1 << 20,	/* bytes of a file of the kernel's */
	NAMELEN = 64,
	PERIOD = 100000		/* microseconds, over which processors are counted */
};

struct cgroup {
	char *path;
	int dir;
};

/* returns the contents of a file, NULL when it cannot be read */
static char *
contents(int dir, const char *name)
{
	struct buf b = {0};

	if (ioread(dir, name, FILEMAX, &b) < 0 || !b.len) {
		buffree(&b);
		return NULL;
	}
	return buftake(&b);
}

static int
set(int dir, const char *name, const char *value)
{
	int fd, r;

	fd = openat(dir, name, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	r = write(fd, value, strlen(value)) < 0 ? -1 : 0;
	ioclose(fd);
	return r;
}

/* returns the number behind a word in a file of lines WORD NUMBER; no word: the
 * file is the number; 0 when it is not there */
static int64_t
number(int dir, const char *name, const char *word)
{
	char *line, *text;
	int64_t n;
	size_t len;

	text = contents(dir, name);
	len = strlen(word);
	n = 0;
	for (line = text; line && *line; line += strcspn(line, "\n")) {
		line += *line == '\n';
		if (strncmp(line, word, len) == 0) {
			n = strtoll(line + len, NULL, 10);
			break;
		}
	}
	free(text);
	return n < 0 ? 0 : n;
}

/* Where the hierarchy is mounted, and which part of it: lines of
 * /proc/self/mountinfo are ID PARENT MAJ:MIN ROOT MOUNTPOINT OPTIONS ... - TYPE
 * SOURCE OPTIONS. Sets root and point, of 4096 bytes. */
static int
mounted(char *root, char *point)
{
	char *line, *next, *text;
	int found;

	text = contents(AT_FDCWD, "/proc/self/mountinfo");
	found = 0;
	for (line = text; line && *line && !found; line = next) {
		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		found = strstr(line, " - cgroup2 ") && sscanf(line,
		    "%*s %*s %*s %4095s %4095s", root, point) == 2;
	}
	free(text);
	return found;
}

/* returns the directory of the group above the one that we are in, NULL when
 * there is none to be seen */
static char *
above(void)
{
	char point[4096], root[4096], *own, *path, *slash, *text;
	size_t n;

	if (!mounted(root, point))
		return NULL;
	text = contents(AT_FDCWD, "/proc/self/cgroup");
	own = text ? strstr(text, "0::/") : NULL;
	n = strcmp(root, "/") == 0 ? 0 : strlen(root);
	path = NULL;
	if (own && strncmp(own + 3, root, n) == 0) {
		own += 3 + n;
		own[strcspn(own, "\n")] = '\0';
		slash = strrchr(own, '/');
		if (slash)
			*slash = '\0';
		path = xasprintf("%s%s", point, own);
	}
	free(text);
	return path;
}

/* sets prefix to what names of groups made here begin with, the maker's number
 * comes behind: in another namespace that would be another process */
static void
namespace(char *prefix, size_t n)
{
	struct stat st;

	if (stat("/proc/self/ns/pid", &st) < 0)
		st.st_ino = 0;
	snprintf(prefix, n, "spiff-%llu-", (unsigned long long)st.st_ino);
}

struct sweep {
	int dir;
	char prefix[NAMELEN];
};

/* removes a group whose maker was killed before it could do so itself */
static int
sweep(const char *name, void *arg)
{
	struct sweep *s = arg;
	char *file;
	long pid;

	if (strncmp(name, s->prefix, strlen(s->prefix)) != 0)
		return 0;
	pid = atol(name + strlen(s->prefix));
	if (pid < 1 || kill((pid_t)pid, 0) == 0 || errno != ESRCH)
		return 0;
	file = xasprintf("%s/cgroup.kill", name);
	set(s->dir, file, "1");
	free(file);
	/* what was killed may not have gone yet: then the next one removes it */
	unlinkat(s->dir, name, AT_REMOVEDIR);
	return 0;
}

/* whether the kernel has something to bound or to count the memory and the
 * processors of groups here */
static int
controlled(int dir)
{
	char *text, *word, *save;
	int found;

	text = contents(dir, "cgroup.controllers");
	found = 0;
	for (word = text ? strtok_r(text, " \n", &save) : NULL; word && !found;
	    word = strtok_r(NULL, " \n", &save))
		found = strcmp(word, "memory") == 0 || strcmp(word, "cpu") == 0;
	free(text);
	return found;
}

struct cgroup *
cgroupmake(char **why)
{
	struct cgroup *cg;
	struct sweep s;
	char *base;

	base = above();
	if (!base) {
		*why = xstrdup("there are no control groups of version 2");
		return NULL;
	}
	namespace(s.prefix, sizeof s.prefix);
	s.dir = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s.dir >= 0 && !controlled(s.dir)) {
		*why = xasprintf("%s: no controllers", base);
		close(s.dir);
		free(base);
		return NULL;
	}
	if (s.dir >= 0) {
		iolist(s.dir, sweep, &s);
		/* has been done before, or may not be: cgroupbound will tell */
		set(s.dir, "cgroup.subtree_control", "+memory");
		set(s.dir, "cgroup.subtree_control", "+cpu");
	}
	cg = xcalloc(1, sizeof *cg);
	cg->path = xasprintf("%s/%s%ld", base, s.prefix, (long)getpid());
	cg->dir = s.dir < 0 || mkdir(cg->path, 0755) < 0 ? -1 :
	    open(cg->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cg->dir < 0) {
		*why = xasprintf("%s: %s", cg->path, strerror(errno));
		cgroupdel(cg);
		cg = NULL;
	}
	ioclose(s.dir);
	free(base);
	return cg;
}

int
cgroupbound(const struct cgroup *cg, int64_t memory, int cpus, char **why)
{
	const char *file;
	char text[64];

	file = "memory.max";
	snprintf(text, sizeof text, "%lld", (long long)memory);
	if (!memory || set(cg->dir, file, text) == 0) {
		file = "cpu.max";
		snprintf(text, sizeof text, "%lld %d",
		    (long long)cpus * PERIOD, PERIOD);
		if (!cpus || set(cg->dir, file, text) == 0)
			return 0;
	}
	*why = xasprintf("%s/%s: %s", cg->path, file, strerror(errno));
	return -1;
}

int
cgroupenter(const struct cgroup *cg)
{
	return set(cg->dir, "cgroup.procs", "0");
}

int
cgroupkill(const struct cgroup *cg)
{
	return set(cg->dir, "cgroup.kill", "1");
}

int
cgroupempty(const struct cgroup *cg)
{
	return number(cg->dir, "cgroup.events", "populated ") == 0;
}

int64_t
cgroupspent(const struct cgroup *cg, int64_t *memory, int64_t *cpu)
{
	*memory = number(cg->dir, "memory.peak", "");
	*cpu = number(cg->dir, "cpu.stat", "usage_usec ");
	return number(cg->dir, "memory.events", "oom_kill ");
}

void
cgroupdel(struct cgroup *cg)
{
	if (!cg)
		return;
	ioclose(cg->dir);
	rmdir(cg->path);
	free(cg->path);
	free(cg);
}
