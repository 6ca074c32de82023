#include <bsd/stdlib.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/text.h"
#include "base/threads.h"
#include "base/x.h"

#define PREFIX "SPIFF_"		/* of every setting's name */

enum { FILEMAX = 1 << 20, SLOTSMAX = 100000 };

enum kind {
	TEXT,
	NUMBER,			/* from min to max */
	SIZE,			/* of memory */
	SPAN,			/* of time */
	CHOICE,			/* one of the words in wanted */
	SLOTS,
	ARCH,
	ARCHS,			/* with spaces between */
	ADDRESS,		/* for ssh */
	PROGRAM,		/* a name to be found on PATH, or a path */
	PATH,
	PATHS,			/* with colons between */
	PLACES			/* directories or URLs, with spaces between, each of
				 * which may have ARCH= or ARCH,ARCH= before it */
};

enum source { DEFAULT, COMPUTED, FROMFILE, FROMENV, FROMFLAG };

static struct setting {
	const char *name;
	int flag;
	enum kind kind;
	const char *value;
	const char *wanted;	/* what is expected, for messages */
	long min, max;
	enum source source;
	unsigned line;		/* of the settings file */
} settings[CONF_N] = {
	[CONF_SPOOL] = { "SPIFF_SPOOL", 's', PATH, "spool" },
	[CONF_DISTDIR] = { "SPIFF_DISTDIR", 'D', PATHS, "void-packages" },
	[CONF_REPO] = { "SPIFF_REPO", 'r', PATH, "repo" },
	[CONF_REPOS] = { "SPIFF_REPOS", 'R', PLACES, "" },
	[CONF_ARCH] = { "SPIFF_ARCH", 'a', ARCH, "" },
	[CONF_HOST] = { "SPIFF_HOST", 'A', ARCH, "" },
	[CONF_NATIVE] = { "SPIFF_NATIVE", 0, ARCHS, "" },
	[CONF_SLOTS] = { "SPIFF_SLOTS", 'j', SLOTS, "" },
	[CONF_BUILDER] = { "SPIFF_BUILDER", 'b', CHOICE, "local",
	    "local or nomad" },
	[CONF_NOMAD] = { "SPIFF_NOMAD", 0, TEXT, "spiff-build" },
	[CONF_NOMADTIME] = { "SPIFF_NOMADTIME", 0, NUMBER, "30", "seconds",
	    1, 3600 },
	[CONF_BUILD] = { "SPIFF_BUILD", 0, PROGRAM, "spiff-build" },
	[CONF_DELIVER] = { "SPIFF_DELIVER", 0, ADDRESS, "" },
	[CONF_DELIVERMAX] = { "SPIFF_DELIVERMAX", 0, SIZE, "16G" },
	[CONF_HOSTDIR] = { "SPIFF_HOSTDIR", 0, PATH, "hostdir" },
	[CONF_FETCH] = { "SPIFF_FETCH", 0, CHOICE, "yes", "yes or no" },
	[CONF_MASTERDIR] = { "SPIFF_MASTERDIR", 0, PATH, "masterdir" },
	[CONF_JOBS] = { "SPIFF_JOBS", 0, NUMBER, "", "processes", 1, 65536 },
	[CONF_MEMORY] = { "SPIFF_MEMORY", 0, SIZE, "" },
	[CONF_RAM] = { "SPIFF_RAM", 0, SIZE, "" },
	[CONF_CPUS] = { "SPIFF_CPUS", 0, NUMBER, "", "processors", 1, 65536 },
	[CONF_TIME] = { "SPIFF_TIME", 'T', SPAN, "12h" },
	[CONF_IDLE] = { "SPIFF_IDLE", 't', SPAN, "4h" },
	[CONF_LIMITS] = { "SPIFF_LIMITS", 0, PATH, "" },
	[CONF_HISTORY] = { "SPIFF_HISTORY", 0, PATH, "" },
	[CONF_CHECK] = { "SPIFF_CHECK", 0, CHOICE, "", "yes, no or full" },
	[CONF_CACHE] = { "SPIFF_CACHE", 0, PATH, "" },
	[CONF_PAUSE] = { "SPIFF_PAUSE", 0, NUMBER, "60", "seconds", 0, 86400 },
	[CONF_WATCH] = { "SPIFF_WATCH", 0, CHOICE, "inotify",
	    "inotify or scan" },
	[CONF_PRIVKEY] = { "SPIFF_PRIVKEY", 0, PATH, "" },
	[CONF_SIGNEDBY] = { "SPIFF_SIGNEDBY", 0, TEXT, "" },
	[CONF_COMPRESSION] = { "SPIFF_COMPRESSION", 0, NUMBER, "7",
	    "a level", 1, 19 },
	[CONF_STAGE] = { "SPIFF_STAGE", 0, CHOICE, "needed", "needed or xbps" },
	[CONF_MAINBREAK] = { "SPIFF_MAINBREAK", 0, CHOICE, "refuse",
	    "refuse or stage" },
	[CONF_KEEP] = { "SPIFF_KEEP", 0, NUMBER, "0", "versions", 0, 1000 },
	[CONF_REBUILD] = { "SPIFF_REBUILD", 0, CHOICE, "", "bump" },
	[CONF_RELINK] = { "SPIFF_RELINK", 0, TEXT, "" },
	[CONF_WWW] = { "SPIFF_WWW", 0, PATH, "" },
	[CONF_TREEURL] = { "SPIFF_TREEURL", 0, TEXT, "" },
	[CONF_HOOKS] = { "SPIFF_HOOKS", 0, PATH, "" },
};

static const char *file;	/* the settings file, NULL: there is none */

static char
separator(enum kind kind)
{
	return kind == PATHS ? ':' : ' ';
}

static int
islist(const struct setting *s)
{
	return s->kind == PATHS || s->kind == PLACES;
}

int
confflag(int flag, const char *value)
{
	struct setting *s;

	for (s = settings; s < settings + CONF_N; s++) {
		if (!s->flag || s->flag != flag)
			continue;
		if (s->source == FROMFLAG && islist(s))
			s->value = xasprintf("%s%c%s", s->value,
			    separator(s->kind), value);
		else
			s->value = value;
		s->source = FROMFLAG;
		return 1;
	}
	return 0;
}

static char *
sourceof(const struct setting *s)
{
	switch (s->source) {
	case FROMFLAG:
		return xasprintf("-%c", s->flag);
	case FROMENV:
		return xstrdup("environment");
	case FROMFILE:
		return xasprintf("%s:%u", file, s->line);
	default:
		return xstrdup("default");
	}
}

/* says what is wrong with a setting's value; returns -1 */
static int
badvalue(const struct setting *s, const char *why)
{
	char *shown;

	shown = textline(s->value, strlen(s->value));
	switch (s->source) {
	case FROMFLAG:
		warnx("-%c %s: %s", s->flag, shown, why);
		break;
	case FROMFILE:
		warnx("%s:%u: %s=%s: %s", file, s->line, s->name, shown, why);
		break;
	default:
		warnx("%s=%s: %s", s->name, shown, why);
		break;
	}
	free(shown);
	return -1;
}

static int
checknumber(const struct setting *s)
{
	const char *bad;
	char *why;
	int r;

	strtonum(s->value, s->min, s->max, &bad);
	if (!bad)
		return 0;
	why = xasprintf("expected %s, %ld to %ld", s->wanted, s->min, s->max);
	r = badvalue(s, why);
	free(why);
	return r;
}

#define ARCHCHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

/* whether n bytes are an architecture, which becomes part of file names and bash's
 * input */
static int
archok(const char *s, size_t n)
{
	return n > 0 && n <= 64 && *s != '-' && strspn(s, ARCHCHARS) >= n;
}

/* returns the length of the architectures before a place, with the =, 0 if it has none */
static size_t
archslength(const char *place)
{
	size_t n;

	n = strspn(place, ARCHCHARS ",");
	return n > 0 && place[n] == '=' ? n + 1 : 0;
}

/* whether all words are architectures */
static int
archsok(const char *s)
{
	size_t n;

	for (s += strspn(s, " "); *s; s += strspn(s, " ")) {
		n = strcspn(s, " ");
		if (!archok(s, n))
			return 0;
		s += n;
	}
	return 1;
}

/* whether s is like "4" or "x86_64=3,aarch64=1" */
static int
slotsok(const char *s)
{
	const char *bad, *eq;
	char *number;
	size_t n;

	eq = strchr(s, '=');
	for (;; s += n + 1) {
		n = strcspn(s, ",");
		if (eq) {
			eq = memchr(s, '=', n);
			if (!eq || !archok(s, (size_t)(eq - s)))
				return 0;
			n -= (size_t)(eq + 1 - s);
			s = eq + 1;
		}
		number = xstrndup(s, n);
		strtonum(number, 0, SLOTSMAX, &bad);
		free(number);
		if (bad || (!eq && s[n]))
			return 0;
		if (!s[n])
			return 1;
	}
}

/* whether the value is one of the words that wanted lists */
static int
choiceok(const struct setting *s)
{
	const char *p;
	size_t n;

	for (p = s->wanted; *p; p += n, p += strspn(p, ", ")) {
		n = strcspn(p, ", ");
		if (strlen(s->value) == n && memcmp(p, s->value, n) == 0 &&
		    strcmp(s->value, "or") != 0)
			return 1;
	}
	return 0;
}

static int
checkchoice(const struct setting *s)
{
	char *why;
	int r;

	if (choiceok(s))
		return 0;
	why = xasprintf("expected %s", s->wanted);
	r = badvalue(s, why);
	free(why);
	return r;
}

static int
checkone(const struct setting *s)
{
	int64_t n;

	if (!*s->value)
		return s->source == FROMFLAG && s->kind != PLACES ?
		    badvalue(s, "an empty value") : 0;
	switch (s->kind) {
	case NUMBER:
		return checknumber(s);
	case CHOICE:
		return checkchoice(s);
	case SIZE:
		return dehumanize_number(s->value, &n) < 0 || n < 1 ?
		    badvalue(s, "expected a size such as 4G") : 0;
	case SPAN:
		return textseconds(s->value) < 0 ?
		    badvalue(s, "expected a span of time such as 90s, 30m or 4h") : 0;
	case SLOTS:
		return slotsok(s->value) ? 0 : badvalue(s, "expected a number of "
		    "builds, or one for each architecture as in "
		    "x86_64=3,aarch64=1");
	case ARCH:
		return archok(s->value, strlen(s->value)) ? 0 : badvalue(s,
		    "expected an architecture such as x86_64 or aarch64-musl");
	case ARCHS:
		return archsok(s->value) ? 0 : badvalue(s, "expected architectures "
		    "with spaces between");
	case ADDRESS:
		return *s->value != '-' && !strpbrk(s->value, " \t") ? 0 :
		    badvalue(s, "expected user@host");
	default:
		return 0;
	}
}

static int
check(void)
{
	const struct setting *s;
	const char *p;
	int r;

	r = 0;
	for (s = settings; s < settings + CONF_N; s++) {
		for (p = s->value; (unsigned char)*p >= ' ' && *p != 127; p++)
			;
		r |= *p ? badvalue(s, "a control character") : checkone(s);
	}
	return r;
}

/* checks paths that have been expanded */
static int
checkpaths(void)
{
	static const enum conf unspaced[] = { CONF_HOSTDIR, CONF_MASTERDIR };
	const struct setting *s;
	size_t i;
	int r;

	r = 0;
	for (i = 0; i < sizeof unspaced / sizeof unspaced[0]; i++) {
		s = &settings[unspaced[i]];
		if (strchr(s->value, ' '))
			r |= badvalue(s, "xbps-src cannot work in a directory "
			    "with a space in its name");
	}
	return r;
}

static struct setting *
settingnamed(const char *name)
{
	struct setting *s;

	for (s = settings; s < settings + CONF_N; s++) {
		if (strcmp(s->name, name) == 0)
			return s;
	}
	return NULL;
}

/* removes blanks at the end of a string, and returns it without those at its beginning */
static char *
trim(char *s)
{
	char *end;

	s += strspn(s, " \t");
	for (end = s + strlen(s); end > s && strchr(" \t\r", end[-1]); end--)
		;
	*end = '\0';
	return s;
}

/* says what is wrong with a line of the settings file; returns -1 */
static int
badline(unsigned line, const char *what, const char *why)
{
	char *shown;

	shown = textline(what, strlen(what));
	warnx("%s:%u: %s: %s", file, line, shown, why);
	free(shown);
	return -1;
}

static int
badname(unsigned line, const char *name)
{
	const struct setting *s;
	const char *near, *own;
	char *why;
	unsigned far, least;
	int r;

	near = NULL;
	least = TEXTFAR;
	own = strncmp(name, PREFIX, strlen(PREFIX)) == 0 ?
	    name + strlen(PREFIX) : name;
	for (s = settings; s < settings + CONF_N; s++) {
		far = textdistance(own, s->name + strlen(PREFIX));
		if (far < least) {
			least = far;
			near = s->name;
		}
	}
	why = near ? xasprintf("no such setting: did you mean %s?", near) :
	    xstrdup("no such setting: spiff(7) lists them");
	r = badline(line, name, why);
	free(why);
	return r;
}

/* Refuses a value that a shell would change, since nothing is expanded here and nobody
 * should wonder where a directory "~build" or $HOME is. */
static int
plainvalue(unsigned line, const char *name, const char *value)
{
	if (strpbrk(value, "\"'`"))
		return badline(line, name, "no quotes: the value is all that is "
		    "behind the =");
	if (strchr(value, '$'))
		return badline(line, name, "$ is not expanded: write the value "
		    "out");
	if (strstr(value, " #"))
		return badline(line, name, "a comment has a line of its own");
	return 0;
}

static int
readline(unsigned line, char *s)
{
	struct setting *set;
	char *eq, *name, *value;

	s = trim(s);
	if (!*s || *s == '#')
		return 0;
	eq = strchr(s, '=');
	if (!eq)
		return badline(line, s, "expected NAME=value");
	*eq = '\0';
	name = trim(s);
	value = trim(eq + 1);
	set = settingnamed(name);
	if (!set)
		return badname(line, name);
	if (plainvalue(line, name, value) < 0)
		return -1;
	if (*value && set->source != FROMFLAG) {
		set->value = xstrdup(value);
		set->source = FROMFILE;
		set->line = line;
	}
	return 0;
}

static int
readlines(struct buf *b)
{
	char *s, *next;
	unsigned line;
	int r;

	r = 0;
	line = 0;
	for (s = b->s; s < b->s + b->len; s = next) {
		next = memchr(s, '\n', b->len - (size_t)(s - b->s));
		next = next ? next : b->s + b->len;
		*next++ = '\0';
		line++;
		if (strlen(s) != (size_t)(next - 1 - s))
			r = badline(line, s, "a NUL byte");
		else if (readline(line, s) < 0)
			r = -1;
	}
	return r;
}

/* reads the settings file, which must not be writable for everybody, since it decides
 * which programs run */
static int
readfile(int mayabsent)
{
	struct buf b = {0};
	struct stat st;
	int fd, r;

	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && mayabsent && errno == ENOENT) {
		file = NULL;
		return 0;
	}
	if (fd < 0 || fstat(fd, &st) < 0 || ioreadfd(fd, FILEMAX, &b) < 0) {
		warn("%s", file);
		r = -1;
	} else if (st.st_mode & S_IWOTH) {
		warnx("%s: everybody can write to it: chmod o-w", file);
		r = -1;
	} else {
		/* room for the NUL behind the last line */
		bufadd(&b, "", 1);
		b.len--;
		r = readlines(&b);
	}
	buffree(&b);
	ioclose(fd);
	return r;
}

static void
readenv(void)
{
	struct setting *s;
	const char *value;

	for (s = settings; s < settings + CONF_N; s++) {
		value = getenv(s->name);
		if (value && *value && s->source != FROMFLAG) {
			s->value = value;
			s->source = FROMENV;
		}
	}
}

/* returns the machine's architecture as XBPS has it: uname's, with the C library if that
 * is not glibc */
static char *
machinearch(void)
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
isurl(const char *s)
{
	return strstr(s, "://") != NULL;
}

static int
ispath(const struct setting *s)
{
	return s->kind >= PATH || (s->kind == PROGRAM && strchr(s->value, '/'));
}

/* returns the value that fn appends, which is called for each element of a path or a
 * list; NULL with errno when fn fails */
static char *
eachpath(const struct setting *s, int (*fn)(struct buf *, const char *,
    const void *), const void *arg)
{
	struct buf b = {0};
	const char *p;
	char *one, sep[2] = { separator(s->kind), '\0' };
	size_t archs, n;
	int r;

	r = 0;
	for (p = s->value; *p && r == 0; p += n) {
		n = islist(s) ? strspn(p, sep) : 0;
		p += n;
		n = islist(s) ? strcspn(p, sep) : strlen(p);
		if (n == 0)
			continue;
		if (b.len)
			bufchar(&b, sep[0]);
		one = xstrndup(p, n);
		archs = s->kind == PLACES ? archslength(one) : 0;
		bufadd(&b, one, archs);
		r = fn(&b, one + archs, arg);
		free(one);
	}
	if (r < 0) {
		buffree(&b);
		return NULL;
	}
	bufadd(&b, "", 0);
	return buftake(&b);
}

/* appends a path with ~/ expanded; a relative one becomes one below dir, unless dir is
 * NULL */
static int
expandpath(struct buf *b, const char *path, const void *dir)
{
	const char *home;

	if (*path == '~' && (!path[1] || path[1] == '/')) {
		home = getenv("HOME");
		if (!home || *home != '/')
			return -1;
		buffmt(b, "%s%s", home, path + 1);
	} else if (*path == '~') {
		return -1;
	} else if (dir && *path != '/' && !isurl(path)) {
		buffmt(b, "%s/%s", (const char *)dir, path);
	} else {
		bufstr(b, path);
	}
	return 0;
}

/* returns the settings file's directory; the caller owns it */
static char *
filedir(void)
{
	char cwd[PATH_MAX];
	const char *slash;

	slash = strrchr(file, '/');
	if (*file == '/')
		return xstrndup(file, slash > file ? (size_t)(slash - file) : 1);
	if (!getcwd(cwd, sizeof cwd))
		return NULL;
	return slash ? xasprintf("%s/%.*s", cwd, (int)(slash - file), file) :
	    xstrdup(cwd);
}

/* Expands paths. Relative ones of the settings file are relative to its directory, and so
 * are defaults if the user has named the file; others to the current directory. */
static int
paths(int namedfile)
{
	struct setting *s;
	char *dir, *value;
	int r;

	dir = file ? filedir() : NULL;
	if (file && !dir) {
		warn("%s", file);
		return -1;
	}
	r = 0;
	for (s = settings; s < settings + CONF_N; s++) {
		if (!ispath(s) || !*s->value)
			continue;
		value = eachpath(s, expandpath, s->source == FROMFILE ||
		    (s->source == DEFAULT && namedfile) ? dir : NULL);
		if (value)
			s->value = value;
		else
			r |= badvalue(s, "only ~/ is expanded, to $HOME: write the "
			    "path out");
	}
	free(dir);
	return r;
}

/* sets a setting to a value computed from others */
static void
setcomputed(enum conf which, char *value)
{
	if (value) {
		settings[which].value = value;
		settings[which].source = COMPUTED;
	}
}

static int
computeall(void)
{
	long cpus;

	if (!*confget(CONF_HOST)) {
		setcomputed(CONF_HOST, machinearch());
		if (!*confget(CONF_HOST)) {
			warn("uname");
			return -1;
		}
	}
	if (!*confget(CONF_ARCH))
		setcomputed(CONF_ARCH, xstrdup(confget(CONF_HOST)));
	cpus = threadscpus();
	if (!*confget(CONF_SLOTS))
		setcomputed(CONF_SLOTS, xasprintf("%ld", cpus >= 8 ? cpus / 4 : 1));
	/* xbps-src has no option for no */
	if (strcmp(confget(CONF_CHECK), "no") == 0)
		settings[CONF_CHECK].value = "";
	/* all slots together use all processors */
	if (!*confget(CONF_JOBS))
		setcomputed(CONF_JOBS, xasprintf("%ld", cpus > confslotsall() ?
		    cpus / confslotsall() : 1));
	if (!*confget(CONF_RAM))
		setcomputed(CONF_RAM, xasprintf("%lld", (long long)sysconf(
		    _SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE)));
	if (!*confget(CONF_CACHE))
		setcomputed(CONF_CACHE, cachedir());
	if (!*confget(CONF_HOOKS))
		setcomputed(CONF_HOOKS, xasprintf("%s/hooks", confget(CONF_SPOOL)));
	return 0;
}

int
confload(void)
{
	int isnamed, r;

	umask(022);
	file = getenv("SPIFF_CONF");
	isnamed = file && *file;
	if (!isnamed)
		file = "/etc/spiff/spiff.conf";
	if (strcmp(file, "/dev/null") == 0)
		file = NULL;
	r = file ? readfile(!isnamed) : 0;
	readenv();
	r |= check();
	if (r < 0 || paths(isnamed) < 0 || checkpaths() < 0)
		return -1;
	return computeall();
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

long
confnumber(enum conf which)
{
	return strtol(settings[which].value, NULL, 10);
}

int64_t
confsize(enum conf which)
{
	int64_t n;

	return dehumanize_number(settings[which].value, &n) < 0 ? 0 : n;
}

int64_t
confspan(enum conf which)
{
	return textseconds(settings[which].value) * 1000;
}

char *
confsource(enum conf which)
{
	return sourceof(&settings[which]);
}

int
confgiven(enum conf which)
{
	return *settings[which].value && settings[which].source != COMPUTED;
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

/* whether a place with so long a list of architectures before it is for one of them */
static int
isfor(const char *place, size_t length, const char *arch)
{
	const char *end;

	for (; length > 0; length -= (size_t)(end - place) + 1, place = end + 1) {
		end = place + strcspn(place, ",=");
		if (strlen(arch) == (size_t)(end - place) &&
		    memcmp(arch, place, strlen(arch)) == 0)
			return 1;
	}
	return 0;
}

char **
confplaces(enum conf which, const char *arch, size_t *n)
{
	char **list;
	size_t archs, i, total;

	list = conflist(which, &total);
	for (i = *n = 0; i < total; i++) {
		archs = archslength(list[i]);
		if (archs == 0 || isfor(list[i], archs, arch))
			list[(*n)++] = list[i] + archs;
	}
	list[*n] = NULL;
	return list;
}

char *
confabsolute(enum conf which)
{
	const struct setting *s = &settings[which];
	char cwd[PATH_MAX];

	if (!ispath(s))
		return xstrdup(s->value);
	return getcwd(cwd, sizeof cwd) ? eachpath(s, expandpath, cwd) : NULL;
}

int
confexport(void)
{
	char *value;
	int i, r;

	r = 0;
	for (i = 0; i < CONF_N && r == 0; i++) {
		value = confabsolute((enum conf)i);
		if (!value)
			return -1;
		r = *value ? setenv(settings[i].name, value, 1) :
		    unsetenv(settings[i].name);
		free(value);
	}
	return r < 0 ? -1 : setenv("SPIFF_CONF", "/dev/null", 1);
}

long
confslotsall(void)
{
	const char *p;
	long n;

	n = 0;
	for (p = confget(CONF_SLOTS); p; p = strchr(p, ',')) {
		p += *p == ',';
		n += strtol(p + (strchr(p, '=') ?
		    strcspn(p, "=") + 1 : 0), NULL, 10);
	}
	return n > 0 ? n : 1;
}

int
confslots(const char *arch)
{
	const char *p;
	size_t n;

	p = confget(CONF_SLOTS);
	if (!strchr(p, '='))
		return (int)strtol(p, NULL, 10);
	for (; p; p = strchr(p, ',')) {
		p += *p == ',';
		n = strcspn(p, "=");
		if (strlen(arch) == n && memcmp(p, arch, n) == 0)
			return (int)strtol(p + n + 1, NULL, 10);
	}
	return 0;
}
