/* Removing what nobody needs any more: files and whole directories. */

#include <stdint.h>

struct leftovers {
	int dry;		/* only say what would be removed */
	int64_t before;		/* seconds since the epoch: what is later stays */
	int64_t bytes;		/* of all that was removed, as the disk counts them */
	int64_t n;		/* files and directories that were said */
	int failed;		/* something could not be removed */
	/* is told of each file or directory that is removed, and its size */
	void (*said)(const char *kind, const char *path, int64_t bytes);
};

/* removes the file or directory of that name in dir and all below it, directories
 * without write permission too, and tells l->said; path is its whole name for
 * people; a message when it cannot be removed, none when it is not there */
void leftoverdrop(struct leftovers *l, const char *kind, int dir,
    const char *name, const char *path);

/* whether the file of that name in dir was not written to since l->before; 0 when
 * it cannot be looked at */
int leftoverold(const struct leftovers *l, int dir, const char *name);

/* the same, and it was not read, nor put there: the time of its last change may be
 * older than the file, as a server gave it */
int leftoverunread(const struct leftovers *l, int dir, const char *name);
