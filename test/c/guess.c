/* Guesses the times of builds: reads lines of test/data/times.tsv from standard input,
 * and prints before each what plan/guess.h says, and a tab. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/guess.h"

enum { LINE = 1024, STYLE = 64 };

int
main(void)
{
	char line[LINE], linked[8], style[STYLE];
	long long bytes, guess;

	while (fgets(line, sizeof line, stdin)) {
		if (*line == '#')
			continue;
		if (sscanf(line, "%*s %63s %lld %7s", style, &bytes, linked) != 3)
			errx(2, "%s: expected NAME STYLE BYTES LINKED", line);
		guess = guessof(strcmp(style, "-") == 0 ? "" : style, bytes,
		    strcmp(linked, "c++") == 0 ? GUESS_CXX :
		    strcmp(linked, "c") == 0 ? GUESS_LINKED : GUESS_UNLINKED);
		printf("%lld\t%s", guess, line);
	}
	return fflush(stdout) ? 1 : 0;
}
