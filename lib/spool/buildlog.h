/* The logs of builds: JOB.log while it is written, JOB.log.gz after. */

#include <stddef.h>
#include <stdint.h>

struct buf;
struct buildlogzip;
struct spool;

/* returns a descriptor for a build's output, the job's log begun afresh; -1
 * after a message */
int buildlogopen(const struct spool *sp, const char *job);

/* says whether that failed for what is in the log's place, and not for the disk or the
 * directory */
int buildlogistaken(const struct spool *sp, const char *job);

/* the same as buildlogopen, to go on with the log that is there */
int buildlogreopen(const struct spool *sp, const char *job);

/* reads the last lines of a job's log, packed or not, max bytes at most, into the
 * empty b, and counts the lines before them; -1 with errno, ENOENT when there is no
 * log */
int buildlogtail(const struct spool *sp, const char *job, size_t max, struct buf *b,
    size_t *before);

/* returns the last line of a log that is not packed yet, "" when there is
 * none; the caller owns it */
char *buildloglast(const struct spool *sp, const char *job);

/* returns what spiff-build says of itself under that name, in the last one of such
 * lines near the end of a log that is not packed yet, NULL when it does not; the
 * caller owns it */
char *buildlogsaid(const struct spool *sp, const char *job, const char *name);

/* returns the seconds that a build has taken to make its chroot, as its log says; 0
 * when it needed none, -1 when it is still at it */
int64_t buildlogchroot(const struct spool *sp, const char *job);

/* what spiff-build says of a build at the end of its log */
struct buildlogverdict {
	char *class;		/* of a failure, NULL: the log has none */
	char *reason;		/* the last words of one of our programs, NULL: the
				 * last line is somebody else's */
	long line;		/* the number of the line that shows a failure, 0: there
				 * is none */
};

/* reads it from a log that is not packed yet; buildlogverdictfree empties it */
void buildlogverdict(const struct spool *sp, const char *job, struct buildlogverdict *v);

/* frees what v has */
void buildlogverdictfree(struct buildlogverdict *v);

/* begins to pack a log; NULL after a message, and when there is none */
struct buildlogzip *buildlogzip(const struct spool *sp, const char *job);

/* gives up packing; the log stays as it is */
void buildlogzipdel(struct buildlogzip *z);

/* packs on for some milliseconds: 1 there is more to do, 0 all is packed, and
 * buildlogzipend is left to do; -1 after a message, z freed and the log as it was */
int buildlogzipstep(struct buildlogzip *z);

/* puts n packed logs of a spool in the place of the plain ones, with few syncs,
 * and frees them; those that cannot be stay as they were, after a message */
void buildlogzipend(const struct spool *sp, struct buildlogzip *const *list, size_t n);
