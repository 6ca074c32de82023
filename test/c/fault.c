/* Prints the line that status/logcause finds in standard input. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "status/logcause.h"

int
main(void)
{
	struct buf b = {0};
	size_t at, n;

	if (ioreadfd(STDIN_FILENO, 1 << 24, &b) < 0)
		err(111, "standard input");
	bufadd(&b, "", 0);
	at = faultline(b.s, &n);
	printf("%.*s\n", (int)n, b.s + at);
	buffree(&b);
	return fflush(stdout) ? 1 : 0;
}
