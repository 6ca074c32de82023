#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#include "base/buf.h"
#include "base/env.h"
#include "base/io.h"
#include "base/proc.h"
#include "base/table.h"
#include "base/text.h"
#include "base/x.h"
#include "tree/bashpool.h"
#include "tree/fingerprint.h"
#include "tree/tmpl.h"
#include "tree/tmplenv.h"
#include "tree/tmplscan.h"
#include "tree/tree.h"

enum {
	LIMIT = 30,	/* seconds */
	MAXSHARED = 16 << 20	/* bytes */
};

extern char **environ;

/* variables for a shell, besides the settings of xbps-src */
static const char *const passed[] = { "HOME", "PATH", "XDG_CONFIG_HOME" };

/* A shell forks for each template, and the kernel copies each page that is written to
 * after that: a sixth fewer of them without glibc's cache of free blocks. */
static const char *const fixed[] = { "LANG=C", "LC_ALL=C", "LC_COLLATE=C",
    "GLIBC_TUNABLES=glibc.malloc.tcache_count=0" };

/* returns the shells' environment, the n settings of xbps-src first, sorted */
static char **
makeenv(size_t *n)
{
	char **env, **e;
	const char *value;
	size_t i, len;

	env = xcalloc(1, sizeof *env);
	len = 0;
	for (e = environ; *e; e++) {
		if (!envpasses(*e, ENV_TEMPLATE))
			continue;
		env = xgrow(env, len, sizeof *env);
		env[len++] = xstrdup(*e);
	}
	qsort(env, len, sizeof *env, textcompare);
	*n = len;
	env = xreallocarray(env, len + 8, sizeof *env);
	for (i = 0; i < sizeof passed / sizeof *passed; i++) {
		if ((value = getenv(passed[i])))
			env[len++] = xasprintf("%s=%s", passed[i], value);
	}
	for (i = 0; i < sizeof fixed / sizeof *fixed; i++)
		env[len++] = xstrdup(fixed[i]);
	env[len] = NULL;
	return env;
}

static char *
absolutepath(const char *path)
{
	char *s;

	s = realpath(path, NULL);
	if (!s)
		warn("%s", path);
	return s;
}

/* returns the path if its file has a byte, else frees it and returns NULL */
static char *
nonempty(char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
		return path;
	free(path);
	return NULL;
}

/* returns the path of the user's settings, found as xbps-src does, "" for none; NULL
 * after a message */
static char *
findconf(const struct tree *t)
{
	const char *dir, *home;
	char *path, *s;

	home = getenv("HOME");
	dir = getenv("XDG_CONFIG_HOME");
	path = treeetc(t, "conf");
	if (!path && dir && *dir)
		path = nonempty(xasprintf("%s/xbps-src.conf", dir));
	else if (!path && home)
		path = nonempty(xasprintf("%s/.config/xbps-src.conf", home));
	if (!path && home)
		path = nonempty(xasprintf("%s/.xbps-src.conf", home));
	s = path ? absolutepath(path) : xstrdup("");
	free(path);
	return s;
}

static char *
finddefaults(const struct tree *t)
{
	char *path, *s;

	path = treeetc(t, "defaults.conf");
	s = path ? absolutepath(path) : xstrdup("");
	free(path);
	return s;
}

/* returns the length of the path of the i-th tree */
static int
treelen(const struct bashpoolenv *ee, size_t i)
{
	return (int)(strlen(ee->srcpkgs[i]) - strlen("/srcpkgs"));
}

/* returns the path that name has, or would have, below the i-th tree's common/ */
static char *
commonpath(const struct bashpoolenv *ee, size_t i, const char *name)
{
	return xasprintf("%.*s/common/%s", treelen(ee, i), ee->srcpkgs[i], name);
}

static void
addread(struct bashpoolenv *ee, const char *dir, const char *name)
{
	char *path;

	path = xasprintf("%s/%s", dir, name);
	if (access(path, F_OK) == 0)
		ee->reads[ee->nreads++] = path;
	else
		free(path);
}

static int
findpaths(const struct tree *t, struct bashpoolenv *ee)
{
	const char *const *dirs;
	const char **srcpkgs;
	char *dir;
	size_t i, n;

	dirs = treedirs(t, &n);
	ee->srcpkgs = srcpkgs = xcalloc(n, sizeof *srcpkgs);
	ee->reads = xcalloc(3 * n + 1, sizeof *ee->reads);
	for (i = 0; i < n; i++) {
		dir = absolutepath(dirs[i]);
		if (!dir)
			return -1;
		srcpkgs[ee->n++] = xasprintf("%s/srcpkgs", dir);
		addread(ee, dir, "srcpkgs");
		addread(ee, dir, "common");
		addread(ee, dir, "etc");
		if (i + 1 == n)
			ee->base = dir;
		else
			free(dir);
	}
	ee->conf = findconf(t);
	ee->defaults = finddefaults(t);
	return ee->conf && ee->defaults ? 0 : -1;
}

/* the merging of common/ */
struct merge {
	const struct bashpoolenv *ee;
	int failed;		/* errno of the last link that could not be made */
};

static void mergedir(struct merge *, const char *);

/* links an entry of a tree's common/ unless an earlier tree has it; merges an overlay's
 * directories */
static void
mergeentry(struct merge *m, size_t tree, const char *name)
{
	struct stat st;
	char *from, *to;
	int dir, last;

	from = commonpath(m->ee, tree, name);
	dir = stat(from, &st) == 0 && S_ISDIR(st.st_mode);
	last = tree + 1 == m->ee->n;
	if (dir && !last) {
		mergedir(m, name);
	} else if (last || strchr(name, '/')) {
		to = xasprintf("%s/%s", m->ee->common, name);
		if (symlink(from, to) < 0 && errno != EEXIST)
			m->failed = errno;
		free(to);
	}
	free(from);
}

/* merges the directories of that name below common/; files right in common/ are those of
 * void-packages */
static void
mergedir(struct merge *m, const char *name)
{
	struct dirent *de;
	char *path;
	size_t i;
	DIR *d;

	path = xasprintf("%s/%s", m->ee->common, name);
	/* readable whatever the umask; it exists when two overlays have it */
	if ((mkdir(path, 0755) < 0 && errno != EEXIST) || chmod(path, 0755) < 0)
		m->failed = errno;
	free(path);
	for (i = 0; i < m->ee->n; i++) {
		path = commonpath(m->ee, i, name);
		d = opendir(path);
		free(path);
		while (d && (de = readdir(d))) {
			if (*de->d_name == '.')
				continue;
			path = *name ? xasprintf("%s/%s", name, de->d_name) :
			    xstrdup(de->d_name);
			mergeentry(m, i, path);
			free(path);
		}
		if (d)
			closedir(d);
	}
}

/* Starts a shell that makes the directory ee->common and removes it when this process's
 * end of a socket is closed, so that nothing is left however this process ends. -1
 * after the shell's message */
static int
keeperstart(struct bashpoolenv *ee)
{
	static const char script[] = "trap '' HUP INT QUIT TERM PIPE\n"
	    "mkdir -m 700 -- \"$1\" && { echo; read -r _; rm -rf -- \"$1\"; }";
	const char *const argv[] = { "/bin/sh", "-c", script, "sh", ee->common, NULL };
	struct proc p = { .argv = (char *const *)argv, .who = ENV_NONE, .err = -1,
	    .session = 1 };
	int fds[2];
	char c;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return -1;
	p.in = p.out = fds[1];
	ee->keeper = procstart(&p);
	close(fds[1]);
	ee->keeperfd = fds[0];
	return ee->keeper > 0 && read(fds[0], &c, 1) == 1 ? 0 : -1;
}

static void
keeperend(struct bashpoolenv *ee)
{
	int status;

	if (ee->keeper == 0)
		return;
	close(ee->keeperfd);
	if (ee->keeper > 0)
		procwait(ee->keeper, &status);
	ee->keeper = 0;
}

/* Makes a directory of links with the files of common/ and of the overlays. All users may
 * read it, since bash runs as another user when root starts it. -1 after a message */
static int
mergecommon(struct bashpoolenv *ee)
{
	struct merge m = { .ee = ee };
	const char *tmp;

	tmp = getenv("TMPDIR");
	ee->common = xasprintf("%s/spiff-common.%08" PRIx32 "%08" PRIx32,
	    tmp && *tmp ? tmp : "/tmp", arc4random(), arc4random());
	if (keeperstart(ee) == 0) {
		mergedir(&m, "");
		if (!m.failed)
			return 0;
		errno = m.failed;
		warn("%s", ee->common);
	}
	warnx("%s: an overlay's common/ cannot be merged there", ee->common);
	keeperend(ee);
	free(ee->common);
	ee->common = NULL;
	return -1;
}

/* whether an overlay has more than shlibs in common/ */
static int
hasoverlays(const struct bashpoolenv *ee)
{
	struct dirent *de;
	char *path;
	size_t i;
	int r;
	DIR *d;

	r = 0;
	for (i = 0; i + 1 < ee->n && !r; i++) {
		path = commonpath(ee, i, "");
		d = opendir(path);
		while (d && !r && (de = readdir(d)))
			r = *de->d_name != '.' && strcmp(de->d_name, "shlibs") != 0;
		if (d)
			closedir(d);
		free(path);
	}
	return r;
}

/* returns the path of a file below common/ in the first tree that has it, the last
 * tree's when none has; the caller owns it */
static char *
commonfile(const struct bashpoolenv *ee, const char *name)
{
	char *path;
	size_t i;

	for (i = 0;; i++) {
		path = commonpath(ee, i, name);
		if (i + 1 == ee->n || access(path, F_OK) == 0)
			return path;
		free(path);
	}
}

/* -1 after a message when the trees have no profile for an architecture, which xbps-src
 * would end without */
static int
checkprofile(const struct bashpoolenv *ee, const char *kind, const char *arch,
    const char *what)
{
	char *name, *path;
	int r;

	name = xasprintf("%s-profiles/%s.sh", kind, arch);
	path = commonfile(ee, name);
	r = access(path, R_OK);
	if (r < 0)
		warn("%s: %s: %s", arch, what, path);
	free(name);
	free(path);
	return r;
}

/* -1 after a message when the tree or a profile is missing */
static int
checktree(const struct bashpoolenv *ee)
{
	char *path;
	int r;

	path = xasprintf("%s/common/xbps-src/shutils/common.sh", ee->base);
	r = access(path, R_OK);
	if (r < 0)
		warn("%s: not a void-packages tree: %s", ee->base, path);
	free(path);
	if (r == 0)
		r = checkprofile(ee, "build", ee->host,
		    "not an architecture that builds");
	if (r == 0 && *ee->cross)
		r = checkprofile(ee, "cross", ee->cross,
		    "not a target for a cross build");
	return r;
}

/* returns lines of all that an answer depends on besides files; the caller owns them */
static char *
settingslines(const struct bashpoolenv *ee, size_t nenv)
{
	struct buf b = {0};
	size_t i;

	buffmt(&b, "host %s\ntarget %s\ncheck %s\nbare %d\n", ee->host, ee->cross,
	    ee->check, ee->bare);
	for (i = 0; i < nenv; i++)
		buffmt(&b, "%s\n", ee->env[i]);
	return buftake(&b);
}

/* returns lines that tell these trees from others; the caller owns them */
static char *
identitylines(const struct bashpoolenv *ee, const char *settingstext)
{
	struct buf b = {0};
	size_t i;

	for (i = 0; i < ee->n; i++)
		buffmt(&b, "tree %s\n", ee->srcpkgs[i]);
	buffmt(&b, "conf %s\n%s", ee->conf, settingstext);
	return buftake(&b);
}

/* The files that xbps-src reads for every template: part of common/, and etc/. Build
 * styles and helpers count only by their status, so that no answer is cached which was
 * evaluated while one of them changed. */
uint64_t
tmplenvstate(const struct bashpoolenv *ee, int deep)
{
	static const char *const names[] = { "xbps-src/shutils", "environment/setup",
	    "environment/setup-subpkg", "build-profiles", "environment/build-style",
	    "build-helper" };
	char *name, *path;
	uint64_t sum;
	size_t i, k, n;

	sum = 0;
	name = xasprintf("cross-profiles/%s.sh", ee->cross);
	n = sizeof names / sizeof *names - (deep ? 2 : 0);
	for (i = 0; i < ee->n; i++) {
		for (k = 0; k <= n; k++) {
			path = commonpath(ee, i, k > 0 ? names[k - 1] : name);
			sum = sum * 31 + fingerprinttree(path, NULL, deep);
			free(path);
		}
		path = xasprintf("%.*s/etc", treelen(ee, i), ee->srcpkgs[i]);
		sum = sum * 31 + fingerprinttree(path, NULL, deep);
		free(path);
	}
	free(name);
	if (*ee->conf)
		sum += fingerprinttree(ee->conf, NULL, deep);
	return sum;
}

/* the numbers of a file below common/, or of all files there */
struct shared {
	int have[2], read;	/* whether number and wide are set */
	int wide;		/* the file may read anything there */
	uint64_t number[2];	/* of its status, of its contents */
};

/* whether a file may read any others below common/ */
static int
readswidely(const char *path)
{
	struct buf b = {0};
	struct tmplscan m;
	int r;

	r = 0;
	if (ioread(AT_FDCWD, path, MAXSHARED, &b) == 0) {
		bufchar(&b, '\0');
		tmplscan(b.s, &m);
		r = m.common || m.any;
		tmplscanfree(&m);
	}
	buffree(&b);
	return r;
}

/* returns the number of a file below common/, "" for all of it */
static uint64_t
sharedfile(struct bashpoolenv *ee, const char *name, int deep)
{
	struct shared *s;
	void **place;
	uint64_t sum;
	char *path;
	size_t i;

	place = tableput(ee->shared, name);
	if (!*place)
		*place = xcalloc(1, sizeof *s);
	s = *place;
	if (s->have[deep])
		return s->number[deep];
	sum = 0;
	if (*name) {
		path = commonfile(ee, name);
		sum = fingerprinttree(path, NULL, deep);
		if (!s->read)
			s->wide = readswidely(path);
		s->read = 1;
		free(path);
		if (s->wide)
			sum += sharedfile(ee, "", deep);
	}
	for (i = 0; i < ee->n && !*name; i++) {
		path = commonpath(ee, i, "");
		sum = sum * 31 + fingerprinttree(path, "shlibs", deep);
		free(path);
	}
	s->have[deep] = 1;
	return s->number[deep] = sum;
}

/* returns the sum of the numbers of the files NAME.sh in a directory below common/, for
 * the words from s to end */
static uint64_t
sharedwords(struct bashpoolenv *ee, const char *dir, const char *s, const char *end,
    int deep)
{
	uint64_t sum;
	char *name;
	size_t n;

	for (sum = 0; s < end; s += n) {
		s += strspn(s, " ");
		n = strcspn(s, " \n");
		if (n == 0)
			break;
		name = xasprintf("%s/%.*s.sh", dir, (int)n, s);
		sum += sharedfile(ee, name, deep);
		free(name);
	}
	return sum;
}

uint64_t
tmplenvshared(struct bashpoolenv *ee, const char *lines, int deep)
{
	const char *end, *s;
	uint64_t sum;

	pthread_mutex_lock(&ee->lock);
	sum = 0;
	for (s = lines; *s; s = end + (*end == '\n')) {
		end = s + strcspn(s, "\n");
		if (strncmp(s, "b ", 2) == 0)
			sum += sharedwords(ee, "environment/build-style", s + 2, end,
			    deep);
		else if (strncmp(s, "B ", 2) == 0)
			sum += sharedwords(ee, "build-helper", s + 2, end, deep);
		else if (strncmp(s, "u ", 2) == 0 || strncmp(s, "e ", 2) == 0)
			sum += sharedfile(ee, "", deep);
	}
	pthread_mutex_unlock(&ee->lock);
	return sum;
}

int
tmplenvready(struct bashpoolenv *ee)
{
	if (ee->common)
		return 0;
	if (hasoverlays(ee)) {
		if (mergecommon(ee) < 0)
			return -1;
		addread(ee, ee->common, "");
		return 0;
	}
	ee->common = xasprintf("%s/common", ee->base);
	return 0;
}

int
tmplenvmake(const struct tree *t, const struct tmplenv *env,
    struct bashpoolenv *ee, char **id, char **key)
{
	const char *program;
	size_t nenv;
	char *lines;

	memset(ee, 0, sizeof *ee);
	ee->host = env->host;
	ee->cross = strcmp(env->host, env->target) != 0 ? env->target : "";
	ee->check = env->check;
	ee->bare = env->bare;
	ee->limit = env->limit ? env->limit : LIMIT;
	ee->env = makeenv(&nenv);
	ee->shared = mktable();
	pthread_mutex_init(&ee->lock, NULL);
	if (findpaths(t, ee) < 0 || checktree(ee) < 0) {
		tmplenvfree(ee);
		return -1;
	}
	lines = settingslines(ee, nenv);
	*id = identitylines(ee, lines);
	program = bashpoolprogram();
	*key = xasprintf("spiff templates 4 %016" PRIx64 "\n%s",
	    texthash(program, strlen(program)), lines);
	free(lines);
	return 0;
}

void
tmplenvfree(struct bashpoolenv *ee)
{
	size_t i;

	keeperend(ee);
	tabledelall(ee->shared);
	pthread_mutex_destroy(&ee->lock);
	for (i = 0; i < ee->n; i++)
		free((void *)(uintptr_t)ee->srcpkgs[i]);
	free((void *)(uintptr_t)ee->srcpkgs);
	for (i = 0; i < ee->nreads; i++)
		free(ee->reads[i]);
	free(ee->reads);
	for (i = 0; ee->env[i]; i++)
		free(ee->env[i]);
	free(ee->env);
	free(ee->common);
	free((void *)(uintptr_t)ee->base);
	free((void *)(uintptr_t)ee->conf);
	free((void *)(uintptr_t)ee->defaults);
}
