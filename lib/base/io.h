/* Whole files in, whole files out. All names are relative to a directory
 * descriptor; AT_FDCWD works too. A file appears whole or not at all: written
 * under a temporary name, synced, renamed, and the directory synced. */

#include <stddef.h>
#include <sys/types.h>

struct buf;
struct stat;

/* appends the regular file's contents to b; -1 with errno: EFBIG above max
 * bytes, EINVAL for what is not a regular file (links are not followed), or the
 * system's own; says nothing */
int ioread(int dir, const char *name, size_t max, struct buf *b);

/* the same from an open descriptor up to its end, of any kind */
int ioreadfd(int fd, size_t max, struct buf *b);

/* whether an error of open or read is the system's, not the file's: the same may
 * go well another time */
int iotransient(int e);

/* writes n bytes to the descriptor however often it takes; -1 with errno */
int iowritefd(int fd, const void *p, size_t n);

/* replaces (or makes) name with n bytes; -1 with errno and nothing changed */
int ioreplace(int dir, const char *name, const void *p, size_t n, mode_t mode);

/* writes n bytes to a new file of a unique name in dir; the name, which is name
 * with more behind it, goes to tmp, of tmpsize bytes; the caller syncs it, as
 * many can share that; -1 with errno and nothing left */
int iodraft(int dir, const char *name, const void *p, size_t n, char *tmp,
    size_t tmpsize);

/* moves a draft to another directory of the file system as name, unless that
 * is there: -1 with errno, EEXIST then, and the draft removed in any case; the
 * caller syncs the directory, as many moves can share one sync */
int iopublish(int tmpdir, const char *tmp, int dir, const char *name);

/* opens a new file of a unique name beside name, for writing; the name goes
 * to tmp, of tmpsize bytes; -1 with errno */
int iotemp(int dir, const char *name, char *tmp, size_t tmpsize, mode_t mode);

/* whether that is the name of such a file whose writer, a process of this
 * machine, has died */
int iostray(const char *name);

/* syncs and closes fd, renames tmp to name and syncs the directory; on error
 * -1 with errno, fd closed and tmp removed */
int iocommit(int dir, int fd, const char *tmp, const char *name);

/* closes fd unless it is negative; errno stays */
void ioclose(int fd);

/* whether the two are the status of one file, unchanged in size and contents' time */
int iounchanged(const struct stat *a, const struct stat *b);

/* closes fd and removes tmp, keeping errno */
void ioabandon(int dir, int fd, const char *tmp);

/* makes the file from appear as to, in place of what was there: linked, or
 * copied and synced where that cannot be, or when it is not ours alone; from
 * stays; -1 with errno */
int ioplace(int fromdir, const char *from, int todir, const char *to);

/* renames within a directory, replacing what was there; -1 with errno */
int iorename(int dir, const char *from, const char *to);

/* makes the directory's entries durable; -1 with errno */
int iosyncdir(int dir);

/* makes what was written through fd durable; -1 with errno */
int iosync(int fd);

/* makes fd durable and closes it in any case; -1 with errno */
int iosettle(int fd);

/* makes all of dir's file system durable; -1 with errno */
int iosyncall(int dir);

/* makes the bytes of n files durable, all being on dir's file system; -1 with
 * errno, *failed being the number of the one that could not be */
int iosyncfiles(int dir, const char *const *names, size_t n, size_t *failed);

/* opens a directory below dir, making it if create; -1 with errno */
int ioopendir(int dir, const char *name, int create);

/* makes a directory and its missing parents; -1 with errno */
int iomkdirs(const char *path);

/* removes name and, if it is a directory, all below it, not following links;
 * absence is no error; -1 with errno */
int ioremove(int dir, const char *name);

/* calls fn(name, arg) for each entry but . and .. in no order until one call
 * returns nonzero, and returns that, 0 at the end, -1 with errno on error */
int iolist(int dir, int (*fn)(const char *name, void *arg), void *arg);
