/* Starts, signals and waits for child processes: the one place that forks. */

#include <sys/types.h>

struct buf;
struct rusage;

struct proc {
	char *const *argv;	/* argv[0] is searched on PATH unless it has a / */
	unsigned who;		/* ENV_...: the variables it gets; 0: ENV_TOOL */
	char *const *env;	/* NAME=value besides these; NULL for none */
	int in;			/* its standard input; -1: /dev/null */
	int out, err;		/* -1: this process's */
	int session;		/* in a session and process group of its own */
	int deathsig;		/* it gets this when this process dies; 0: none */
	int (*child)(void *);	/* called in the child before exec; NULL: none; if it */
	void *arg;		/* returns -1 with errno, procstart does */
	int apart;		/* call child in a copy of this process's memory */
	long spaces;		/* with apart: CLONE_NEW... of clone(2), new namespaces */
};

/* starts p and returns its pid; -1 with errno, also when it cannot be executed */
pid_t procstart(const struct proc *p);

/* waits for the child's end and sets its wait status; -1 with errno */
int procwait(pid_t pid, int *status);

/* reaps any child that has ended: returns its pid, sets its wait status and, unless used
 * is NULL, the resources that it and its reaped children have used; 0 when none has */
pid_t procreap(int *status, struct rusage *used);

/* signals the process group of a child started with session, if it still exists; -1 with
 * errno */
int prockill(pid_t pid, int sig);

/* signals a process, if it still exists; -1 with errno */
int procsignal(pid_t pid, int sig);

/* ends this process by a signal, without a core file */
void procdie(int sig) __attribute__((noreturn));

/* whether a process group exists, with processes that are not reaped yet */
int procalive(pid_t pid);

/* makes the orphans of this process's descendants its children; -1 with errno */
int procadopt(void);

/* says in words how a child ended: "exit 1", "signal 9 (Killed)"; the caller
 * owns it */
char *procwords(int status);

/* warns how a program ended, unless its wait status is 0: 1 then */
int procfailed(const char *program, int status);

/* returns the path of a program beside the running one, or in libexec/spiff beside that
 * one's directory; name itself, to be searched on PATH, when there is none; the caller
 * owns it */
char *procbeside(const char *name);
