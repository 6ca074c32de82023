#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/pid.h"
#include "base/procfs.h"
#include "base/x.h"

enum {
	ENVMAX = 1 << 20,	/* bytes of an environment */
	DIGITS = 20,
	ROUNDS = 10		/* of killing, as processes may start others meanwhile */
};

struct process {
	struct pidstat st;
	int kin;
};

struct processes {
	struct process *list;
	size_t n;
};

static int
addprocess(const char *name, void *arg)
{
	struct processes *ps = arg;
	struct pidstat st;

	/* a process may have ended meanwhile, and other entries of /proc are none */
	if (pidstat(name, &st) == 0) {
		ps->list = xgrow(ps->list, ps->n, sizeof *ps->list);
		ps->list[ps->n].st = st;
		ps->list[ps->n++].kin = 0;
	}
	return 0;
}

static int
bypid(const void *a, const void *b)
{
	const struct process *x = a, *y = b;

	return (x->st.pid > y->st.pid) - (x->st.pid < y->st.pid);
}

static struct process *
findprocess(const struct processes *ps, pid_t pid)
{
	struct process key = { .st.pid = pid };

	return bsearch(&key, ps->list, ps->n, sizeof *ps->list, bypid);
}

/* marks the descendants of this process; pids wrap around, so a parent may come behind
 * its child */
static void
markdescendants(struct processes *ps, int (*known)(pid_t pid))
{
	struct process *parent;
	size_t i;
	int kin, more;

	do {
		more = 0;
		for (i = 0; i < ps->n; i++) {
			if (ps->list[i].kin)
				continue;
			if (ps->list[i].st.parent == getpid()) {
				kin = !known || !known(ps->list[i].st.pid);
			} else {
				parent = findprocess(ps, ps->list[i].st.parent);
				kin = parent && parent->kin;
			}
			more |= ps->list[i].kin = kin;
		}
	} while (more);
}

int
procfssignal(int sig, int (*known)(pid_t pid))
{
	struct processes ps = {0};
	size_t i;
	int dir, n;

	dir = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -1;
	n = iolist(dir, addprocess, &ps);
	close(dir);
	if (n < 0) {
		free(ps.list);
		return -1;
	}
	if (ps.n) {
		qsort(ps.list, ps.n, sizeof *ps.list, bypid);
		markdescendants(&ps, known);
	}
	for (i = 0; i < ps.n; i++) {
		if (ps.list[i].kin && !ps.list[i].st.dead) {
			kill(ps.list[i].st.pid, sig);
			n++;
		}
	}
	free(ps.list);
	return n;
}

struct marks {
	const char *const *vars;
	size_t n;
	int found;
};

/* whether an environment, strings one behind the other, has the variable */
static int
hasvar(const struct buf *b, const char *var)
{
	const char *s;

	for (s = b->s; s && s < b->s + b->len; s += strlen(s) + 1) {
		if (strcmp(s, var) == 0)
			return 1;
	}
	return 0;
}

static int
killmarked(const char *name, void *arg)
{
	struct marks *m = arg;
	struct buf b = {0};
	char path[DIGITS + 16];
	size_t i;
	long pid;

	pid = strspn(name, "0123456789") == strlen(name) ? atol(name) : 0;
	if (pid <= 1 || pid == getpid())
		return 0;
	snprintf(path, sizeof path, "/proc/%ld/environ", pid);
	/* other users' environments cannot be read */
	i = ioread(AT_FDCWD, path, ENVMAX, &b) < 0 ? m->n + 1 : 0;
	while (i < m->n && hasvar(&b, m->vars[i]))
		i++;
	if (i == m->n && kill((pid_t)pid, SIGKILL) == 0)
		m->found++;
	buffree(&b);
	return 0;
}

int
procfskill(const char *const *vars, size_t n)
{
	struct marks m = { .vars = vars, .n = n };
	int dir, i, r;

	dir = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = dir < 0 ? -1 : 0;
	/* a process that is found again was about to end, or has started others */
	for (i = 0; i < ROUNDS && r == 0 && (i == 0 || m.found > 0); i++) {
		m.found = 0;
		r = iolist(dir, killmarked, &m);
	}
	ioclose(dir);
	return r;
}

int
procfsleft(void)
{
	siginfo_t info;

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 ||
	    errno != ECHILD;
}
