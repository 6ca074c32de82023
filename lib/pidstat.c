#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "io.h"
#include "pidstat.h"

enum {
	STATMAX = 1 << 16,	/* bytes of a file in /proc */
	DIGITS = 20
};

/* The command's name may have spaces and parentheses in it, so the fields count
 * from the last parenthesis. */
static int
parse(const char *text, struct pidstat *st)
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
pidstat(const char *pid, struct pidstat *st)
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
		r = parse(b.s, st);
	buffree(&b);
	return r;
}
