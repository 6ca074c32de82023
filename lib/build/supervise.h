/* Runs a command so that nothing of it is left when it ends: in a control group
 * where there can be one, and in any case with all that came of it. The caller has
 * caught SIGCHLD, and the signals that say to stop, with loopcatch, and called
 * procadopt. */

#include <stdint.h>

struct proc;

struct ended {
	int status;		/* the command's, as wait(2) has it */
	int64_t memory;		/* bytes, the most at a time: of all processes, or
				 * where the kernel does not say of one */
	int64_t cpu;		/* microseconds of processor time */
	int64_t starved;	/* processes killed for lack of memory */
};

/* runs p, which may have no child function of its own, until it and all that came
 * of it have ended; memory in bytes and the number of cpus bound it, 0: no bound;
 * -1 with errno when it cannot be started */
int supervise(struct proc *p, int64_t memory, int cpus, struct ended *e);
