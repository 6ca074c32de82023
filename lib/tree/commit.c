#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/x.h"
#include "tree/commit.h"

enum {
	ANSWERMAX = 4096,	/* bytes */
	LIMIT = 10000		/* milliseconds */
};

char *
commitread(const char *dir)
{
	char *argv[] = { xstrdup("git"), xstrdup("-C"), xstrdup(dir),
	    xstrdup("rev-parse"), xstrdup("--verify"), xstrdup("HEAD"), NULL };
	struct childspec spec = { .argv = argv, .in = -1, .out = CHILD_KEEP,
	    .err = CHILD_KEEP, .max = ANSWERMAX, .limit = LIMIT };
	struct buf out = {0};
	char *commit;
	int i, status;

	commit = NULL;
	if (childrun(&spec, &out, &status) == 0 && status == 0 && out.len > 0) {
		bufadd(&out, "", 0);
		commit = xstrndup(out.s, strcspn(out.s, "\n"));
	}
	for (i = 0; argv[i]; i++)
		free(argv[i]);
	buffree(&out);
	return commit;
}
