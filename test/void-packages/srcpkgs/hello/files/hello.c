#include <stdio.h>
#include <string.h>

#include <greet.h>

int
main(int argc, char *argv[])
{
	if (argc > 1 && strcmp(argv[1], "-V") == 0)
		return puts("hello " VERSION) == EOF;
	return greet("Hello", argc > 1 ? argv[1] : "world") != 0;
}
