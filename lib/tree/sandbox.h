/* Starts a program that runs foreign code: the one file about namespaces, Landlock and
 * seccomp. As far as the system lets the sandbox, the program has no right of root, no
 * network, no signal to other processes, no memory shared with them and no terminal; it
 * writes to no file, and of devices sees null, zero, full, random and urandom. It reads
 * what a program needs to run, and of the rest what is named below: not the homes of
 * users, nor /run, /tmp or /var, nor of /proc what belongs to a process. */

#include <stddef.h>
#include <sys/types.h>

struct sandbox {
	char *const *argv;	/* argv[0] is searched on PATH */
	char *const *env;	/* the whole environment */
	int in, out, err;	/* descriptors for 0, 1 and 2; in is a socket, and its
				 * other end our own */
	const char *const *reads;	/* files and directories to be read */
	size_t nreads;
	unsigned procs;		/* processes at a time */
	unsigned seconds;	/* of processor time, for each of them */
	size_t memory;		/* bytes of address space, for each of them */
	uid_t user;		/* set by sandboxstart: what root becomes, */
	long spaces;		/* and which namespaces began, as in clone(2) */
};

/* starts the program, which ends when we do, and what it started with it if there is a
 * namespace for processes; returns its pid, the leader of a process group; -1 with
 * errno, also when it cannot be executed */
pid_t sandboxstart(struct sandbox *sb);
