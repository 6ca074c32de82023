/* What the stages of the build repository wait for. */

#include <stddef.h>

struct buf;
struct rebuild;
struct repos;

struct rebuilds {
	struct repos *repos;
	struct rebuild *list;
	size_t n;
};

/* reads what has to be rebuilt before the stages of that architecture, those of
 * sub-repositories too, can move into their indexes; nothing, after a message, if an
 * index cannot be read; rebuildsfree frees it */
void rebuildsread(struct rebuilds *rs, const char *arch);

/* appends a line for each, `rebuild TAB PACKAGE TAB SONAME' */
void rebuildslines(const struct rebuilds *rs, struct buf *b);

/* appends an empty line and one with the packages' names, at most cols columns
 * of it, 0 for any length; nothing if there are none */
void rebuildssay(const struct rebuilds *rs, int cols, struct buf *b);

/* frees what rs has */
void rebuildsfree(struct rebuilds *rs);
