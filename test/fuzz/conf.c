/* Fuzzes the reader of spiff.conf: what it takes has passed every check. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/io.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *p;
	int fd, i;

	fd = open("conf", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || iowritefd(fd, data, n) < 0)
		abort();
	close(fd);
	setenv("SPIFF_CONF", "conf", 1);
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
