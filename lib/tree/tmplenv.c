#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/env.h"
#include "base/x.h"
#include "tree/bashpool.h"
#include "tree/fingerprint.h"
#include "tree/template.h"
#include "tree/tmplenv.h"
#include "tree/tree.h"

enum { LIMIT = 30 };	/* seconds */

extern char **environ;

/* what a shell needs besides the settings of xbps-src */
static const char *const passed[] = { "HOME", "PATH", "XDG_CONFIG_HOME" };

/* After a fork each page that is written to is copied; a heap without glibc's cache of
 * free blocks writes to a sixth fewer of them. */
static const char *const fixed[] = { "LANG=C", "LC_ALL=C", "LC_COLLATE=C",
    "GLIBC_TUNABLES=glibc.malloc.tcache_count=0" };

static int
bystring(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* returns the environment, the settings first and in order; sets *n to how many these
 * are */
static char **
environment(size_t *n)
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
	qsort(env, len, sizeof *env, bystring);
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
absolute(const char *path)
{
	char *s;

	s = realpath(path, NULL);
	if (!s)
		warn("%s", path);
	return s;
}

/* returns the path if there is something in the file, else frees it */
static char *
filled(char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
		return path;
	free(path);
	return NULL;
}

/* the user's settings, where xbps-src looks for them; "" for none */
static char *
conffile(const struct tree *t)
{
	const char *dir, *home;
	char *path, *s;

	home = getenv("HOME");
	dir = getenv("XDG_CONFIG_HOME");
	path = treeetc(t, "conf");
	if (!path && dir && *dir)
		path = filled(xasprintf("%s/xbps-src.conf", dir));
	else if (!path && home)
		path = filled(xasprintf("%s/.config/xbps-src.conf", home));
	if (!path && home)
		path = filled(xasprintf("%s/.xbps-src.conf", home));
	s = path ? absolute(path) : xstrdup("");
	free(path);
	return s;
}

static char *
defaultsfile(const struct tree *t)
{
	char *path, *s;

	path = treeetc(t, "defaults.conf");
	s = path ? absolute(path) : xstrdup("");
	free(path);
	return s;
}

static int
paths(const struct tree *t, struct bashpoolenv *ee)
{
	const char *const *dirs;
	const char **srcpkgs;
	char *dir;
	size_t i, n;

	dirs = treedirs(t, &n);
	ee->srcpkgs = srcpkgs = xcalloc(n, sizeof *srcpkgs);
	for (i = 0; i < n; i++) {
		dir = absolute(dirs[i]);
		if (!dir)
			return -1;
		srcpkgs[ee->n++] = xasprintf("%s/srcpkgs", dir);
		if (i + 1 == n)
			ee->base = dir;
		else
			free(dir);
	}
	ee->conf = conffile(t);
	ee->defaults = defaultsfile(t);
	return ee->conf && ee->defaults ? 0 : -1;
}

/* whether there is what evaluation cannot do without */
static int
complete(const struct bashpoolenv *ee)
{
	char *path;
	int r;

	path = xasprintf("%s/common/xbps-src/shutils/common.sh", ee->base);
	r = access(path, R_OK);
	if (r < 0)
		warn("%s: not a void-packages tree: %s", ee->base, path);
	free(path);
	if (r == 0 && *ee->cross) {
		path = xasprintf("%s/common/cross-profiles/%s.sh", ee->base,
		    ee->cross);
		r = access(path, R_OK);
		if (r < 0)
			warn("%s: not a target for a cross build: %s", ee->cross,
			    path);
		free(path);
	}
	return r;
}

static char *
identity(const struct bashpoolenv *ee, size_t nenv)
{
	struct buf b = {0};
	size_t i;

	for (i = 0; i < ee->n; i++)
		buffmt(&b, "tree %s\n", ee->srcpkgs[i]);
	buffmt(&b, "defaults %s\nconf %s\n", ee->defaults, ee->conf);
	buffmt(&b, "host %s\ntarget %s\ncheck %s\nbare %d\n", ee->host,
	    ee->cross, ee->check, ee->bare);
	for (i = 0; i < nenv; i++)
		buffmt(&b, "%s\n", ee->env[i]);
	return buftake(&b);
}

/* The trees' code and settings: the files of void-packages' top, common/ and
 * etc/. What shared libraries there are is much changed and not read. */
uint64_t
tmplenvstate(const struct bashpoolenv *ee, int deep)
{
	char *path;
	uint64_t sum;
	size_t i;

	path = xasprintf("%s/common", ee->base);
	sum = stampfiles(ee->base, deep);
	sum += stamptree(path, "shlibs", deep);
	free(path);
	for (i = 0; i < ee->n; i++) {
		path = xasprintf("%s/../etc", ee->srcpkgs[i]);
		sum += stamptree(path, NULL, deep);
		free(path);
	}
	if (*ee->conf)
		sum += stamptree(ee->conf, NULL, deep);
	return sum;
}

int
tmplenvmake(const struct tree *t, const struct tmplenv *env,
    struct bashpoolenv *ee, char **id, char **key)
{
	const char *program;
	size_t nenv;

	memset(ee, 0, sizeof *ee);
	ee->host = env->host;
	ee->cross = strcmp(env->host, env->target) != 0 ? env->target : "";
	ee->check = env->check;
	ee->bare = env->bare;
	ee->limit = env->limit ? env->limit : LIMIT;
	ee->env = environment(&nenv);
	if (paths(t, ee) < 0 || complete(ee) < 0) {
		tmplenvfree(ee);
		return -1;
	}
	*id = identity(ee, nenv);
	program = bashpoolprogram();
	*key = xasprintf("spiff templates 2 %016" PRIx64 "\n%s",
	    stamptext(program, strlen(program)), *id);
	return 0;
}

void
tmplenvfree(struct bashpoolenv *ee)
{
	size_t i;

	for (i = 0; i < ee->n; i++)
		free((void *)(uintptr_t)ee->srcpkgs[i]);
	free((void *)(uintptr_t)ee->srcpkgs);
	for (i = 0; ee->env[i]; i++)
		free(ee->env[i]);
	free(ee->env);
	free((void *)(uintptr_t)ee->base);
	free((void *)(uintptr_t)ee->conf);
	free((void *)(uintptr_t)ee->defaults);
}
