/* A delivery in the spool, incoming/JOB, checked against its manifest and its job. */

#include <stddef.h>

struct candidate;
struct indexset;
struct job;
struct manifest;
struct noarchs;
struct pkgfile;
struct signer;
struct spool;

struct delivered {
	char *name;		/* of the job */
	struct job *job;
	struct manifest *m;	/* NULL: nothing was delivered */
	struct pkgfile **pkgs;	/* one for each file of the manifest */
	int shared;		/* nothing was delivered: they are the repository's */
	char *why;		/* why the delivery is bad, NULL if it is good */
	int back;		/* the job is noarch, and must be built after all */
	int later;		/* the system failed: to be tried again */
};

/* Reads the manifest and the job of a delivery of a job in built/: 1, and why or later
 * may be set; 0 if the job is not there any more. deliveredfree frees d after 1. */
int deliveredread(struct delivered *d, const struct spool *sp, const char *name);

/* If nothing was delivered for a noarch job, and the repository has its packages for
 * another architecture, makes these the delivery: sets m and shared. */
void deliveredshare(struct delivered *d, struct noarchs *noarchs);

/* Returns the path of the i-th file below incoming/, or if it is shared, below the
 * repository; the caller owns it. */
char *deliveredpath(const struct delivered *d, size_t i);

/* Checks the packages, which were read from the files, against manifest and job: sets
 * why, or for shared ones back, or later after a message. */
void deliveredcheck(struct delivered *d);

/* Frees what d has. */
void deliveredfree(struct delivered *d);

/* Adds the indexes of the packages to the set. */
void deliveredneed(const struct delivered *d, struct indexset *s);

/* Sets why if an index does not take a package, or later. */
void deliveredask(struct delivered *d, const struct indexset *s);

/* Appends the packages to be added to *n candidates. */
void deliveredcandidates(const struct delivered *d, const struct indexset *s,
    struct candidate **c, size_t *n);

/* Puts the files, and their signatures if there is a key, from below incoming into the
 * repository, and adds the packages to their indexes: all, or none with why, or later
 * after a message, set. */
void deliveredadd(struct delivered *d, int incoming, const struct signer *sg,
    struct indexset *s);

/* Says whether all indexes of the packages are still open, so were written. */
int deliveredwritten(const struct delivered *d, const struct indexset *s);
