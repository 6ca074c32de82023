/* Locks: lockf(3) on a whole file, the one that works across NFS, and where
 * asked for flock(2) besides, since the XBPS tools use that. The kernel drops a
 * lock when its process ends, and also when the process closes any descriptor
 * of that file, so a process should take each lock once and keep it. */

#include <sys/types.h>

enum {
	LOCK_WAIT = 1,	/* wait for it; else -1 with EAGAIN when it is taken */
	LOCK_XBPS = 2	/* take flock too */
};

/* locks the file, made if need be, and returns a descriptor that holds the lock
 * until it is closed; the file is never removed, one that was removed or replaced
 * meanwhile is not taken for a lock, and a link is not followed; -1 with errno */
int locktake(int dir, const char *name, int how);

/* Takes lockf's lock, which the descriptor holds, once more, as it can be lost over
 * NFS; -1 with errno when it is not ours any more, ENOENT when the name leads to
 * another file or none. */
int lockagain(int fd, int dir, const char *name);

/* whether the name leads to the open file */
int locknames(int fd, int dir, const char *name);

/* locks an open file for a moment, and waits up to 200 milliseconds for that; over NFS
 * what is known of the file is renewed with it; lockend lets go; -1 with errno */
int lockbriefly(int fd);

/* lets go of the lock, the descriptor stays */
void lockend(int fd);

/* returns the process that holds the file's lock, 0 if none does or it cannot
 * be told, -1 when it is of another machine that has the file over NFS, too; not for
 * the holder itself, who would lose it */
pid_t lockholder(int dir, const char *name);
