/* Prints its operands as base/text makes them:
 *
 *	text clean TEXT | cut COLUMNS TEXT | ascii TEXT | span SECONDS |
 *		size BYTES | distance NAME NAME */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

int
main(int argc, char **argv)
{
	struct buf b = {0};

	if (argc == 3 && strcmp(argv[1], "clean") == 0)
		textclean(&b, argv[2]);
	else if (argc == 4 && strcmp(argv[1], "cut") == 0)
		textcut(&b, argv[3], strtoul(argv[2], NULL, 10));
	else if (argc == 3 && strcmp(argv[1], "ascii") == 0)
		textascii(&b, argv[2]);
	else if (argc == 3 && strcmp(argv[1], "span") == 0)
		textspan(&b, strtoll(argv[2], NULL, 10));
	else if (argc == 3 && strcmp(argv[1], "size") == 0)
		textsize(&b, strtoll(argv[2], NULL, 10));
	else if (argc == 4 && strcmp(argv[1], "distance") == 0)
		buffmt(&b, "%u", textdistance(argv[2], argv[3]));
	else
		errx(2, "usage: text clean text | cut columns text | "
		    "ascii text | span seconds | size bytes | "
		    "distance name name");
	printf("%s|%zu\n", b.s, textcols(b.s));
	buffree(&b);
	return fflush(stdout) ? 1 : 0;
}
