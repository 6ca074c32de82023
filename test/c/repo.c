/* Opens a repository and answers: without more operands all packages, with
 * operands each name, and each thing that is provided as ~DEPENDENCY.
 *
 *	repo [-m] WHERE ARCH [NAME | ~DEPENDENCY]...	-m: may be absent
 *
 * The operand +COMMAND runs it and says whether the repository got stale. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xbps/repo.h"

static void
say(const struct repo *r, const char *what, const struct repopkg *p)
{
	const char *const *s;
	char *path;

	if (!p) {
		printf("%s -\n", what);
		return;
	}
	path = repopath(r, p);
	printf("%s %s %s %s%llu%s", p->name, p->pkgver, p->arch,
	    p->staged ? "staged " : "", p->size, " ");
	printf("%s", path);
	for (s = p->provides; *s; s++)
		printf(" ~%s", *s);
	for (s = p->depends; *s; s++)
		printf(" %s", *s);
	printf("\n");
	free(path);
}

int
main(int argc, char **argv)
{
	const struct repopkg *p;
	struct repo *r;
	int absent;
	size_t i, n;

	absent = argc > 1 && strcmp(argv[1], "-m") == 0;
	argv += 1 + absent;
	argc -= 1 + absent;
	if (argc < 2)
		errx(2, "usage: repo [-m] where arch [name | ~dependency]... [+command]");
	r = repoopen(argv[0], argv[1], absent);
	if (!r)
		return 1;
	if (argc == 2) {
		for (i = n = 0; (p = reponext(r, &i)); n++)
			say(r, p->name, p);
		printf("%s %zu\n", repowhere(r), n);
	}
	for (argv += 2; *argv; argv++) {
		if (**argv == '+') {
			if (system(*argv + 1) != 0)
				errx(1, "%s", *argv + 1);
			printf("%s\n", repostale(r) ? "stale" : "fresh");
		} else if (**argv == '~')
			say(r, *argv, repovirtual(r, *argv + 1));
		else
			say(r, *argv, repoget(r, *argv));
	}
	repodel(r);
	return fflush(stdout) ? 1 : 0;
}
