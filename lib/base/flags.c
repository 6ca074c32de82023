#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/flags.h"
#include "base/x.h"

#define RELEASE "spiff 0.2"

enum { LETTERS = 128 };		/* bytes of an option string */

/* prints "usage: " before the first line of the synopsis, and room for it before
 * the others */
static void
synopsis(const struct usage *u, FILE *f)
{
	const char *s, *end;

	for (s = u->synopsis; *s; s = end + (*end == '\n')) {
		end = s + strcspn(s, "\n");
		fprintf(f, "%s%.*s\n", s == u->synopsis ? "usage: " : "       ",
		    (int)(end - s), s);
	}
}

static void
line(int letter, const char *arg, const char *what)
{
	printf("  -%c %-10s %s\n", letter, arg ? arg : "", what);
}

static void
help(const struct usage *u)
{
	const struct flag *f;

	synopsis(u, stdout);
	putchar('\n');
	for (f = u->flags; f->letter; f++)
		line(f->letter, f->arg, f->what);
	line('h', NULL, "print this");
	line('V', NULL, "print the version");
}

/* the third argument of getopt(3) */
static void
letters(const struct usage *u, char *s)
{
	const struct flag *f;

	if (u->operands)
		*s++ = '+';
	for (f = u->flags; f->letter; f++) {
		*s++ = (char)f->letter;
		if (f->arg)
			*s++ = ':';
	}
	strcpy(s, "hV");
}

static void
end(void)
{
	exit(fflush(stdout) == 0 ? 0 : 111);
}

int
flagsnext(const struct usage *u, int argc, char **argv)
{
	char s[LETTERS];
	int c;

	letters(u, s);
	c = getopt(argc, argv, s);
	switch (c) {
	case 'h':
		help(u);
		end();
		break;
	case 'V':
		puts(RELEASE);
		end();
		break;
	case '?':
		flagswrong(u, NULL);
	default:
		break;
	}
	return c;
}

void
flagswrong(const struct usage *u, const char *why)
{
	if (why)
		warnx("%s", why);
	synopsis(u, stderr);
	exit(2);
}
