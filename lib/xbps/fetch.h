/* Copies of the indexes of remote repositories: those that XBPS has below /var/db/xbps,
 * and those that spiff has fetched into its own cache. */

/* whether a repository is a URL, not a directory */
int fetchisurl(const char *where);

/* returns the path of the later one of the two copies of a URL's index for an
 * architecture, that of XBPS if there is none; the caller owns it */
char *fetchpath(const char *url, const char *arch);

/* fetches the index into the cache with xbps-fetch, or curl where that is missing, in at
 * most a minute, and checks it; -1 after a message, and the copy as it was */
int fetchindex(const char *url, const char *arch);
