/* How long it takes from a new index in a repository to the delivery by a build
 * that waited for it, in a chain of jobs that need each other: latency REPO
 * INCOMING N, until N have been seen. Prints the median, the 99th of a hundred
 * and the longest, in milliseconds. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#include "base/x.h"

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int
bysize(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int
main(int argc, char **argv)
{
	_Alignas(struct inotify_event) char buf[1 << 16];
	struct inotify_event *ev;
	const char *name;
	double *all, since;
	size_t n, want;
	ssize_t len, pos;
	int fd, index;

	if (argc != 4)
		errx(2, "usage: latency repo incoming n");
	want = (size_t)atol(argv[3]);
	all = xcalloc(want, sizeof *all);
	fd = inotify_init1(IN_CLOEXEC);
	index = fd < 0 ? -1 : inotify_add_watch(fd, argv[1], IN_MOVED_TO);
	if (index < 0 || inotify_add_watch(fd, argv[2], IN_MOVED_TO) < 0)
		err(111, "%s, %s", argv[1], argv[2]);
	since = 0;
	for (n = 0; n < want;) {
		len = read(fd, buf, sizeof buf);
		if (len < 0)
			err(111, "inotify");
		for (pos = 0; pos < len && n < want;
		    pos += (ssize_t)sizeof *ev + ev->len) {
			ev = (struct inotify_event *)(void *)(buf + pos);
			name = buf + pos + sizeof *ev;
			if (ev->wd == index && strstr(name, "-repodata")) {
				since = now();
			} else if (ev->wd != index && *name != '.' && since > 0) {
				all[n++] = now() - since;
				since = 0;
			}
		}
	}
	qsort(all, n, sizeof *all, bysize);
	printf("%.1f %.1f %.1f\n", all[n / 2], all[n - 1 - n / 100],
	    all[n - 1]);
	return 0;
}
