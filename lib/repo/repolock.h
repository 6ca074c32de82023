/* Locks that cannot be seen. xbps-rindex (0.60) removes its lock's file when it
 * is done, while others of its kind may be waiting for that very file: the next
 * of them goes on with a lock on a file without a name, and who comes then makes
 * and locks a new one. Linux says who still has the old one open. */

/* whether an xbps-rindex has a file open that had this path until it was
 * removed; 0 too where that cannot be told: without /proc, or when it is of
 * another user or another machine */
int stray(const char *path);

/* The locks of a repository's directory. Each index has its own, which the XBPS
 * tools take too. A noarch package's file may belong to the indexes of all
 * architectures, so there is a lock for those files, for who puts or removes
 * some. Who wants both takes that one first. */

/* locks the index DIR/ARCH-repodata, waiting for it, after a message that it
 * waits; returns a descriptor that holds it until it is closed, -1 after a
 * message */
int repolock(const char *dir, const char *arch);

/* locks the noarch files of the directory in the same way */
int repolocknoarch(const char *dir);
