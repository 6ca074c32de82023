/* Child processes beside the program. Nobody waits for one: it has a limit of time
 * and of output, and a function is called when it has ended. All that wait for
 * something wait in childwait. */

#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct buf;
struct child;

enum { CHILD_KEEP = -2 };	/* an output that is kept in memory */
enum { CHILD_SIGNAL = -1, CHILD_LATE = -2, CHILD_LONG = -3 };

struct childspec {
	char *const *argv;	/* argv[0] is searched on PATH unless it has a / */
	unsigned who;		/* ENV_..., which of our variables it gets; 0: those of
				 * ENV_TOOL */
	char *const *env;	/* NAME=value on top of these; NULL for none */
	int in;			/* its standard input; -1: what input has */
	const void *input;	/* ninput bytes of it; NULL: /dev/null */
	size_t ninput;
	int out, err;		/* descriptors, -1: ours, or CHILD_KEEP */
	size_t max;		/* bytes kept of each output: a child that writes more
				 * is killed, */
	int cut;		/* or, if this is set, not, and the rest is dropped */
	int64_t limit;		/* milliseconds that it may take, 0: any time */
	int64_t grace;		/* milliseconds from SIGTERM, sent then, to SIGKILL */
	int cell;		/* it is a spiff-cell, which kills what it runs */
	void (*ended)(struct child *c, void *arg);	/* NULL: none; it may
				 * call childdel */
	void *arg;
};

/* Starts a child in a session of its own, which the kernel kills when we die; a
 * spiff-cell is told to end instead. Returns it, for childdel; NULL with errno. */
struct child *childstart(const struct childspec *spec);

/* Kills a child that has not ended, with its process group, and frees it; NULL is
 * allowed. */
void childdel(struct child *c);

/* Tells a child's group to end, and kills it after these milliseconds; the first
 * call counts unless a later one leaves less time. */
void childstop(struct child *c, int64_t grace);

/* Returns the process, 0 once it has ended. */
pid_t childpid(const struct child *c);

/* Says whether it has ended. */
int childended(const struct child *c);

/* Returns the wait status of a child that has ended. */
int childstatus(const struct child *c);

/* Says whether it was told to end, by childstop or as it took too long. */
int childstopped(const struct child *c);

/* Returns the exit status of a child that has ended, CHILD_SIGNAL when a signal
 * ended it, CHILD_LATE when it took too long, CHILD_LONG when it wrote too much. */
int childcode(const struct child *c);

/* Appends what was kept of standard output and standard error; NULL is allowed. */
void childoutput(const struct child *c, struct buf *out, struct buf *err);

/* Makes the orphans of our children ours and collects them from now on; -1 with
 * errno. */
int childadopt(void);

/* Kills what is ours by childadopt, with all that it has started, and no child;
 * returns how many there were. */
int childorphans(void);

/* Waits as loopwait does, and meanwhile looks after the children: takes their
 * output, keeps their limits, and calls their functions. Returns after each thing
 * that has happened; -1 with errno. */
int childwait(struct pollfd *fds, nfds_t n, int64_t until);

/* Runs a child to its end, its kept standard output appended to out and its wait
 * status set; -1 with errno when it cannot be started, EFBIG when it wrote too much,
 * ETIMEDOUT when it took too long, EINTR when we were told to end, and it is gone
 * then. */
int childrun(const struct childspec *spec, struct buf *out, int *status);
