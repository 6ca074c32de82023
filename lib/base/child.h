/* Child processes that run beside the program, each with a limit of time and output; a
 * function is called when one has ended. childwait is the one place that waits, for
 * children and all else. */

#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct buf;
struct child;

enum { CHILD_KEEP = -2 };	/* keep an output in memory */
enum { CHILD_SIGNAL = -1, CHILD_LATE = -2, CHILD_LONG = -3 };

struct childspec {
	char *const *argv;	/* argv[0] is searched on PATH unless it has a / */
	unsigned who;		/* ENV_...: the variables it gets; 0: ENV_TOOL */
	char *const *env;	/* NAME=value besides these; NULL for none */
	int in;			/* its standard input; -1: input */
	const void *input;	/* ninput bytes for it; NULL: /dev/null */
	size_t ninput;
	int out, err;		/* descriptors, -1: this process's, or CHILD_KEEP */
	size_t max;		/* bytes kept of each output; a child that writes more
				 * is killed */
	int cut;		/* drop the rest of the output instead */
	int64_t limit;		/* milliseconds until SIGTERM, 0: never */
	int64_t grace;		/* milliseconds from SIGTERM to SIGKILL */
	int cell;		/* it is a spiff-cell, which kills what it runs */
	void (*ended)(struct child *c, void *arg);	/* may call childdel; NULL:
				 * nothing is called */
	void *arg;
};

/* Starts a child in a session of its own. When this process dies the kernel kills it, but
 * sends SIGTERM to a spiff-cell. childdel frees it; NULL with errno. */
struct child *childstart(const struct childspec *spec);

/* Kills a child and its process group, unless it has ended, and frees it; NULL is
 * allowed. */
void childdel(struct child *c);

/* Sends SIGTERM to a child's process group, and SIGKILL after grace milliseconds; a later
 * call can only shorten the time. NULL is allowed. */
void childstop(struct child *c, int64_t grace);

/* Returns the process, 0 once it has ended. */
pid_t childpid(const struct child *c);

/* Says whether it has ended. */
int childended(const struct child *c);

/* Returns the wait status of a child that has ended. */
int childstatus(const struct child *c);

/* Says whether it was told to end, by childstop or after its limit. */
int childstopped(const struct child *c);

/* Returns the exit status of a child that has ended; CHILD_SIGNAL when a signal killed
 * it, CHILD_LATE when it took too long, CHILD_LONG when it wrote too much. */
int childcode(const struct child *c);

/* Appends the kept output and errors to out and err, each of which may be NULL. */
void childoutput(const struct child *c, struct buf *out, struct buf *err);

/* From now on the orphans of this process's descendants become its children and are
 * reaped; -1 with errno. */
int childadopt(void);

/* Kills all descendants that are neither children of this module nor descendants of one;
 * returns how many there were. */
int childorphans(void);

/* Waits as loopwait does, and meanwhile reads the children's output, enforces their
 * limits and calls their ended. Returns after each event; -1 with errno. */
int childwait(struct pollfd *fds, nfds_t n, int64_t until);

/* Runs a child to its end, appends its kept standard output to out and sets its wait
 * status; -1 with errno: EFBIG when it wrote too much, ETIMEDOUT when it took too long,
 * EINTR when this process was told to end and has killed it. */
int childrun(const struct childspec *spec, struct buf *out, int *status);
