/* A delivery as it lies in the spool, incoming/JOB: read, and checked against
 * its manifest and its job. */

#include <stddef.h>

struct arena;
struct job;
struct manifest;
struct parcel;
struct pkg;
struct shelves;
struct signer;
struct spool;

struct parcel {
	char *name;		/* of the job */
	struct job *job;
	struct manifest *m;	/* NULL when nothing was delivered */
	struct pkg **pkgs;	/* one for each file of the manifest */
	char *why;		/* why it is bad, NULL if it is good */
	int later;		/* the system failed: try again another time */
};

/* reads the manifest and the job of a delivery to the job in built/: 1 read, good
 * or bad, or after a message to be read later, 0 when the job is not there any
 * more; parcelfree frees it unless 0 was returned */
int parcelread(struct parcel *pc, const struct spool *sp, const char *name);

/* returns the path of its i-th file, below incoming/; the caller owns it */
char *parcelpath(const struct parcel *pc, size_t i);

/* checks the packages, which were read from its files, against manifest and
 * job; sets why if they are not what they should be, later after a message if
 * they could not be read */
void parcelcheck(struct parcel *pc);

/* frees what it has */
void parcelfree(struct parcel *pc);

/* Putting a delivery's packages into the indexes and directories they belong
 * to: all of it, or nothing. */

/* names the indexes that the delivery needs */
void stowneed(const struct parcel *pc, struct shelves *ss);

/* asks the indexes whether all packages can go in; else sets why, or later */
void stowask(struct parcel *pc, const struct shelves *ss);

/* puts the files, below incoming, into their directories, with the signatures
 * made there if there is a key, and adds them; sets later after a message when
 * the system failed; memory comes from a */
void stow(struct parcel *pc, int incoming, const struct signer *sg,
    const struct shelves *ss, struct arena *a);

/* whether every index that the delivery needs is still open, so was written */
int stowed(const struct parcel *pc, const struct shelves *ss);
