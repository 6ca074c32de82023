/* Answers a table from standard input, line by line, with xbps/pkgver: prints each
 * line's questions and the answer behind them, as xbps-uhelper would give it.
 *
 *	ver cmpver <VERSION TAB VERSION...
 *	ver pkgmatch <PKGVER TAB PATTERN...
 *	ver pkgnames <FUNCTION TAB ARGUMENT...
 *	ver ok <STRING...		1 or 0 as name, pkgver, architecture, file
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xbps/pkgver.h"

static void
names(const char *function, const char *arg)
{
	const char *s;
	size_t n;

	s = NULL;
	n = 0;
	if (strcmp(function, "getpkgname") == 0) {
		n = pkgvername(arg);
		s = n ? arg : NULL;
	} else if (strcmp(function, "getpkgdepname") == 0) {
		n = pkgverdepname(arg);
		s = n ? arg : NULL;
	} else {
		if (strcmp(function, "getpkgversion") == 0)
			s = pkgverversion(arg);
		else if (strcmp(function, "getpkgrevision") == 0)
			s = pkgverrevision(arg);
		else
			errx(2, "no function %s", function);
		n = s ? strlen(s) : 0;
	}
	printf("%s\t%s\t%d\t%.*s\n", function, arg, !s, (int)n, s ? s : "");
}

static void
sound(const char *s)
{
	const char *arch;
	size_t archlen, n;

	n = pkgverfile(s, &arch, &archlen);
	printf("%s\t%d %d %d", s, pkgvernameok(s), pkgverok(s), pkgverarchok(s));
	if (n)
		printf(" %.*s %.*s\n", (int)n, s, (int)archlen, arch);
	else
		printf(" 0\n");
}

int
main(int argc, char **argv)
{
	char *b, *line;
	size_t cap;
	ssize_t n;

	if (argc != 2)
		errx(2, "usage: ver cmpver|pkgmatch|pkgnames|ok <table");
	line = NULL;
	cap = 0;
	while ((n = getline(&line, &cap, stdin)) > 0) {
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		if (strcmp(argv[1], "ok") == 0) {
			sound(line);
			continue;
		}
		b = strchr(line, '\t');
		if (!b)
			errx(2, "no tab: %s", line);
		*b++ = '\0';
		b[strcspn(b, "\t")] = '\0';
		if (strcmp(argv[1], "cmpver") == 0)
			printf("%s\t%s\t%d\n", line, b, pkgvercmp(line, b));
		else if (strcmp(argv[1], "pkgmatch") == 0)
			printf("%s\t%s\t%d\n", line, b, pkgvermatch(line, b));
		else
			names(line, b);
	}
	return ferror(stdin) || fflush(stdout) ? 1 : 0;
}
