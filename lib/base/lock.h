/* Locks: lockf(3) on a whole file, which works across NFS, and on request flock(2) too,
 * which the XBPS tools use. The kernel drops lockf's lock when its process ends or closes
 * any descriptor of the file, so a process should take each lock once and keep it. */

#include <sys/types.h>

enum {
	LOCK_WAIT = 1,	/* wait for a lock that another process has; else EAGAIN */
	LOCK_XBPS = 2	/* take flock's lock too */
};

/* locks a file, which is created if it is missing and never removed, and returns a
 * descriptor that holds the lock until it is closed; follows no link, and starts over if
 * the file was removed or replaced meanwhile; -1 with errno */
int locktake(int dir, const char *name, int how);

/* Takes lockf's lock again that the descriptor holds, as it can be lost over NFS; -1 with
 * errno when another process has it, ENOENT when the file was removed or replaced. */
int lockagain(int fd, int dir, const char *name);

/* whether the name leads to the open file */
int locknames(int fd, int dir, const char *name);

/* locks an open file for a moment, waiting up to 200 milliseconds; over NFS this also
 * renews the file's status; lockend unlocks it; -1 with errno */
int lockbriefly(int fd);

/* releases lockf's lock; the descriptor stays open */
void lockend(int fd);

/* whether a lock in the file system of fd can be lost while its process lives: on NFS,
 * when the machine is cut off from the server */
int lockcanend(int fd);

/* whether dir lies on NFSv3, where the lock of a machine that went down stays until that
 * machine is back, or the file is removed */
int lockstays(int dir);

/* returns the process that holds a file's lock, 0 if none does or that cannot be told, -1
 * if the process is on another machine; the holder itself would lose the lock by this */
pid_t lockholder(int dir, const char *name);
