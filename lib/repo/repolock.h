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
