/* Numbers the lines of a recipe. */

#include <stdio.h>

int
main(int argc, char *argv[])
{
	FILE *f;
	char line[256];
	int n = 0;

	if (argc != 2 || !(f = fopen(argv[1], "r"))) {
		fprintf(stderr, "usage: cook recipe\n");
		return 2;
	}
	while (fgets(line, sizeof line, f))
		printf("%d. %s", ++n, line);
	return ferror(f) || fflush(stdout) == EOF;
}
