/* Reads and writes whole files, and directories. All names are relative to a directory
 * descriptor, or AT_FDCWD. A file appears whole or not at all: it is written under a
 * temporary name, synced and renamed, and the directory synced. */

#include <stddef.h>
#include <sys/types.h>

struct buf;
struct stat;

/* appends a regular file's contents to b; follows no link; -1 with errno: EFBIG above max
 * bytes, EINVAL for another kind of file */
int ioread(int dir, const char *name, size_t max, struct buf *b);

/* the same, and sets *st to the file's status before it was read */
int ioreadstat(int dir, const char *name, size_t max, struct buf *b, struct stat *st);

/* the same as ioread from a descriptor of any kind, up to its end */
int ioreadfd(int fd, size_t max, struct buf *b);

/* whether an error of open or read is the system's, not the file's, so that another try
 * may succeed */
int iotransient(int e);

/* writes n bytes to a descriptor; -1 with errno */
int iowritefd(int fd, const void *p, size_t n);

/* replaces (or makes) name with n bytes; -1 with errno and nothing changed */
int ioreplace(int dir, const char *name, const void *p, size_t n, mode_t mode);

/* writes n bytes to a new file as iotemp makes it, which the caller syncs, so that many
 * drafts share one sync; -1 with errno and no file left */
int iodraft(int dir, const char *name, const void *p, size_t n, char *tmp,
    size_t tmpsize);

/* moves a draft to another directory of the same file system as name; removes the draft
 * in any case; -1 with errno, EEXIST if the directory has name; the caller syncs the
 * directory, so that many moves share one sync */
int iopublish(int tmpdir, const char *tmp, int dir, const char *name);

/* opens a new file of a unique name beside name, for writing, and sets tmp, of tmpsize
 * bytes, to its name; -1 with errno */
int iotemp(int dir, const char *name, char *tmp, size_t tmpsize, mode_t mode);

/* whether iotemp made that name in a process of this machine that has ended */
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

/* makes the file from appear as to, replacing that: as a link, 0; or as a synced copy, 1,
 * if a link is not possible, or another user can write to the file; -1 with errno */
int ioplace(int fromdir, const char *from, int todir, const char *to);

/* renames within a directory, replacing to; -1 with errno */
int iorename(int dir, const char *from, const char *to);

/* syncs a directory's entries; -1 with errno */
int iosyncdir(int dir);

/* syncs what was written through fd; -1 with errno */
int iosync(int fd);

/* syncs fd and closes it in any case; -1 with errno */
int iosettle(int fd);

/* syncs all of dir's file system; -1 with errno */
int iosyncall(int dir);

/* syncs n files of dir's file system; -1 with errno, and *failed set to the index of the
 * one that failed */
int iosyncfiles(int dir, const char *const *names, size_t n, size_t *failed);

/* has a client of NFS ask again what the directory has in which name lies: it may believe
 * for a minute that a file is there, or is not; errno stays */
void iorefresh(int dir, const char *name);

/* opens a directory below dir, which create makes if it is missing; -1 with errno */
int ioopendir(int dir, const char *name, int create);

/* makes a directory and its missing parents; -1 with errno */
int iomkdirs(const char *path);

/* removes name, if it exists, and all below it, following no links; -1 with errno */
int ioremove(int dir, const char *name);

/* calls fn(name, arg) for each entry but . and .., in no order, until a call returns
 * nonzero, and returns that; 0 at the end; -1 with errno */
int iolist(int dir, int (*fn)(const char *name, void *arg), void *arg);

/* does the same for a directory's path; one that is not there has no entries */
int iolistpath(const char *path, int (*fn)(const char *name, void *arg), void *arg);
