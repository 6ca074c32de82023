/* Why a package is not built, down to the root cause. */

struct buf;
struct spool;

/* Appends the answer for a job, a pkgver, or a binary or source package of the
 * settings' architecture as lines "WHAT TAB WHY", each explained by those behind it: 1
 * if it is in a repository, 0 if not, -1 after a message. next, which the caller owns,
 * becomes a command that may help, or NULL. */
int why(const struct spool *sp, const char *what, struct buf *b, char **next);
