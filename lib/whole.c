#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "frame.h"
#include "io.h"
#include "tar.h"
#include "whole.h"

/* 1: all frames are whole, 0: it is no zstd, -1: cut short */
static int
zstd(int fd)
{
	uint64_t at;
	off_t end;
	int r;

	end = lseek(fd, 0, SEEK_END);
	for (at = 0; at < (uint64_t)end;) {
		r = frameskip(fd, &at);
		if (r <= 0)
			return at == 0 ? 0 : -1;
	}
	return at == (uint64_t)end ? 1 : -1;
}

int
whole(int fd, char *why, size_t n, int *transient)
{
	struct tar t;
	const char *name;
	int r, regular;

	r = zstd(fd);
	if (r > 0)
		return 0;
	if (r < 0) {
		*transient = iotransient(errno);
		snprintf(why, n, "%s", *transient ? strerror(errno) :
		    "is cut short, or goes on behind its end");
		return -1;
	}
	lseek(fd, 0, SEEK_SET);
	r = taropen(&t, fd);
	if (r == 0) {
		while ((r = tarnext(&t, &name, &regular)) > 0)
			;
		tarclose(&t);
	}
	if (r < 0) {
		*transient = t.transient;
		snprintf(why, n, "%s", t.why);
	}
	return r;
}
