/* The logs of builds: JOB.log while a build writes it, JOB.log.gz afterwards. */

#include <stddef.h>
#include <stdint.h>

struct buf;
struct buildlogzip;
struct spool;

/* returns a descriptor for a build's output, to an empty JOB.log; -1 after a message */
int buildlogopen(const struct spool *sp, const char *job);

/* says whether that fails because of a file that is in the log's place */
int buildlogistaken(const struct spool *sp, const char *job);

/* the same as buildlogopen, but appends to a log that exists */
int buildlogreopen(const struct spool *sp, const char *job);

/* reads the last lines of a job's log, packed or not, of at most max bytes, into the
 * empty b, and sets *before to the number of lines before them; -1 with errno, ENOENT
 * when there is no log */
int buildlogtail(const struct spool *sp, const char *job, size_t max, struct buf *b,
    size_t *before);

/* returns the last line of a log that is not packed, "" when there is none; the caller
 * owns it */
char *buildloglast(const struct spool *sp, const char *job);

/* returns the value of the last line "spiff-build: NAME VALUE" near the end of a log
 * that is not packed, NULL when there is none; the caller owns it */
char *buildlogsaid(const struct spool *sp, const char *job, const char *name);

/* returns textlast of what spiff-build has said */
const char *buildlogwords(struct buf *said);

/* returns the seconds that a build took to make its chroot, by its log; 0 when it made
 * none, -1 while it is making it */
int64_t buildlogchroot(const struct spool *sp, const char *job);

/* returns the bytes of a build's log, 0 when it has none */
int64_t buildlogsize(const struct spool *sp, const char *job);

/* the result of a build, as spiff-build writes it at the end of the log */
struct buildlogverdict {
	char *class;		/* of a failure, or NULL */
	char *reason;		/* the last line, NULL: no program of spiff wrote it */
	char **commits;		/* values of lines "commit" of the job's file */
	size_t ncommits;
	long line;		/* number of the line that shows the failure, 0: none */
};

/* reads the result from a log that is not packed; buildlogverdictfree empties v */
void buildlogverdict(const struct spool *sp, const char *job, struct buildlogverdict *v);

/* frees what v has */
void buildlogverdictfree(struct buildlogverdict *v);

/* begins to pack a log; NULL after a message, or when there is no log */
struct buildlogzip *buildlogzip(const struct spool *sp, const char *job);

/* stops packing and frees z; the log stays as it is */
void buildlogzipdel(struct buildlogzip *z);

/* packs for some milliseconds: 1 when there is more, 0 when all is packed and
 * buildlogzipend has to follow; -1 after a message, with z freed and the log as it was */
int buildlogzipstep(struct buildlogzip *z);

/* replaces n logs of a spool by the packed ones, with few syncs, and frees list's
 * elements; a log for which that fails stays as it was, after a message */
void buildlogzipend(const struct spool *sp, struct buildlogzip *const *list, size_t n);
