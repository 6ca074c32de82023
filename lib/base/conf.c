#include <bsd/stdlib.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/threads.h"
#include "base/x.h"

enum { FILEMAX = 1 << 20 };

enum kind { WORD, PATH, PATHS, PLACES };	/* PLACES: directories or URLs */

static struct setting {
	const char *name;
	int flag;
	enum kind kind;
	const char *value;
	int flagged;
	int derived;		/* from others, as nobody has set it */
} settings[CONF_N] = {
	[CONF_SPOOL] = { "SPIFF_SPOOL", 's', PATH, "spool", 0, 0 },
	[CONF_DISTDIR] = { "SPIFF_DISTDIR", 'D', PATHS, "void-packages", 0, 0 },
	[CONF_REPO] = { "SPIFF_REPO", 'r', PATH, "repo", 0, 0 },
	[CONF_REPOS] = { "SPIFF_REPOS", 'R', PLACES, "", 0, 0 },
	[CONF_ARCH] = { "SPIFF_ARCH", 'a', WORD, "", 0, 0 },
	[CONF_HOST] = { "SPIFF_HOST", 'A', WORD, "", 0, 0 },
	[CONF_SLOTS] = { "SPIFF_SLOTS", 'j', WORD, "", 0, 0 },
	[CONF_BUILDER] = { "SPIFF_BUILDER", 'b', WORD, "local", 0, 0 },
	[CONF_NOMAD] = { "SPIFF_NOMAD", 0, WORD, "spiff-build", 0, 0 },
	[CONF_NOMADTIME] = { "SPIFF_NOMADTIME", 0, WORD, "30", 0, 0 },
	[CONF_BUILD] = { "SPIFF_BUILD", 0, WORD, "spiff-build", 0, 0 },
	[CONF_DELIVER] = { "SPIFF_DELIVER", 0, WORD, "", 0, 0 },
	[CONF_HOSTDIR] = { "SPIFF_HOSTDIR", 0, PATH, "hostdir", 0, 0 },
	[CONF_MASTERDIR] = { "SPIFF_MASTERDIR", 0, PATH, "masterdir", 0, 0 },
	[CONF_JOBS] = { "SPIFF_JOBS", 0, WORD, "", 0, 0 },
	[CONF_MEMORY] = { "SPIFF_MEMORY", 0, WORD, "", 0, 0 },
	[CONF_CPUS] = { "SPIFF_CPUS", 0, WORD, "", 0, 0 },
	[CONF_CHECK] = { "SPIFF_CHECK", 0, WORD, "", 0, 0 },
	[CONF_CACHE] = { "SPIFF_CACHE", 0, PATH, "", 0, 0 },
	[CONF_PAUSE] = { "SPIFF_PAUSE", 0, WORD, "60", 0, 0 },
	[CONF_WATCH] = { "SPIFF_WATCH", 0, WORD, "inotify", 0, 0 },
	[CONF_PRIVKEY] = { "SPIFF_PRIVKEY", 0, PATH, "", 0, 0 },
	[CONF_SIGNEDBY] = { "SPIFF_SIGNEDBY", 0, WORD, "", 0, 0 },
	[CONF_COMPRESSION] = { "SPIFF_COMPRESSION", 0, WORD, "7", 0, 0 },
	[CONF_WWW] = { "SPIFF_WWW", 0, PATH, "", 0, 0 },
	[CONF_HOOKS] = { "SPIFF_HOOKS", 0, PATH, "", 0, 0 },
};

static char
separator(enum kind kind)
{
	return kind == PATHS ? ':' : ' ';
}

int
confflag(int flag, const char *value)
{
	struct setting *s;

	for (s = settings; s < settings + CONF_N; s++) {
		if (!s->flag || s->flag != flag)
			continue;
		if (s->flagged && (s->kind == PATHS || s->kind == PLACES))
			s->value = xasprintf("%s%c%s", s->value,
			    separator(s->kind), value);
		else
			s->value = value;
		s->flagged = 1;
		return 1;
	}
	return 0;
}

static struct setting *
named(const char *name, size_t n)
{
	struct setting *s;

	for (s = settings; s < settings + CONF_N; s++) {
		if (strlen(s->name) == n && memcmp(s->name, name, n) == 0)
			return s;
	}
	return NULL;
}

static int
readline(const char *file, unsigned line, char *s)
{
	struct setting *set;
	char *eq, *end;

	s += strspn(s, " \t");
	for (end = s + strlen(s); end > s && strchr(" \t\r", end[-1]); end--)
		;
	*end = '\0';
	if (!*s || *s == '#')
		return 0;
	eq = strchr(s, '=');
	set = eq ? named(s, (size_t)(eq - s)) : NULL;
	if (!set) {
		warnx("%s:%u: expected NAME=value with a name of spiff(7)",
		    file, line);
		return -1;
	}
	if (!set->flagged)
		set->value = xstrdup(eq + 1);
	return 0;
}

static int
readfile(const char *file, int mayabsent)
{
	struct buf b = {0};
	char *s, *next;
	unsigned line;
	int r;

	if (ioread(AT_FDCWD, file, FILEMAX, &b) < 0) {
		if (mayabsent && errno == ENOENT)
			return 0;
		warn("%s", file);
		return -1;
	}
	r = 0;
	line = 0;
	for (s = b.s; s && *s; s = next) {
		next = strchr(s, '\n');
		if (next)
			*next++ = '\0';
		line++;
		if (readline(file, line, s) < 0)
			r = -1;
	}
	buffree(&b);
	return r;
}

static void
readenv(void)
{
	struct setting *s;
	const char *value;

	for (s = settings; s < settings + CONF_N; s++) {
		value = getenv(s->name);
		if (value && *value && !s->flagged)
			s->value = value;
	}
}

/* the machine's name as xbps has it: uname's, and the C library when it is
 * not glibc */
static char *
machine(void)
{
	struct utsname u;

	if (uname(&u) < 0)
		return NULL;
#ifdef __GLIBC__
	return xstrdup(u.machine);
#else
	return xasprintf("%s-musl", u.machine);
#endif
}

static char *
cachedir(void)
{
	const char *dir;

	dir = getenv("XDG_CACHE_HOME");
	if (dir && *dir == '/')
		return xasprintf("%s/spiff", dir);
	dir = getenv("HOME");
	return dir && *dir == '/' ? xasprintf("%s/.cache/spiff", dir) : NULL;
}

static int
derive(void)
{
	long cpus;
	char *s;

	if (!*settings[CONF_HOST].value) {
		s = machine();
		if (!s) {
			warn("uname");
			return -1;
		}
		settings[CONF_HOST].value = s;
	}
	if (!*settings[CONF_ARCH].value)
		settings[CONF_ARCH].value = settings[CONF_HOST].value;
	cpus = poolcpus();
	if (!*settings[CONF_SLOTS].value)
		settings[CONF_SLOTS].value =
		    xasprintf("%ld", cpus >= 8 ? cpus / 4 : 1);
	/* so that all slots together fill the machine */
	settings[CONF_JOBS].derived = !*settings[CONF_JOBS].value;
	if (settings[CONF_JOBS].derived)
		settings[CONF_JOBS].value = xasprintf("%ld",
		    cpus > confslotsall() ? cpus / confslotsall() : 1);
	if (!*settings[CONF_CACHE].value && (s = cachedir()))
		settings[CONF_CACHE].value = s;
	if (!*settings[CONF_HOOKS].value)
		settings[CONF_HOOKS].value = xasprintf("%s/hooks",
		    settings[CONF_SPOOL].value);
	return 0;
}

/* an architecture becomes part of file names and of bash's input */
static int
archok(enum conf which)
{
	const char *s;

	s = settings[which].value;
	if (*s && *s != '-' && strspn(s, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == strlen(s) &&
	    strlen(s) <= 64)
		return 1;
	warnx("%s: not an architecture: %s", settings[which].name, s);
	return 0;
}

int
confload(void)
{
	const char *file;
	int r;

	file = getenv("SPIFF_CONF");
	if (file && *file)
		r = strcmp(file, "/dev/null") == 0 ? 0 : readfile(file, 0);
	else
		r = readfile("/etc/spiff/spiff.conf", 1);
	readenv();
	if (r < 0 || derive() < 0)
		return -1;
	return archok(CONF_ARCH) && archok(CONF_HOST) ? 0 : -1;
}

const char *
confname(enum conf which)
{
	return settings[which].name;
}

const char *
confget(enum conf which)
{
	return settings[which].value;
}

int
confgiven(enum conf which)
{
	return *settings[which].value && !settings[which].derived;
}

char **
conflist(enum conf which, size_t *n)
{
	const char *s;
	char **list, *p;
	size_t len;
	char sep[2];

	s = settings[which].value;
	sep[0] = separator(settings[which].kind);
	sep[1] = '\0';
	len = strlen(s);
	list = xmalloc((len / 2 + 2) * sizeof *list + len + 1);
	p = (char *)(list + len / 2 + 2);
	memcpy(p, s, len + 1);
	*n = 0;
	for (p = strtok(p, sep); p; p = strtok(NULL, sep))
		list[(*n)++] = p;
	list[*n] = NULL;
	return list;
}

static int
isurl(const char *s)
{
	return strstr(s, "://") != NULL;
}

/* appends the path, absolute, as children may run elsewhere */
static int
absolute(struct buf *b, const char *path)
{
	char cwd[PATH_MAX];

	if (*path != '/' && !isurl(path)) {
		if (!getcwd(cwd, sizeof cwd))
			return -1;
		buffmt(b, "%s/", cwd);
	}
	bufstr(b, path);
	return 0;
}

static int
exportone(enum conf which)
{
	struct setting *s = &settings[which];
	struct buf b = {0};
	char **list;
	size_t i, n;
	int r;

	r = 0;
	if (s->kind == WORD) {
		bufstr(&b, s->value);
	} else if (s->kind == PATH) {
		r = absolute(&b, s->value);
	} else {
		list = conflist(which, &n);
		for (i = 0; i < n && r == 0; i++) {
			if (i)
				bufchar(&b, separator(s->kind));
			r = absolute(&b, list[i]);
		}
		free(list);
	}
	if (r == 0)
		r = setenv(s->name, b.s, 1);
	buffree(&b);
	return r;
}

int
confexport(void)
{
	int i;

	for (i = 0; i < CONF_N; i++) {
		if (*settings[i].value && exportone(i) < 0)
			return -1;
	}
	return 0;
}

enum { SLOTSMAX = 100000 };

long
confslotsall(void)
{
	char *copy, *eq, *p;
	long n;

	copy = xstrdup(confget(CONF_SLOTS));
	n = 0;
	for (p = strtok(copy, ","); p; p = strtok(NULL, ",")) {
		eq = strchr(p, '=');
		n += (long)strtonum(eq ? eq + 1 : p, 0, SLOTSMAX, NULL);
	}
	free(copy);
	return n > 0 ? n : 1;
}

static int
slotsnumber(const char *s)
{
	const char *why;
	long long n;

	n = strtonum(s, 0, SLOTSMAX, &why);
	if (why) {
		warnx("SPIFF_SLOTS: %s: number of builds at a time is %s", s,
		    why);
		return -1;
	}
	return (int)n;
}

int
confslots(const char *arch)
{
	char *copy, *eq, *p;
	int n, r;

	copy = xstrdup(confget(CONF_SLOTS));
	r = 0;
	for (p = strtok(copy, ","); p && r >= 0; p = strtok(NULL, ",")) {
		eq = strchr(p, '=');
		if (eq)
			*eq = '\0';
		n = slotsnumber(eq ? eq + 1 : p);
		if (n < 0 || !eq || strcmp(p, arch) == 0)
			r = n;
	}
	free(copy);
	return r;
}
