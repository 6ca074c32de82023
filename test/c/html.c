/* Prints its operand as web/html makes it:
 *
 *	html text TEXT | url TEXT | time SECONDS | clock SECONDS NOW */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "web/html.h"

int
main(int argc, char **argv)
{
	struct buf b = {0};

	if (argc == 3 && strcmp(argv[1], "text") == 0)
		htmltext(&b, argv[2]);
	else if (argc == 3 && strcmp(argv[1], "url") == 0)
		htmlurl(&b, argv[2]);
	else if (argc == 3 && strcmp(argv[1], "time") == 0)
		htmltime(&b, strtoll(argv[2], NULL, 10));
	else if (argc == 4 && strcmp(argv[1], "clock") == 0)
		htmlclock(&b, strtoll(argv[2], NULL, 10),
		    strtoll(argv[3], NULL, 10));
	else
		errx(2, "usage: html text string | url string | "
		    "time seconds | clock seconds now");
	printf("%s\n", b.s ? b.s : "");
	buffree(&b);
	return fflush(stdout) ? 1 : 0;
}
