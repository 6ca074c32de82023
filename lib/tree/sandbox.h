/* Starts a program that runs foreign code, in namespaces, with Landlock and seccomp. As
 * far as the kernel supports it, the program has no rights of root, no network and no
 * terminal, sends no signals to other processes and shares no memory with them. It can
 * write to no file, and open the devices null, zero, full, random and urandom. It can
 * read the system's programs and libraries and the files named below, but not the homes
 * of users, /run, /tmp, /var, and the processes in /proc. */

#include <stddef.h>
#include <sys/types.h>

struct sandbox {
	char *const *argv;	/* argv[0] is searched on PATH */
	char *const *env;	/* the whole environment */
	int in, out, err;	/* descriptors for 0, 1 and 2; in is a socket, and its
				 * other end our own */
	const char *const *reads;	/* files and directories it may read */
	size_t nreads;
	unsigned procs;		/* processes at a time */
	unsigned seconds;	/* of processor time, for each of them */
	size_t memory;		/* bytes of address space, for each of them */
	/* set by sandboxstart */
	uid_t user;		/* that root becomes */
	long spaces;		/* its namespaces, as in clone(2) */
};

/* starts the program, which the kernel kills when this process ends, with all that it
 * started if it has a process namespace; returns its pid, the leader of a process group;
 * -1 with errno, also when it cannot be executed */
pid_t sandboxstart(struct sandbox *sb);
