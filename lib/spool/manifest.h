/* The manifest of a delivery: what was delivered, by which try of which job.
 *
 *	job hello-2.0_1.x86_64
 *	try 1
 *	package SHA256 SIZE hello-2.0_1.x86_64.xbps
 *	package SHA256 SIZE nonfree/hello-extra-2.0_1.x86_64.xbps
 *	end
 *
 * Every line ends with a newline; `end' says that it is whole. */

#include <stddef.h>
#include <stdint.h>

struct spool;

/* most bytes of a manifest, and the highest number of a try */
enum { MANIFESTMAX = 1 << 20, TRYMAX = 1000000 };

struct mfile {
	const char *path;	/* below the delivery's directory */
	const char *file;	/* its last part, PKGVER.ARCH.xbps */
	char *sub;		/* what comes before: a sub-repository, or "" */
	const char *sha256;
	uint64_t size;		/* bytes */
};

struct manifest {
	const char *job;
	int try;
	struct mfile *files;
	size_t n;
	char *text;
};

/* reads a manifest; all paths are sound, none is there twice; -1 with *why set to
 * a reason that the caller owns, and nothing to be freed */
int manifestparse(struct manifest *m, const char *text, size_t len, char **why);

/* frees what m has */
void manifestfree(struct manifest *m);

/* What builds deliver: the directory incoming/JOB with a manifest, which is
 * there once all of it is. */

/* says whether that try of the job has delivered: 1, 0; what is not sound is none,
 * after a message; -1 after a message when that cannot be told now */
int manifestdelivered(const struct spool *sp, const char *job, int try);

/* removes what a try that has ended left unfinished, .JOB.TRY.*.tmp */
void manifestsweep(const struct spool *sp, const char *job, int try);

/* removes all deliveries, whole or unfinished, of jobs that are neither in run/ nor
 * in built/, since nobody will take them in; -1 after a message */
int manifestsweepall(const struct spool *sp);

/* removes a delivery, that of a build that is not wanted any more; a message
 * when it cannot */
void manifestdrop(const struct spool *sp, const char *job);
