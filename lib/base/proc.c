/* for vfork, wait4, syscall and execvpe, which POSIX has not any more, or not yet */
#define _GNU_SOURCE

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/env.h"
#include "base/io.h"
#include "base/loop.h"
#include "base/proc.h"
#include "base/x.h"

/* makes the descriptors, unless they are -1, 0, 1 and 2; first moves them out of the
 * way */
static int
placefds(const int from[3])
{
	int i, fd[3];

	for (i = 0; i < 3; i++) {
		fd[i] = -1;
		if (from[i] >= 0 &&
		    (fd[i] = fcntl(from[i], F_DUPFD_CLOEXEC, 3)) < 0)
			return -1;
	}
	for (i = 0; i < 3; i++) {
		if (fd[i] >= 0 && dup2(fd[i], i) < 0)
			return -1;
	}
	return 0;
}

static int
setupchild(const struct proc *p, pid_t parent)
{
	sigset_t none;
	int fds[3], sig;

	if (p->session && setsid() < 0)
		return -1;
	if (p->deathsig) {
		if (prctl(PR_SET_PDEATHSIG, p->deathsig) < 0)
			return -1;
		/* the parent may have died already; in a new process namespace its
		 * number is 0 */
		if (getppid() != parent && getppid() != 0)
			_exit(1);
	}
	fds[0] = p->in;
	if (fds[0] < 0 &&
	    (fds[0] = open("/dev/null", O_RDWR | O_CLOEXEC)) < 0)
		return -1;
	fds[1] = p->out;
	fds[2] = p->err;
	if (placefds(fds) < 0)
		return -1;
	for (sig = 1; sig < 32; sig++) {
		if (sig != SIGKILL && sig != SIGSTOP)
			signal(sig, SIG_DFL);
	}
	sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void
execchild(const struct proc *p, char *const *env, pid_t parent, int report)
{
	int r;

	r = setupchild(p, parent);
	if (r == 0 && p->child)
		r = p->child(p->arg);
	if (r == 0)
		execvpe(p->argv[0], p->argv, env);
	r = errno;
	if (iowritefd(report, &r, sizeof r) < 0)
		_exit(126);
	_exit(127);
}

/* whether more has a variable of the same name */
static int
isreplaced(const char *var, char *const *more)
{
	size_t n;

	for (n = strcspn(var, "=") + 1; *more; more++) {
		if (strncmp(var, *more, n) == 0)
			return 1;
	}
	return 0;
}

/* returns the child's environment; the caller frees the array */
static char **
makeenv(const struct proc *p)
{
	static char *none[] = { NULL };
	char *const *e, *const *more;
	char **env;
	size_t n;

	more = p->env ? p->env : none;
	env = NULL;
	n = 0;
	for (e = environ ? environ : none; *e; e++) {
		if (isreplaced(*e, more) ||
		    !envpasses(*e, p->who ? p->who : ENV_TOOL))
			continue;
		env = xgrow(env, n, sizeof *env);
		env[n++] = *e;
	}
	for (e = more;; e++) {
		env = xgrow(env, n, sizeof *env);
		env[n++] = *e;
		if (!*e)
			return env;
	}
}

/* Without apart, vfork saves the copy of a large process. Until exec the child runs in
 * this process's memory, where no signal may call a handler. */
static pid_t
forkchild(const struct proc *p, char *const *env, int report)
{
	sigset_t all, old;
	pid_t parent, pid;

	parent = getpid();
	sigfillset(&all);
	if (sigprocmask(SIG_SETMASK, &all, &old) < 0)
		return -1;
	if (p->spaces)
		pid = (pid_t)syscall(SYS_clone, p->spaces | SIGCHLD, 0, 0, 0, 0);
	else
		pid = p->apart ? fork() : vfork();
	if (pid == 0)
		execchild(p, env, parent, report);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return pid;
}

pid_t
procstart(const struct proc *p)
{
	struct buf got = {0};
	char **env;
	pid_t pid;
	int e, fds[2];

	if (pipe(fds) < 0)
		return -1;
	fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	/* above 2, where placefds() does not overwrite it */
	e = fcntl(fds[1], F_DUPFD_CLOEXEC, 3);
	close(fds[1]);
	fds[1] = e;
	env = makeenv(p);
	pid = fds[1] < 0 ? -1 : forkchild(p, env, fds[1]);
	e = errno;
	free(env);
	ioclose(fds[1]);
	if (pid > 0 && ioreadfd(fds[0], sizeof e, &got) == 0 &&
	    got.len == sizeof e) {
		memcpy(&e, got.s, sizeof e);
		waitpid(pid, NULL, 0);
		pid = -1;
	}
	buffree(&got);
	close(fds[0]);
	errno = e;
	return pid;
}

int
procwait(pid_t pid, int *status)
{
	pid_t r;

	while ((r = waitpid(pid, status, 0)) < 0 && errno == EINTR)
		;
	return r < 0 ? -1 : 0;
}

pid_t
procreap(int *status, struct rusage *used)
{
	pid_t r;

	while ((r = wait4(-1, status, WNOHANG, used)) < 0 && errno == EINTR)
		;
	return r < 0 ? 0 : r;
}

int
prockill(pid_t pid, int sig)
{
	return kill(-pid, sig) < 0 && errno != ESRCH ? -1 : 0;
}

int
procsignal(pid_t pid, int sig)
{
	return kill(pid, sig) < 0 && errno != ESRCH ? -1 : 0;
}

void
procdie(int sig)
{
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	signal(sig, SIG_DFL);
	raise(sig);
	/* for a signal that is ignored by default, or blocked */
	_exit(128 + sig);
}

int
procalive(pid_t pid)
{
	return kill(-pid, 0) == 0 || errno != ESRCH;
}

int
procadopt(void)
{
	return prctl(PR_SET_CHILD_SUBREAPER, 1);
}

char *
procwords(int status)
{
	if (WIFEXITED(status))
		return xasprintf("exit %d", WEXITSTATUS(status));
	if (WIFSIGNALED(status))
		return xasprintf("signal %d (%s)", WTERMSIG(status),
		    strsignal(WTERMSIG(status)));
	return xasprintf("wait status %d", status);
}

int
procfailed(const char *program, int status)
{
	char *words;

	if (status == 0)
		return 0;
	words = procwords(status);
	warnx("%s: %s", program, words);
	free(words);
	return 1;
}

char *
procbeside(const char *name)
{
	static const char *const places[] = { "", "../libexec/spiff/" };
	static char self[4096];
	char *path;
	ssize_t n;
	size_t i;

	if (!*self) {
		n = readlink("/proc/self/exe", self, sizeof self - 1);
		self[n > 0 ? n : 0] = '\0';
	}
	for (i = 0; *self && i < sizeof places / sizeof places[0]; i++) {
		path = xasprintf("%.*s%s%s", (int)(strrchr(self, '/') + 1 - self),
		    self, places[i], name);
		if (access(path, X_OK) == 0)
			return path;
		free(path);
	}
	return xstrdup(name);
}
