/* A delivery as it lies in the spool, incoming/JOB: read, and checked against
 * its manifest and its job. */

#include <stddef.h>

struct candidate;
struct indexset;
struct job;
struct manifest;
struct pkgfile;
struct signer;
struct spool;

struct delivered {
	char *name;		/* of the job */
	struct job *job;
	struct manifest *m;	/* NULL when nothing was delivered */
	struct pkgfile **pkgs;	/* one for each file of the manifest */
	char *why;		/* why it is bad, NULL if it is good */
	int later;		/* the system failed: try again another time */
};

/* reads the manifest and the job of a delivery to the job in built/: 1 read, good
 * or bad, or after a message to be read later, 0 when the job is not there any
 * more; deliveredfree frees it unless 0 was returned */
int deliveredread(struct delivered *pc, const struct spool *sp, const char *name);

/* returns the path of its i-th file, below incoming/; the caller owns it */
char *deliveredpath(const struct delivered *pc, size_t i);

/* checks the packages, which were read from its files, against manifest and
 * job; sets why if they are not what they should be, later after a message if
 * they could not be read */
void deliveredcheck(struct delivered *pc);

/* frees what it has */
void deliveredfree(struct delivered *pc);

/* names the indexes that the delivery needs */
void deliveredneed(const struct delivered *pc, struct indexset *s);

/* asks the indexes whether all packages can go in; else sets why, or later */
void deliveredask(struct delivered *pc, const struct indexset *s);

/* appends its packages to the candidates, of which *n are there */
void deliveredcandidates(const struct delivered *pc, const struct indexset *s,
    struct candidate **c, size_t *n);

/* puts the files, below incoming, into their directories, with the signatures
 * made there if there is a key, and adds them: all, or after a message, with later
 * set, none */
void deliveredadd(struct delivered *pc, int incoming, const struct signer *sg,
    struct indexset *s);

/* whether every index that the delivery needs is still open, so was written */
int deliveredwritten(const struct delivered *pc, const struct indexset *s);
