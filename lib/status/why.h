/* Why a package is not built, down to the root cause. */

struct buf;
struct spool;

/* appends the answer for a job, or for a binary or source package of the
 * settings' architecture, as lines "what TAB why", each explained by those
 * behind it; 1 when it is in a repository, 0 when not, -1 after a message; next
 * becomes a command that may move it on, NULL when none is known; the caller owns
 * it */
int why(const struct spool *sp, const char *what, struct buf *b, char **next);
