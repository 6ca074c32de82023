#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/proc.h"
#include "base/x.h"
#include "xbps/fetch.h"
#include "xbps/repodata.h"

#define XBPSDB "/var/db/xbps"

enum {
	LIMIT = 60000,		/* milliseconds */
	OUTPUTMAX = 1 << 20	/* bytes that the fetching program may print */
};

int
fetchisurl(const char *where)
{
	return strncmp(where, "http://", 7) == 0 ||
	    strncmp(where, "https://", 8) == 0 ||
	    strncmp(where, "ftp://", 6) == 0;
}

/* returns the length of a URL without slashes at its end */
static int
urllength(const char *url)
{
	size_t n;

	for (n = strlen(url); n > 0 && url[n - 1] == '/'; n--)
		;
	return (int)n;
}

/* returns the directory of a URL's index below dir, named as by XBPS */
static char *
urldir(const char *dir, const char *url)
{
	char *path, *p;

	path = xasprintf("%s/%.*s", dir, urllength(url), url);
	for (p = path + strlen(dir) + 1; *p; p++) {
		if (strchr(".:/", *p))
			*p = '_';
	}
	return path;
}

static char *
cachedir(const char *url)
{
	char *dir, *path;

	if (!*confget(CONF_CACHE))
		return NULL;
	dir = xasprintf("%s/repos", confget(CONF_CACHE));
	path = urldir(dir, url);
	free(dir);
	return path;
}

static char *
indexpath(char *dir, const char *arch)
{
	char *path;

	path = dir ? xasprintf("%s/%s-repodata", dir, arch) : NULL;
	free(dir);
	return path;
}

static int
islater(const struct stat *a, const struct stat *b)
{
	if (a->st_mtim.tv_sec != b->st_mtim.tv_sec)
		return a->st_mtim.tv_sec > b->st_mtim.tv_sec;
	return a->st_mtim.tv_nsec > b->st_mtim.tv_nsec;
}

char *
fetchpath(const char *url, const char *arch)
{
	struct stat ours, theirs;
	char *own, *xbps;

	own = indexpath(cachedir(url), arch);
	xbps = indexpath(urldir(XBPSDB, url), arch);
	if (own && stat(own, &ours) == 0 &&
	    (stat(xbps, &theirs) < 0 || islater(&ours, &theirs))) {
		free(xbps);
		return own;
	}
	free(own);
	return xbps;
}

/* fetches a URL to a file with the first program that is installed; -1 after a message */
static int
runfetcher(char *url, char *file)
{
	char xbps[] = "xbps-fetch", curl[] = "curl";
	char quiet[] = "-s", quietcurl[] = "-fsSL", out[] = "-o";
	char *const withxbps[] = { xbps, quiet, out, file, url, NULL };
	char *const withcurl[] = { curl, quietcurl, out, file, url, NULL };
	char *const *const programs[] = { withxbps, withcurl };
	struct childspec spec = { .in = -1, .out = CHILD_KEEP, .err = -1,
	    .max = OUTPUTMAX, .limit = LIMIT };
	struct buf said = {0};
	char *words;
	size_t i;
	int r, status;

	r = -1;
	errno = ENOENT;
	for (i = 0; i < 2 && r < 0 && errno == ENOENT; i++) {
		spec.argv = programs[i];
		r = childrun(&spec, &said, &status);
	}
	buffree(&said);
	if (r < 0) {
		warn("%s: cannot be fetched", url);
		return -1;
	}
	if (status == 0)
		return 0;
	words = procwords(status);
	warnx("%s: cannot be fetched: %s: %s", url, programs[i - 1][0], words);
	free(words);
	return -1;
}

/* -1 after a message when the file is no index */
static int
checkindex(const char *file)
{
	struct repodata rd;
	int r;

	r = repodataread(&rd, file);
	if (r < 0)
		return -1;
	repodatafree(&rd);
	if (r == 0)
		warnx("%s: nothing came", file);
	return r == 1 ? 0 : -1;
}

/* fetches an index to tmp and renames that to path; there must be no file tmp, as
 * xbps-fetch fetches only what is later than the file that it finds */
static int
fetchto(const char *url, const char *arch, char *tmp, const char *path)
{
	char *from, *part;
	int fd, r;

	from = xasprintf("%.*s/%s-repodata", urllength(url), url, arch);
	r = runfetcher(from, tmp);
	free(from);
	if (r < 0 || checkindex(tmp) < 0) {
		/* xbps-fetch leaves this when it is killed */
		part = xasprintf("%s.part", tmp);
		ioabandon(AT_FDCWD, -1, part);
		free(part);
		ioabandon(AT_FDCWD, -1, tmp);
		return -1;
	}
	fd = open(tmp, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || iocommit(AT_FDCWD, fd, tmp, path) < 0) {
		warn("%s", path);
		return -1;
	}
	return 0;
}

int
fetchindex(const char *url, const char *arch)
{
	char *dir, *path, tmp[4096];
	int fd, r;

	dir = cachedir(url);
	if (!dir) {
		warnx("%s: no directory for the cache", url);
		return -1;
	}
	r = iomkdirs(dir);
	path = indexpath(dir, arch);
	fd = r < 0 ? -1 : iotemp(AT_FDCWD, path, tmp, sizeof tmp, 0644);
	if (fd < 0) {
		warn("%s", path);
		r = -1;
	} else {
		ioabandon(AT_FDCWD, fd, tmp);
		r = fetchto(url, arch, tmp, path);
	}
	free(path);
	return r;
}
