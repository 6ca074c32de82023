#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "buf.h"
#include "delivery.h"
#include "io.h"
#include "spool.h"
#include "x.h"

enum { MANIFESTMAX = 1 << 24, TRYMAX = 1000000 };

/* the manifest is this job's, and whole */
static int
tryof(char *text, const char *job)
{
	char *line, *save;
	int ended, mine, try;

	ended = mine = try = 0;
	for (line = strtok_r(text, "\n", &save); line && !ended;
	    line = strtok_r(NULL, "\n", &save)) {
		if (strncmp(line, "job ", 4) == 0)
			mine = strcmp(line + 4, job) == 0;
		else if (strncmp(line, "try ", 4) == 0)
			try = (int)strtonum(line + 4, 1, TRYMAX, NULL);
		else
			ended = strcmp(line, "end") == 0;
	}
	return ended && mine ? try : 0;
}

int
deliverytry(const struct spool *sp, const char *job)
{
	struct buf b = {0};
	char *name;
	int try;

	name = xasprintf("%s/manifest", job);
	try = 0;
	if (ioread(sp->incoming, name, MANIFESTMAX, &b) == 0 && b.s)
		try = tryof(b.s, job);
	else if (errno != ENOENT)
		warn("%s/incoming/%s", sp->path, name);
	free(name);
	buffree(&b);
	return try;
}

void
deliverydrop(const struct spool *sp, const char *job)
{
	if (ioremove(sp->incoming, job) < 0)
		warn("%s/incoming/%s", sp->path, job);
}
