/* The time and memory that the builds of packages took, by SPIFF_HISTORY, or by the jobs
 * in done/. */

#include <stddef.h>
#include <stdint.h>

struct history;
struct spool;

/* lists done/; NULL after a message; historydel frees it */
struct history *historyopen(const struct spool *sp);

/* frees the history; NULL is allowed */
void historydel(struct history *p);

/* returns the seconds that a job's package took to build in its latest version, -1 when
 * that is unknown; reads a file the first time */
int64_t historysecs(struct history *p, const char *job);

/* returns the most bytes that its last builds used, 0 when that is unknown */
int64_t historymemory(struct history *p, const char *job);

/* adds the seconds and bytes that a build took; memory 0: unknown */
void historyadd(struct history *p, const char *job, int64_t secs, int64_t memory);

/* returns the seconds that an unknown time counts as: historytallylong of all that
 * historysecs has read and historyadd added */
int64_t historylong(const struct history *p);

/* takes the guess of a job's package, in seconds, for historypace, which counts it once
 * and only if the time is known; 0: it had none */
void historyguess(struct history *p, const char *job, int64_t guess);

/* returns how long builds take here, in thousandths of their guesses */
int64_t historypace(const struct history *p);

/* returns the seconds of a guess at a pace */
int64_t historyscaled(int64_t guess, int64_t pace);

/* Numbers of builds by their times, each time rounded by less than a quarter. */

enum { TALLYLEN = 64 * 4 };

struct tally {
	size_t counts[TALLYLEN];
	size_t n;
	int64_t longest;	/* seconds */
};

/* counts a time in seconds, 0 and up to 2^60 */
void historytallyadd(struct tally *t, int64_t secs);

/* removes a time that was counted */
void historytallydrop(struct tally *t, int64_t secs);

/* returns the seconds, at least 1, that an unknown time counts as: 99 of a hundred
 * times are shorter; of fewer than a hundred, the longest that was ever counted */
int64_t historytallylong(const struct tally *t);
