#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/procfs.h"
#include "base/x.h"

enum {
	STATMAX = 1 << 16,	/* bytes of a file in /proc */
	ENVMAX = 1 << 20,	/* the same of an environment */
	DIGITS = 20,
	ROUNDS = 10		/* of looks for processes that start others */
};

struct process {
	struct procfsstat st;
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
	struct procfsstat st;

	/* a process may have ended meanwhile, and other entries of /proc are none */
	if (procfsstat(name, &st) == 0) {
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
	/* those of others cannot be read */
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
	/* one that is found again was about to end, or has started others */
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

/* counts fields from the last parenthesis, since the command's name may have spaces and
 * parentheses */
static int
parsestat(const char *text, struct procfsstat *st)
{
	const char *p;
	long group, parent;
	char state;

	p = text ? strrchr(text, ')') : NULL;
	if (!p || sscanf(p + 1, " %c %ld %ld %*d %*d %*d %*u %*u %*u %*u %*u "
	    "%*u %*u %*d %*d %*d %*d %*d %*d %llu", &state, &parent, &group,
	    &st->start) != 4) {
		errno = EINVAL;
		return -1;
	}
	st->parent = (pid_t)parent;
	st->group = (pid_t)group;
	st->dead = state == 'Z' || state == 'X';
	return 0;
}

int
procfsstat(const char *pid, struct procfsstat *st)
{
	struct buf b = {0};
	char path[DIGITS + 16];
	size_t n;
	int r;

	n = strlen(pid);
	if (n == 0 || n > DIGITS || strspn(pid, "0123456789") != n) {
		errno = EINVAL;
		return -1;
	}
	st->pid = (pid_t)atol(pid);
	snprintf(path, sizeof path, "/proc/%s/stat", pid);
	r = ioread(AT_FDCWD, path, STATMAX, &b);
	if (r == 0)
		r = parsestat(b.s, st);
	buffree(&b);
	return r;
}

const char *
procfsmachine(void)
{
	static struct utsname u;

	if (!*u.nodename && uname(&u) < 0)
		return "unknown";
	return u.nodename;
}
