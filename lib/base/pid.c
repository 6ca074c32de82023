#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/pid.h"

enum {
	STATMAX = 1024,		/* bytes; the line has fewer */
	DIGITS = 20
};

/* counts fields from the last parenthesis, since the command's name may have spaces and
 * parentheses */
static int
parsestat(const char *text, struct pidstat *st)
{
	const char *p;
	long group, parent;
	char state;

	p = strrchr(text, ')');
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
	char path[DIGITS + 16], text[STATMAX];
	size_t len;
	ssize_t n;
	int fd;

	len = strlen(pid);
	if (len == 0 || len > DIGITS || strspn(pid, "0123456789") != len) {
		errno = EINVAL;
		return -1;
	}
	snprintf(path, sizeof path, "/proc/%s/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = read(fd, text, sizeof text - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	st->pid = (pid_t)atol(pid);
	return parsestat(text, st);
}

const char *
pidmachine(void)
{
	static struct utsname u;

	if (!*u.nodename && uname(&u) < 0)
		return "unknown";
	return u.nodename;
}
