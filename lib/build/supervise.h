/* Runs a command so that none of its processes is left when it ends, in a control group
 * if there can be one. The caller has called procadopt, and caught SIGCHLD and the
 * signals that say to stop with loopcatch. */

#include <stdint.h>

struct proc;

struct ended {
	int status;		/* the command's, as wait(2) has it */
	int64_t memory;		/* most bytes at a time: of all processes, or of one if
				 * the kernel does not count them all */
	int64_t cpu;		/* microseconds of processor time */
	int64_t starved;	/* processes killed for lack of memory */
};

/* Runs p, which has no child function, until it and all of its processes have ended, with
 * at most memory bytes and cpus processors, 0: any; -1 with errno if it cannot be
 * started. */
int supervise(struct proc *p, int64_t memory, int cpus, struct ended *e);
