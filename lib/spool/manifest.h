/* The manifest of a delivery: the packages that a try of a job has delivered.
 *
 *	job hello-2.0_1.x86_64
 *	try 1764560000000.1
 *	package SHA256 SIZE hello-2.0_1.x86_64.xbps
 *	package SHA256 SIZE nonfree/hello-extra-2.0_1.x86_64.xbps
 *	end
 *
 * Every line ends with a newline; `end' shows that it is complete. */

#include <stddef.h>
#include <stdint.h>

struct spool;

enum { MANIFESTMAX = 1 << 20 };	/* bytes of the largest manifest */

struct mfile {
	const char *path;	/* below the delivery's directory */
	const char *file;	/* its last part, PKGVER.ARCH.xbps */
	char *sub;		/* the part before: a sub-repository, or "" */
	const char *sha256;
	uint64_t size;		/* bytes */
};

struct manifest {
	const char *job;
	const char *try;
	struct mfile *files;
	size_t n;
	char *text;
};

/* parses a manifest, and checks that all paths are sound and none is there twice; -1 with
 * *why set to a reason that the caller owns, and nothing to be freed */
int manifestparse(struct manifest *m, const char *text, size_t len, char **why);

/* frees what m has */
void manifestfree(struct manifest *m);

/* A delivery is the directory incoming/JOB, which appears when all of it is there. */

/* says whether a try of a job has delivered: 1; 0, also for a manifest that is not sound,
 * after a message; -1 after a message when the system failed */
int manifestdelivered(const struct spool *sp, const char *job, const char *try);

/* removes the unfinished deliveries of a try that has ended, .JOB.TRY.*.tmp */
void manifestsweep(const struct spool *sp, const char *job, const char *try);

/* removes all deliveries, complete or not, of jobs that are neither in run/ nor in
 * built/, so that no index will take them in; -1 after a message */
int manifestsweepall(const struct spool *sp);

/* removes a job's delivery; a message when that fails */
void manifestdrop(const struct spool *sp, const char *job);
