/* Processes of spiff-cell that wait for builds, or have one. There are as many as
 * there were builds at a time, since to start one costs more than a short build. */

#include <sys/types.h>

struct errand;

struct cell {
	pid_t pid;		/* of its process group too */
	char *claim;		/* as build/procid has it */
	int fd;			/* where it gets its errands */
	int told;		/* to end, and not to be used again */
};

/* returns one that has nothing to do; NULL after a message */
struct cell *cellget(void);

/* gives it back when it has nothing to do any more */
void cellput(struct cell *c);

/* forgets a cell, which ends when it has nothing to do any more; NULL is
 * allowed */
void celldel(struct cell *c);

/* takes the end of a process: 1 when it was a cell with nothing to do */
int cellreaped(pid_t pid);

/* the descriptor that has an answer to read, as base/errand has it; -1: there was
 * no cell yet */
int cellanswers(void);

/* ends all that have nothing to do */
void cellsend(void);
