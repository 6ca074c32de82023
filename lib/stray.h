/* Locks that cannot be seen. xbps-rindex (0.60) removes its lock's file when it
 * is done, while others of its kind may be waiting for that very file: the next
 * of them goes on with a lock on a file without a name, and who comes then makes
 * and locks a new one. Linux says who still has the old one open. */

/* whether an xbps-rindex has a file open that had this path until it was
 * removed; 0 too where that cannot be told: without /proc, or when it is of
 * another user or another machine */
int stray(const char *path);
