/* Child processes: the one place that forks. */

#include <sys/types.h>

struct buf;
struct rusage;

struct proc {
	char *const *argv;	/* argv[0] is searched on PATH unless it has a / */
	unsigned who;		/* ENV_..., which of our variables it gets; 0: those of
				 * ENV_TOOL */
	char *const *env;	/* NAME=value on top of these; NULL for none */
	int in;			/* its standard input; -1: /dev/null */
	int out, err;		/* -1: ours */
	int session;		/* nonzero: a session and group of its own */
	int deathsig;		/* sent to it when we die; 0: none */
	int (*child)(void *);	/* called in the child before exec, may be NULL; */
	void *arg;		/* -1 with errno ends the child and the start */
	int apart;		/* child runs in a copy of our memory, not in our own
				 * while we wait */
	long spaces;		/* CLONE_NEW... of clone(2): with apart, the namespaces
				 * that begin with the child */
};

/* starts p and returns its pid; -1 with errno, that of a failed exec too, and
 * no child then */
pid_t procstart(const struct proc *p);

/* waits for the child's end and sets its wait status; -1 with errno */
int procwait(pid_t pid, int *status);

/* collects a child that has ended, any: returns its pid, and sets its wait
 * status and, unless NULL, what it and those that it has waited for have used; 0
 * when none has */
pid_t procreap(int *status, struct rusage *used);

/* signals the process group of a child started with session; a group that is
 * gone is no error; -1 with errno */
int prockill(pid_t pid, int sig);

/* signals one process; one that is gone is no error; -1 with errno */
int procsignal(pid_t pid, int sig);

/* ends this process as that signal does by default, but without a core */
void procdie(int sig) __attribute__((noreturn));

/* whether anything is left of such a group, uncollected members included */
int procalive(pid_t pid);

/* makes the orphans of our children ours, so that procreap collects them; -1
 * with errno */
int procadopt(void);

/* says in words how a child ended: "exit 1", "signal 9 (Killed)"; the caller
 * owns it */
char *procwords(int status);

/* returns the path of a program that was installed beside the running one, or in
 * libexec/spiff beside its directory, or name itself, for PATH, when there is none; the
 * caller owns it */
char *procbeside(const char *name);
