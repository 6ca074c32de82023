/* Fuzzes the reader of spiff.conf: what it takes has passed every check. */
#define _GNU_SOURCE	/* memfd_create */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/stat.h>

#include "base/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* makes a file in memory, which settings are read from */
static int
mkfile(void)
{
	char path[32];
	int fd;

	fd = memfd_create("conf", MFD_CLOEXEC);
	/* one that everybody can write to is refused */
	if (fd < 0 || fchmod(fd, 0600) < 0)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	setenv("SPIFF_CONF", path, 1);
	return fd;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static int fd = -1;
	const char *p;
	int i;

	if (fd < 0)
		fd = mkfile();
	if (ftruncate(fd, 0) < 0 || pwrite(fd, data, n, 0) != (ssize_t)n)
		abort();
	if (confload() < 0)
		return 0;
	for (i = 0; i < CONF_N; i++) {
		for (p = confget((enum conf)i); *p; p++) {
			if ((unsigned char)*p < ' ' || strchr("\"'`$\177", *p))
				abort();
		}
	}
	if (confslots("x86_64") < 0 || confslotsall() < 1)
		abort();
	return 0;
}
