#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/text.h"
#include "base/x.h"
#include "queue/queue.h"
#include "sched/hooks.h"
#include "sched/jobs.h"
#include "sched/reject.h"
#include "spool/spool.h"

enum {
	NAMELEN = 200,		/* bytes: what is put behind must fit too */
	COPIES = 1000		/* of one name in fail/ */
};

/* returns a name that fail/ does not have yet, nor a reason for; NULL when there
 * are too many */
static char *
freename(const struct spool *sp, const char *as)
{
	struct stat st;
	char *name, *reason;
	int i, taken;

	for (i = 0; i < COPIES; i++) {
		name = xasprintf(i ? "%.*s.%d" : "%.*s", NAMELEN, as, i);
		reason = xasprintf("%s.reason", name);
		taken = fstatat(sp->states[FAIL], name, &st,
		    AT_SYMLINK_NOFOLLOW) == 0 || fstatat(sp->states[FAIL],
		    reason, &st, AT_SYMLINK_NOFOLLOW) == 0;
		free(reason);
		if (!taken)
			return name;
		free(name);
	}
	errno = EEXIST;
	return NULL;
}

static int
setaside(struct spool *sp, int state, const char *name, const char *to,
    const char *why)
{
	char *reason, *text;
	int r;

	reason = xasprintf("%s.reason", to);
	text = xasprintf("%s\n", why);
	/* the reason first: a move without one could not be explained later */
	r = spoolmake(sp, FAIL, reason, text);
	if (r == 0)
		r = spoolrename(sp, (enum state)state, name, FAIL, to);
	if (r < 1)
		ioabandon(sp->states[FAIL], -1, reason);
	free(reason);
	free(text);
	return r;
}

int
rejectfile(struct sched *s, int state, const char *name, const char *as,
    const char *why)
{
	char *safe, *to, *words;
	int r;

	safe = textline(as, strlen(as));
	to = freename(s->sp, as);
	r = to ? setaside(s->sp, state, name, to, why) : -1;
	if (r == 1) {
		words = textline(why, strcspn(why, "\n"));
		warnx("%s: fail: %s", safe, words);
		free(words);
		s->failed = 1;
		/* of what was a job it is told when that is forgotten */
		if (!queueget(s->q, name))
			hookstell(s, FAIL, to);
	} else if (r < 0) {
		warn("%s/%s/%s", s->sp->path, spoolstates[state], safe);
	}
	free(safe);
	free(to);
	return r < 0 ? -1 : 0;
}
