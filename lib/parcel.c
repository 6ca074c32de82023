#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "buf.h"
#include "io.h"
#include "job.h"
#include "manifest.h"
#include "parcel.h"
#include "pkg.h"
#include "repo.h"
#include "spool.h"
#include "x.h"

enum { MANIFESTMAX = 1 << 24 };

/* whether the sub-repository's directories are there, and no links to elsewhere */
static int
dirsok(const struct spool *sp, const char *job, const char *sub)
{
	struct stat st;
	char *path, *slash;
	int ok;

	path = xasprintf("%s/%s", job, sub);
	ok = 1;
	for (slash = strchr(path, '/'); ok && slash; ) {
		slash = strchr(slash + 1, '/');
		if (slash)
			*slash = '\0';
		ok = fstatat(sp->incoming, path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISDIR(st.st_mode);
		if (slash)
			*slash = '/';
	}
	free(path);
	return ok;
}

static char *
readmanifest(struct parcel *pc, const struct spool *sp)
{
	struct stat st;
	struct buf b = { 0 };
	char *name, *why;
	int r;

	if (fstatat(sp->incoming, pc->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? NULL : xstrdup(strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return xstrdup("the delivery is no directory");
	name = xasprintf("%s/manifest", pc->name);
	r = ioread(sp->incoming, name, MANIFESTMAX, &b);
	free(name);
	why = NULL;
	if (r < 0)
		why = xasprintf("manifest: %s", strerror(errno));
	if (r == 0) {
		pc->m = xcalloc(1, sizeof *pc->m);
		if (manifestparse(pc->m, b.s ? b.s : "", b.len, &why) < 0) {
			free(pc->m);
			pc->m = NULL;
		}
	}
	buffree(&b);
	return why;
}

/* what a manifest must say for this job at this try */
static char *
checkmanifest(const struct parcel *pc, const struct spool *sp)
{
	const struct mfile *f;

	if (strcmp(pc->m->job, pc->name) != 0)
		return xasprintf("the delivery is of job %s", pc->m->job);
	if (pc->m->try != pc->job->tries)
		return xasprintf("the delivery is of try %d, not %d", pc->m->try,
		    pc->job->tries);
	for (f = pc->m->files; f < pc->m->files + pc->m->n; f++) {
		if (!repoissub(f->sub))
			return xasprintf("%s is no repository that is searched",
			    f->sub);
		if (*f->sub && !dirsok(sp, pc->name, f->sub))
			return xasprintf("%s is no directory", f->sub);
	}
	return NULL;
}

int
parcelread(struct parcel *pc, const struct spool *sp, const char *name)
{
	int r;

	memset(pc, 0, sizeof *pc);
	pc->job = xcalloc(1, sizeof *pc->job);
	r = spoolread(sp, BUILT, name, pc->job, &pc->why);
	if (r == 0) {
		free(pc->job);
		return 0;
	}
	if (r < 0) {
		free(pc->job);
		pc->job = NULL;
	}
	pc->name = xstrdup(name);
	if (!pc->why)
		pc->why = readmanifest(pc, sp);
	if (!pc->why && pc->m)
		pc->why = checkmanifest(pc, sp);
	if (pc->m)
		pc->pkgs = xcalloc(pc->m->n, sizeof *pc->pkgs);
	return 1;
}

char *
parcelpath(const struct parcel *pc, size_t i)
{
	return xasprintf("%s/%s", pc->name, pc->m->files[i].path);
}

/* whether the job makes the package, or xbps-src does so by itself: for 32 bits,
 * with debugging symbols */
static int
makes(const struct job *j, const char *name)
{
	static const char *const suffixes[] = {
		"", "-dbg", "-32bit", "-dbg-32bit"
	};
	size_t i, k, n;

	for (i = 0; i < j->nmakes; i++) {
		n = strlen(j->makes[i]);
		if (strncmp(name, j->makes[i], n) != 0)
			continue;
		for (k = 0; k < sizeof suffixes / sizeof suffixes[0]; k++) {
			if (strcmp(name + n, suffixes[k]) == 0)
				return 1;
		}
	}
	return j->nmakes == 0;
}

static char *
checkone(const struct parcel *pc, const struct mfile *f, const struct pkg *p)
{
	if (!p->props)
		return xasprintf("%s: %s", f->path, p->why);
	if (p->size != f->size || strcmp(p->sha256, f->sha256) != 0)
		return xasprintf("%s: %llu bytes with hash %s, the manifest has "
		    "%llu with %s", f->path, (unsigned long long)p->size,
		    p->sha256, (unsigned long long)f->size, f->sha256);
	if (!makes(pc->job, p->name))
		return xasprintf("%s: the job does not make it", f->path);
	/* packages of 32 bits for x86_64 are made by builds for i686 */
	if (strcmp(p->arch, pc->job->arch) != 0 &&
	    strcmp(p->arch, "noarch") != 0 &&
	    strncmp(f->sub, "multilib", 8) != 0)
		return xasprintf("%s: is for %s", f->path, p->arch);
	return NULL;
}

void
parcelcheck(struct parcel *pc)
{
	int main;
	size_t i;

	main = 0;
	for (i = 0; i < pc->m->n && !pc->why; i++) {
		pc->why = checkone(pc, &pc->m->files[i], pc->pkgs[i]);
		if (!pc->why && strcmp(pc->pkgs[i]->pkgver, pc->job->pkgver) == 0)
			main = 1;
	}
	if (!pc->why && !main)
		pc->why = xasprintf("%s was not delivered", pc->job->pkgver);
}

void
parcelfree(struct parcel *pc)
{
	free(pc->name);
	if (pc->job)
		jobfree(pc->job);
	free(pc->job);
	if (pc->m)
		manifestfree(pc->m);
	free(pc->m);
	free(pc->pkgs);
	free(pc->why);
}
