/* The locks of a repository's directory. Each index has one, which the XBPS tools take,
 * too. The noarch files of a directory have another one, as the indexes of several
 * architectures may name them. Whoever needs both takes the noarch one first. */

/* Takes a lock; if it has to wait, after a message that names path. Returns a descriptor
 * that holds the lock until it is closed, -1 after a message; how is locktake's. */
int repolocktake(int dir, const char *name, const char *path, int how);

/* Locks the index DIR/ARCH-repodata in the same way. */
int repolock(const char *dir, const char *arch);

/* Says whether the lock by repolock is still held, taking it again: over NFS it is lost
 * when this machine was cut off for a while; 0 after a message. */
int repolocked(int lock, const char *dir, const char *arch);

/* Locks the noarch files of the directory in the same way. */
int repolocknoarch(const char *dir);
