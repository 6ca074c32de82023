/* Removes files and whole directories that nobody needs any more. */

#include <stdint.h>

struct leftovers {
	int dry;		/* only say what would be removed */
	int all;		/* with dry: also what is needed, to know its size; of a
				 * file with several names each counts a part of it */
	int64_t before;		/* seconds since the epoch: later files stay */
	int64_t bytes;		/* of all that was removed, as the disk counts them */
	int64_t n;		/* files and directories for which said was called */
	int failed;		/* something could not be removed */
	/* is called for each file or directory that is removed, with its size */
	void (*said)(const char *kind, const char *path, int64_t bytes);
};

/* Removes the file or directory of that name in dir, with all below it, also directories
 * without write permission, and calls l->said with path, its whole name; after a message
 * if that fails, nothing if it is not there. */
void leftoverdrop(struct leftovers *l, const char *kind, int dir,
    const char *name, const char *path);

/* Says whether the file of that name in dir was last written before l->before. */
int leftoverold(const struct leftovers *l, int dir, const char *name);

/* Says whether it was last read, and put there, before l->before: the time of the last
 * write may be that of the server it was fetched from. */
int leftoverunread(const struct leftovers *l, int dir, const char *name);

/* Calls fn(name, arg) for each entry of a directory, which *dir is open to meanwhile, as
 * iolist does; 0 if it is missing; -1 after a message. */
int leftoverlist(const char *path, int *dir, int (*fn)(const char *name, void *arg),
    void *arg);
