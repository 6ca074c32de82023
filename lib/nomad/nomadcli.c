#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/conf.h"
#include "base/env.h"
#include "base/x.h"
#include "nomad/nomadcli.h"

enum {
	SAYMAX = 1 << 16,	/* bytes of a short answer */
	LISTMAX = 1 << 26,
	LOGMAX = 1 << 23,	/* of one look at a log; the next one gets the rest */
	IDMAX = 512
};

static struct child *
startnomad(const char *const *argv, const void *in, size_t n, size_t max)
{
	struct childspec spec = { .argv = (char *const *)(uintptr_t)argv,
	    .who = ENV_NOMAD,
	    .in = -1, .input = in, .ninput = n, .out = CHILD_KEEP,
	    .err = CHILD_KEEP, .max = max,
	    .limit = confnumber(CONF_NOMADTIME) * 1000 };
	struct child *c;
	int e;

	c = childstart(&spec);
	if (!c) {
		e = errno;
		warn("%s", argv[0]);
		errno = e;
	}
	return c;
}

struct child *
nomadclidispatch(const char *parent, const char *token, const char *prefix,
    int priority, const char *payload, size_t n)
{
	const char *argv[] = { "nomad", "job", "dispatch", "-detach",
	    "-idempotency-token", token, "-id-prefix-template", prefix, parent,
	    "-", NULL, NULL, NULL };
	char number[16];

	/* without the flag for older versions of Nomad, which lack it */
	if (priority) {
		snprintf(number, sizeof number, "%d", priority > 50 ? 100 :
		    priority < -49 ? 1 : 50 + priority);
		argv[8] = "-priority";
		argv[9] = number;
		argv[10] = parent;
		argv[11] = "-";
	}
	return startnomad(argv, payload, n, SAYMAX);
}

/* without -yes, as nomad would also stop a job whose ID only begins so */
struct child *
nomadclistop(const char *id)
{
	const char *argv[] = { "nomad", "job", "stop", "-detach", id, NULL };

	return startnomad(argv, "", 0, SAYMAX);
}

struct child *
nomadclileaveout(const char *nodeid, int out)
{
	const char *argv[] = { "nomad", "node", "meta", "apply", "-node-id",
	    nodeid, out ? "spiff=out" : "-unset", out ? NULL : "spiff", NULL };

	return startnomad(argv, "", 0, SAYMAX);
}

/* -X GET, as nomad would post its standard input; with verbose the answer's status is on
 * standard error */
static struct child *
startget(const char *path, int verbose, size_t max)
{
	const char *argv[] = { "nomad", "operator", "api", "-X", "GET",
	    verbose ? "-verbose" : path, verbose ? path : NULL, NULL };

	return startnomad(argv, "", 0, max);
}

struct child *
nomadclilist(enum nomadwhich which, const char *filter)
{
	static const char *const paths[] = {
		[NOMAD_JOBS] = "/v1/jobs?filter=",
		[NOMAD_ALLOCS] = "/v1/allocations?filter=",
		[NOMAD_BLOCKED] = "/v1/evaluations?filter=",
	};
	struct buf path = {0};
	struct child *c;

	bufstr(&path, paths[which]);
	for (; *filter; filter++) {
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		    "0123456789-_.", *filter))
			bufchar(&path, *filter);
		else
			buffmt(&path, "%%%02X", (unsigned char)*filter);
	}
	c = startget(path.s, 0, LISTMAX);
	buffree(&path);
	return c;
}

/* nomad alloc logs cannot begin at a byte */
struct child *
nomadclilog(const char *alloc, int64_t from, int error)
{
	struct child *c;
	char *path;

	path = xasprintf("/v1/client/fs/logs/%s?task=build&type=std%s&plain=true"
	    "&origin=start&offset=%lld", alloc, error ? "err" : "out",
	    (long long)from);
	c = startget(path, 1, LOGMAX);
	free(path);
	return c;
}

/* returns the last line that is not empty */
static char *
lastline(const char *s)
{
	const char *end, *from;

	for (end = s + strlen(s); end > s && strchr(" \n\r", end[-1]); end--)
		;
	for (from = end; from > s && from[-1] != '\n'; from--)
		;
	return xstrndup(from, end - from > 400 ? 400 : (size_t)(end - from));
}

char *
nomadclifailed(const struct child *c, struct buf *out, struct buf *err)
{
	char *line;

	childoutput(c, out, err);
	switch (childcode(c)) {
	case 0:
		return NULL;
	case CHILD_LATE:
		return xasprintf("nomad: no answer for %ld s",
		    confnumber(CONF_NOMADTIME));
	case CHILD_LONG:
		return xstrdup("nomad: says too much");
	case CHILD_SIGNAL:
		return xstrdup("nomad: ended by a signal");
	default:
		line = lastline(err->s);
		if (!*line) {
			free(line);
			line = xasprintf("nomad: exit %d", childcode(c));
		}
		return line;
	}
}

/* a server that refuses or fails answers with one line of text */
char *
nomadcliunexpected(const struct buf *out)
{
	size_t n;

	n = out->s ? strcspn(out->s, "\n") : 0;
	if (n == 0 || n > 400 || *out->s == '[' || *out->s == '{')
		return xstrdup("nomad: not the answer that was expected");
	return xasprintf("nomad: %.*s", (int)n, out->s);
}

char *
nomadcliid(const char *out)
{
	static const char label[] = "Dispatched Job ID = ";
	char *id;

	if (strncmp(out, label, sizeof label - 1) != 0)
		return NULL;
	out += sizeof label - 1;
	id = xstrndup(out, strcspn(out, "\n"));
	if (!*id || strlen(id) > IDMAX || strspn(id,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789._/-") != strlen(id)) {
		free(id);
		id = NULL;
	}
	return id;
}

/* the exit status is 0 even if the server refuses */
int
nomadclilogok(const char *err)
{
	const char *line;

	line = strstr(err, "\n< HTTP/");
	line = line ? strchr(line + 3, ' ') : NULL;
	return line && strncmp(line, " 200 ", 5) == 0;
}

int
nomadclinothingsent(const char *why)
{
	static const char *const before[] = { "Error querying job",
	    "No parameterized job", "matched multiple jobs",
	    "Unexpected response code: 403", "is not a parameterized job",
	    "is stopped", "Payload", "required meta keys" };
	size_t i;

	for (i = 0; i < sizeof before / sizeof before[0]; i++) {
		if (strstr(why, before[i]))
			return 1;
	}
	return 0;
}
