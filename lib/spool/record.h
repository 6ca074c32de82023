/* What the file that SPIFF_HISTORY names remembers of builds, so that a spool can be
 * removed: a line for each build, only ever appended, its fields separated by tabs:
 *
 *	ENDED NAME.ARCH VERSION OUTCOME SECONDS MEMORY CPU JOBS MACHINE INPUTS
 *
 * A field that is not known is -. Lines that are none are passed over. */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct job;

enum {
	RECORDLAST = 3,		/* builds that are told of */
	RECORDRECENT = 31	/* days */
};

/* of a package for an architecture */
struct record {
	int64_t ended;		/* its last build, in seconds since the epoch */
	int64_t secs;		/* of the last one that succeeded, -1: not known */
	int64_t memory[RECORDLAST];	/* bytes of those, the latest first; 0: not
					 * known */
	off_t at;		/* the line of the last build */
	size_t len;
};

/* a build that ended in the last RECORDRECENT days */
struct recordend {
	int64_t ended;
	int built;
};

/* Reads what was appended since the last time; -1 after a message. */
int recordread(void);

/* Returns what was read of NAME.ARCH, NULL when nothing; lives until the next
 * recordread. */
const struct record *recordget(const char *base);

/* Walks over what was read: i is 0 at first; returns NAME.ARCH, NULL at the end. */
const char *recordnext(size_t *i);

/* Returns a field of the last line of NAME.ARCH, counted from 0, "" when it is not known;
 * the caller owns it. */
char *recordfield(const char *base, int field);
enum { RECORD_ENDED, RECORD_BASE, RECORD_VERSION, RECORD_OUTCOME, RECORD_SECS,
	RECORD_MEMORY, RECORD_CPU, RECORD_JOBS, RECORD_NODE, RECORD_INPUTS, RECORD_N };

/* Returns the n recent ends that were read, some of them older. */
const struct recordend *recordrecent(size_t *n);

/* Appends a line for the last build of a job; outcome is "built", the class of the
 * failure, or "again" for one that is begun again. Syncs it unless
 * that was done moments ago. -1 after a message. */
int recordadd(const struct job *j, const char *outcome);

/* Makes all that was appended durable. */
void recordsync(void);

/* Removes lines of builds that ended before, in seconds since the epoch, but the last
 * RECORDLAST that succeeded of each package; dry: not really. Returns their bytes, -1
 * after a message. */
int64_t recordshrink(int64_t before, int dry);
