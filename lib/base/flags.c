#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/flags.h"
#include "base/x.h"

#define RELEASE "spiff 0.2"

enum { LETTERS = 128 };		/* bytes of an option string */

/* prints the synopsis behind "usage: ", its lines indented alike */
static void
printsynopsis(const struct usage *u, FILE *f)
{
	const char *s, *end;

	for (s = u->synopsis; *s; s = end + (*end == '\n')) {
		end = s + strcspn(s, "\n");
		fprintf(f, "%s%.*s\n", s == u->synopsis ? "usage: " : "       ",
		    (int)(end - s), s);
	}
}

static void
printflag(int letter, const char *arg, const char *what)
{
	printf("  -%c %-10s %s\n", letter, arg ? arg : "", what);
}

static void
printhelp(const struct usage *u)
{
	const struct flag *f;

	printsynopsis(u, stdout);
	putchar('\n');
	for (f = u->flags; f->letter; f++)
		printflag(f->letter, f->arg, f->what);
	printflag('h', NULL, "print this");
	printflag('V', NULL, "print the version");
}

/* sets s to the third argument of getopt(3) */
static void
makeletters(const struct usage *u, char *s)
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
leave(void)
{
	exit(fflush(stdout) == 0 ? 0 : 111);
}

int
flagsnext(const struct usage *u, int argc, char **argv)
{
	char s[LETTERS];
	int c;

	makeletters(u, s);
	c = getopt(argc, argv, s);
	switch (c) {
	case 'h':
		printhelp(u);
		leave();
		break;
	case 'V':
		puts(RELEASE);
		leave();
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
	printsynopsis(u, stderr);
	exit(2);
}
