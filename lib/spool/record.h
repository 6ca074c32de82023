/* The file that SPIFF_HISTORY names: a record of all builds that outlasts the spool. A
 * line is appended for each build, with tabs between the fields:
 *
 *	ENDED NAME.ARCH VERSION OUTCOME SECONDS MEMORY CPU JOBS MACHINE INPUTS
 *
 * An unknown field is -. Other lines are ignored. */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct job;

enum {
	RECORDLAST = 3,		/* builds that a record has */
	RECORDRECENT = 31	/* days */
};

/* the builds of a package for an architecture */
struct record {
	int64_t ended;		/* its last build, in seconds since the epoch */
	int64_t secs;		/* of the last one that succeeded, -1: unknown */
	int64_t memory[RECORDLAST];	/* bytes of those that succeeded, the latest
					 * first; 0: unknown */
	off_t at;		/* where the last build's line is, len bytes long */
	size_t len;
};

/* a build that ended in the last RECORDRECENT days */
struct recordend {
	int64_t ended;
	int built;
};

/* Reads the lines appended since the last call; -1 after a message. */
int recordread(void);

/* Returns the record of NAME.ARCH, NULL when there is none; lives until the next
 * recordread. */
const struct record *recordget(const char *base);

/* Returns the next NAME.ARCH, NULL at the end; *i starts at 0. */
const char *recordnext(size_t *i);

/* Returns a field of the last line of NAME.ARCH, "" when it is unknown; the caller owns
 * it. */
char *recordfield(const char *base, int field);
enum { RECORD_ENDED, RECORD_BASE, RECORD_VERSION, RECORD_OUTCOME, RECORD_SECS,
	RECORD_MEMORY, RECORD_CPU, RECORD_JOBS, RECORD_NODE, RECORD_INPUTS, RECORD_N };

/* Returns an array with the recent ends, and perhaps older ones; sets *n. */
const struct recordend *recordrecent(size_t *n);

/* Appends a line for the last build of a job; outcome is "built", the class of the
 * failure, or "again" if the build is begun again. Syncs the file unless that was done
 * moments ago. -1 after a message. */
int recordadd(const struct job *j, const char *outcome);

/* Syncs all appended lines. */
void recordsync(void);

/* Removes the lines of builds that ended before a time in seconds since the epoch, except
 * for the last RECORDLAST of each package that succeeded; with dry only counts them.
 * Returns their bytes, -1 after a message. */
int64_t recordshrink(int64_t before, int dry);
