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
	PERIOD = 100000		/* microseconds of the kernel's quota for processors */
};

struct cgroup {
	char *path;
	int dir;
};

/* returns a file's contents, NULL if it cannot be read or is empty */
static char *
readtext(int dir, const char *name)
{
	struct buf b = {0};

	if (ioread(dir, name, FILEMAX, &b) < 0 || !b.len) {
		buffree(&b);
		return NULL;
	}
	return buftake(&b);
}

static int
writetext(int dir, const char *name, const char *value)
{
	int fd, r;

	fd = openat(dir, name, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	r = write(fd, value, strlen(value)) < 0 ? -1 : 0;
	ioclose(fd);
	return r;
}

/* returns the number behind a word in a file of lines WORD NUMBER, or with the word ""
 * the file's first number; 0 if there is none */
static int64_t
readnumber(int dir, const char *name, const char *word)
{
	char *line, *text;
	int64_t n;
	size_t len;

	text = readtext(dir, name);
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

/* Sets root and point, of 4096 bytes, to the part of the hierarchy that is mounted, and
 * where; 0 if none is. Lines of /proc/self/mountinfo are ID PARENT MAJ:MIN ROOT
 * MOUNTPOINT OPTIONS ... - TYPE SOURCE OPTIONS. */
static int
findmount(char *root, char *point)
{
	char *line, *next, *text;
	int found;

	text = readtext(AT_FDCWD, "/proc/self/mountinfo");
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

/* returns the directory of the group above this process's one, NULL if it is not
 * mounted */
static char *
parentgroup(void)
{
	char point[4096], root[4096], *own, *path, *slash, *text;
	size_t n;

	if (!findmount(root, point))
		return NULL;
	text = readtext(AT_FDCWD, "/proc/self/cgroup");
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

/* sets the prefix of groups made in this PID namespace; the maker's pid follows it */
static void
setprefix(char *prefix, size_t n)
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

/* removes a group whose maker is gone */
static int
sweepgroup(const char *name, void *arg)
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
	writetext(s->dir, file, "1");
	free(file);
	/* fails if its processes have not ended yet: the next sweep removes it */
	unlinkat(s->dir, name, AT_REMOVEDIR);
	return 0;
}

/* whether groups here have a controller for memory or processors */
static int
hascontrollers(int dir)
{
	char *text, *word, *save;
	int found;

	text = readtext(dir, "cgroup.controllers");
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

	base = parentgroup();
	if (!base) {
		*why = xstrdup("there are no control groups of version 2");
		return NULL;
	}
	setprefix(s.prefix, sizeof s.prefix);
	s.dir = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s.dir >= 0 && !hascontrollers(s.dir)) {
		*why = xasprintf("%s: no controllers", base);
		close(s.dir);
		free(base);
		return NULL;
	}
	if (s.dir >= 0) {
		iolist(s.dir, sweepgroup, &s);
		/* cgroupbound reports if this was neither done before nor allowed */
		writetext(s.dir, "cgroup.subtree_control", "+memory");
		writetext(s.dir, "cgroup.subtree_control", "+cpu");
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
	if (!memory || writetext(cg->dir, file, text) == 0) {
		file = "cpu.max";
		snprintf(text, sizeof text, "%lld %d",
		    (long long)cpus * PERIOD, PERIOD);
		if (!cpus || writetext(cg->dir, file, text) == 0)
			return 0;
	}
	*why = xasprintf("%s/%s: %s", cg->path, file, strerror(errno));
	return -1;
}

int
cgroupenter(const struct cgroup *cg)
{
	return writetext(cg->dir, "cgroup.procs", "0");
}

int
cgroupkill(const struct cgroup *cg)
{
	return writetext(cg->dir, "cgroup.kill", "1");
}

int
cgroupempty(const struct cgroup *cg)
{
	return readnumber(cg->dir, "cgroup.events", "populated ") == 0;
}

int64_t
cgroupspent(const struct cgroup *cg, int64_t *memory, int64_t *cpu)
{
	*memory = readnumber(cg->dir, "memory.peak", "");
	*cpu = readnumber(cg->dir, "cpu.stat", "usage_usec ");
	return readnumber(cg->dir, "memory.events", "oom_kill ");
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
