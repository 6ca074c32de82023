#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "delivery.h"
#include "io.h"
#include "manifest.h"
#include "spool.h"
#include "x.h"

enum { MANIFESTMAX = 1 << 24 };

int
deliveryof(const struct spool *sp, const char *job, int try)
{
	struct manifest m;
	struct buf b = {0};
	char *name, *why;
	int found;

	name = xasprintf("%s/manifest", job);
	why = NULL;
	found = 0;
	if (ioread(sp->incoming, name, MANIFESTMAX, &b) < 0) {
		if (errno != ENOENT)
			warn("%s/incoming/%s", sp->path, name);
	} else if (manifestparse(&m, b.s, b.len, &why) < 0) {
		warnx("%s/incoming/%s: %s", sp->path, name, why);
		free(why);
	} else {
		found = strcmp(m.job, job) == 0 && m.try == try;
		manifestfree(&m);
	}
	free(name);
	buffree(&b);
	return found;
}

void
deliverysweep(const struct spool *sp, const char *job, int try)
{
	char *name;

	name = xasprintf(".%s.%d.tmp", job, try);
	deliverydrop(sp, name);
	free(name);
}

void
deliverydrop(const struct spool *sp, const char *job)
{
	if (ioremove(sp->incoming, job) < 0)
		warn("%s/incoming/%s", sp->path, job);
}
