/* The lock of a repository's index, which the XBPS tools take too. */

struct repolock;

/* locks the index of that path, waiting for it, after a message that it waits;
 * NULL after a message; repounlock ends it */
struct repolock *repolock(const char *path);

/* unlocks it; NULL is none */
void repounlock(struct repolock *l);
