/* spiff-env: prints the settings, or runs a program with the settings, and the other
 * variables that a build may have, as its environment. */

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/env.h"
#include "base/flags.h"

enum { SYSFAIL = 111, CANNOTRUN = 126, NOCOMMAND = 127 };

extern char **environ;

static const struct flag flags[] = {
	{ 0 }
};
static const struct usage usage = {
	"spiff-env [command [argument ...]]",
	flags, 1
};

/* prints a setting as a line of a settings file, and where it comes from */
static void
printsetting(enum conf which)
{
	char *from, *value;

	value = confabsolute(which);
	if (!value)
		err(SYSFAIL, "%s", confname(which));
	from = confsource(which);
	printf("%s=%s\t%s\n", confname(which), value, from);
	free(from);
	free(value);
}

static void
execcommand(char **argv)
{
	if (confexport() < 0)
		err(SYSFAIL, "settings");
	environ = envfor(ENV_BUILD);
	execvp(argv[0], argv);
	err(errno == ENOENT ? NOCOMMAND : CANNOTRUN, "%s", argv[0]);
}

int
main(int argc, char **argv)
{
	int i;

	if (flagsnext(&usage, argc, argv) != -1)
		flagswrong(&usage, NULL);
	if (confload() < 0)
		return optind < argc ? SYSFAIL : 2;
	if (optind < argc)
		execcommand(argv + optind);
	for (i = 0; i < CONF_N; i++)
		printsetting((enum conf)i);
	if (ferror(stdout) || fflush(stdout) != 0)
		err(SYSFAIL, "standard output");
	return 0;
}
