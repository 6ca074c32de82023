#include <err.h>
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

/* what the system says of a part: the delivery is bad, or, when that may pass, to
 * be looked at another time */
static void
fault(struct parcel *pc, const char *part)
{
	if (iotransient(errno)) {
		warn("%s: %s", pc->name, part);
		pc->later = 1;
	} else {
		pc->why = xasprintf("%s: %s", part, strerror(errno));
	}
}

/* whether the directory of the sub-repository is there, and none of its parts is
 * a link to elsewhere */
static void
checkdirs(struct parcel *pc, const struct spool *sp, const char *sub)
{
	struct stat st;
	const char *end;
	char *path;

	for (end = sub; !pc->why && !pc->later && *end;) {
		end += *end == '/';
		end += strcspn(end, "/");
		path = xasprintf("%s/%.*s", pc->name, (int)(end - sub), sub);
		if (fstatat(sp->incoming, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
			fault(pc, sub);
		else if (!S_ISDIR(st.st_mode))
			pc->why = xasprintf("%s is not a directory", sub);
		free(path);
	}
}

static void
readmanifest(struct parcel *pc, const struct spool *sp)
{
	struct stat st;
	struct buf b = { 0 };
	char *name;

	if (fstatat(sp->incoming, pc->name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			fault(pc, "incoming");
		return;
	}
	if (!S_ISDIR(st.st_mode)) {
		pc->why = xstrdup("the delivery is not a directory");
		return;
	}
	name = xasprintf("%s/manifest", pc->name);
	if (ioread(sp->incoming, name, MANIFESTMAX, &b) < 0) {
		fault(pc, "manifest");
	} else {
		pc->m = xcalloc(1, sizeof *pc->m);
		if (manifestparse(pc->m, b.s ? b.s : "", b.len, &pc->why) < 0) {
			free(pc->m);
			pc->m = NULL;
		}
	}
	free(name);
	buffree(&b);
}

/* what a manifest must say for this job at this try */
static void
checkmanifest(struct parcel *pc, const struct spool *sp)
{
	const struct mfile *f;

	if (strcmp(pc->m->job, pc->name) != 0)
		pc->why = xasprintf("the delivery is of job %s", pc->m->job);
	else if (pc->m->try != pc->job->tries)
		pc->why = xasprintf("the delivery is of try %d, not %d",
		    pc->m->try, pc->job->tries);
	for (f = pc->m->files; f < pc->m->files + pc->m->n && !pc->why &&
	    !pc->later; f++) {
		if (repoissub(f->sub))
			checkdirs(pc, sp, f->sub);
		else
			pc->why = xasprintf("%s is not a repository that is "
			    "searched", f->sub);
	}
}

int
parcelread(struct parcel *pc, const struct spool *sp, const char *name)
{
	int r;

	memset(pc, 0, sizeof *pc);
	pc->job = xcalloc(1, sizeof *pc->job);
	r = spoolread(sp, BUILT, name, pc->job, &pc->why);
	if (r != 1) {
		free(pc->job);
		pc->job = NULL;
	}
	if (r == 0)
		return 0;
	pc->name = xstrdup(name);
	if (r == -2) {
		warnx("%s/%s/%s: %s", sp->path, spoolstates[BUILT], name,
		    pc->why);
		free(pc->why);
		pc->why = NULL;
		pc->later = 1;
		return 1;
	}
	if (!pc->why)
		readmanifest(pc, sp);
	if (pc->m)
		checkmanifest(pc, sp);
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
	const struct pkg *p;
	int main;
	size_t i;

	main = 0;
	for (i = 0; i < pc->m->n && !pc->why && !pc->later; i++) {
		p = pc->pkgs[i];
		if (!p->props && p->transient) {
			warnx("%s: %s: %s", pc->name, pc->m->files[i].path,
			    p->why);
			pc->later = 1;
			break;
		}
		pc->why = checkone(pc, &pc->m->files[i], p);
		if (!pc->why && strcmp(p->pkgver, pc->job->pkgver) == 0)
			main = 1;
	}
	if (!pc->why && !pc->later && !main)
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
