/* Indexes of repositories behind URLs. XBPS keeps those that it knows below
 * /var/db/xbps; spiff keeps those that it fetched in its cache. */

/* says whether a repository is a URL, as opposed to a directory */
int fetchisurl(const char *where);

/* returns the path of the index to read for a URL and an architecture: of the
 * two copies the later one, XBPS's if there is none; the caller owns it */
char *fetchpath(const char *url, const char *arch);

/* gets the index anew into the cache, with xbps-fetch or, where that is not,
 * curl, in a minute at most; what comes has to be an index; -1 after a message,
 * and the copies as they were */
int fetchindex(const char *url, const char *arch);
