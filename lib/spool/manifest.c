#include <bsd/stdlib.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/table.h"
#include "base/text.h"
#include "base/x.h"
#include "spool/job.h"
#include "spool/manifest.h"
#include "spool/spool.h"
#include "xbps/pkgver.h"

enum { DEPTH = 3 };

/* returns the next word of a line, ended by a NUL, and moves *s behind it; NULL when
 * there is none */
static char *
cutword(char **s)
{
	char *w;

	w = *s;
	if (!w)
		return NULL;
	*s = strchr(w, ' ');
	if (*s)
		*(*s)++ = '\0';
	return *w ? w : NULL;
}

static int
readnumber(const char *s, long long max, uint64_t *n)
{
	const char *why;

	if (!s || !*s || s[strspn(s, "0123456789")])
		return -1;
	*n = (uint64_t)strtonum(s, 0, max, &why);
	return why ? -1 : 0;
}

/* whether a path is a package file's, below at most two directories with sound names;
 * sets f->file */
static int
pathok(struct mfile *f)
{
	const char *arch, *slash;
	size_t archlen;
	char *part;
	int depth, ok;

	for (f->file = f->path, depth = 1; (slash = strchr(f->file, '/'));
	    f->file = slash + 1, depth++) {
		part = xstrndup(f->file, (size_t)(slash - f->file));
		ok = pkgvernameok(part) && depth < DEPTH;
		free(part);
		if (!ok)
			return 0;
	}
	return textends(f->file, ".xbps") && pkgverfile(f->file, &arch, &archlen) > 0;
}

static int
readpackage(struct manifest *m, struct table *paths, char *rest)
{
	struct mfile f = { 0 };

	f.sha256 = cutword(&rest);
	if (!f.sha256 || strlen(f.sha256) != 64 ||
	    f.sha256[strspn(f.sha256, "0123456789abcdef")] ||
	    readnumber(cutword(&rest), INT64_MAX, &f.size) < 0)
		return -1;
	f.path = cutword(&rest);
	if (!f.path || rest || !pathok(&f))
		return -1;
	if (tablekey(paths, f.path))
		return -1;
	tableput(paths, f.path);
	f.sub = f.file > f.path ?
	    xstrndup(f.path, (size_t)(f.file - f.path) - 1) : xstrdup("");
	m->files = xgrow(m->files, m->n, sizeof *m->files);
	m->files[m->n++] = f;
	return 0;
}

/* reads a line: 1 if it is the last, -1 if it is bad */
static int
readline(struct manifest *m, struct table *paths, char *s)
{
	char *rest, *what;

	rest = s;
	what = cutword(&rest);
	if (!what)
		return -1;
	if (strcmp(what, "end") == 0)
		return rest ? -1 : 1;
	if (strcmp(what, "package") == 0)
		return readpackage(m, paths, rest);
	if (strcmp(what, "job") == 0 && !m->job) {
		m->job = cutword(&rest);
		return m->job && !rest && jobnameok(m->job) ? 0 : -1;
	}
	if (strcmp(what, "try") == 0 && !m->try) {
		m->try = cutword(&rest);
		return m->try && !rest && jobtryok(m->try) ? 0 : -1;
	}
	return -1;
}

int
manifestparse(struct manifest *m, const char *text, size_t len, char **why)
{
	struct table *paths;
	char *end, *s;
	size_t at;
	int r;

	paths = mktable();
	memset(m, 0, sizeof *m);
	m->text = xstrndup(text, len);
	*why = NULL;
	r = 0;
	for (s = m->text, at = 1; r == 0 && !*why; s = end + 1, at++) {
		end = strchr(s, '\n');
		if (!end) {
			*why = xstrdup("the manifest has no end");
			break;
		}
		*end = '\0';
		r = readline(m, paths, s);
		if (r < 0)
			*why = xasprintf("manifest:%zu: bad line", at);
	}
	if (!*why && (s != m->text + len || !m->job || !m->try || m->n == 0))
		*why = xstrdup("the manifest is incomplete");
	tabledel(paths);
	if (*why)
		manifestfree(m);
	return *why ? -1 : 0;
}

void
manifestfree(struct manifest *m)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		free(m->files[i].sub);
	free(m->files);
	free(m->text);
	memset(m, 0, sizeof *m);
}

int
manifestdelivered(const struct spool *sp, const char *job, const char *try)
{
	struct manifest m;
	struct buf b = {0};
	char *name, *why;
	int found;

	name = xasprintf("%s/manifest", job);
	why = NULL;
	found = 0;
	if (ioread(sp->incoming, name, MANIFESTMAX, &b) < 0) {
		found = iotransient(errno) ? -1 : 0;
		if (errno != ENOENT)
			warn("%s/incoming/%s", sp->path, name);
	} else if (manifestparse(&m, b.s, b.len, &why) < 0) {
		warnx("%s/incoming/%s: %s", sp->path, name, why);
		free(why);
	} else {
		found = strcmp(m.job, job) == 0 && strcmp(m.try, try) == 0;
		manifestfree(&m);
	}
	free(name);
	buffree(&b);
	return found;
}

struct unfinished {
	const struct spool *sp;
	char *prefix;		/* of the names of one try */
};

static int
sweepunfinished(const char *name, void *arg)
{
	const struct unfinished *u = arg;

	if (strncmp(name, u->prefix, strlen(u->prefix)) == 0 &&
	    textends(name, ".tmp"))
		manifestdrop(u->sp, name);
	return 0;
}

void
manifestsweep(const struct spool *sp, const char *job, const char *try)
{
	struct unfinished u = { .sp = sp };

	u.prefix = xasprintf(".%s.%s.", job, try);
	if (iolist(sp->incoming, sweepunfinished, &u) < 0)
		warn("%s/incoming", sp->path);
	free(u.prefix);
}

/* whether it is certain that neither run/ nor built/ has the job; looks twice, as it
 * may be moving from one to the other */
static int
isgone(const struct spool *sp, const char *job)
{
	static const enum state states[] = { RUN, BUILT, RUN, BUILT };
	struct stat st;
	size_t i;

	for (i = 0; i < sizeof states / sizeof states[0]; i++) {
		if (fstatat(sp->states[states[i]], job, &st,
		    AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT)
			return 0;
	}
	return 1;
}

/* removes a delivery, JOB or .JOB.TRY.*.tmp, whose job is gone */
static int
sweepunwanted(const char *name, void *arg)
{
	const struct unfinished *u = arg;
	char *dot, *job;
	int gone;

	if (*name == '.' && !textends(name, ".tmp"))
		return 0;
	job = xstrdup(*name == '.' ? name + 1 : name);
	gone = isgone(u->sp, job);
	/* try every dot, since names of jobs have dots too */
	while (*name == '.' && gone && (dot = strrchr(job, '.'))) {
		*dot = '\0';
		gone = isgone(u->sp, job);
	}
	free(job);
	if (gone)
		manifestdrop(u->sp, name);
	return 0;
}

int
manifestsweepall(const struct spool *sp)
{
	struct unfinished u = { .sp = sp };

	if (iolist(sp->incoming, sweepunwanted, &u) == 0)
		return 0;
	warn("%s/incoming", sp->path);
	return -1;
}

void
manifestdrop(const struct spool *sp, const char *job)
{
	if (ioremove(sp->incoming, job) < 0)
		warn("%s/incoming/%s", sp->path, job);
}
