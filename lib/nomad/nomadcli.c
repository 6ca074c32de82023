#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "base/buf.h"
#include "base/call.h"
#include "base/conf.h"
#include "base/x.h"
#include "nomad/nomadcli.h"
#include "nomad/nomadlist.h"

enum {
	TIME = 30, TIMEMAX = 3600,	/* seconds that a call may take: the
				 * program itself waits for ever */
	SAYMAX = 1 << 16,	/* bytes of a short answer */
	LISTMAX = 1 << 26,
	LOGMAX = 1 << 23	/* of one look at a log; the rest is for the next */
};

static int
seconds(void)
{
	const char *why;
	long long n;

	n = strtonum(confget(CONF_NOMADTIME), 1, TIMEMAX, &why);
	return why ? TIME : (int)n;
}

static struct call *
start(const char *const *argv, const void *in, size_t n, size_t max)
{
	struct call *c;
	int e;

	c = callstart((char *const *)(uintptr_t)argv, in, n, max,
	    seconds() * 1000);
	if (!c) {
		e = errno;
		warn("%s", argv[0]);
		errno = e;
	}
	return c;
}

struct call *
nomaddispatch(const char *parent, const char *token, const char *prefix,
    const char *payload, size_t n)
{
	const char *argv[] = { "nomad", "job", "dispatch", "-detach",
	    "-idempotency-token", token, "-id-prefix-template", prefix, parent,
	    "-", NULL };

	return start(argv, payload, n, SAYMAX);
}

/* without -yes: a job whose ID only begins so is asked about, and refused */
struct call *
nomadstop(const char *id)
{
	const char *argv[] = { "nomad", "job", "stop", "-detach", id, NULL };

	return start(argv, "", 0, SAYMAX);
}

struct call *
nomadlist(enum nomadlist which, const char *mark)
{
	static const char *const words[][6] = {
		[NOMAD_JOBS] = { "nomad", "job", "inspect", "-t" },
		[NOMAD_ALLOCS] = { "nomad", "alloc", "status", "-t" },
		[NOMAD_BLOCKED] = { "nomad", "eval", "list", "-status",
		    "blocked", "-t" },
	};
	static char *(*const templates[])(const char *) = {
		[NOMAD_JOBS] = nomadjobs,
		[NOMAD_ALLOCS] = nomadallocs,
		[NOMAD_BLOCKED] = nomadblocked,
	};
	const char *argv[8] = {0};
	struct call *c;
	char *template;
	size_t i;

	template = templates[which](mark);
	for (i = 0; i < 6 && words[which][i]; i++)
		argv[i] = words[which][i];
	argv[i] = template;
	c = start(argv, "", 0, LISTMAX);
	free(template);
	return c;
}

/* nomad alloc logs cannot begin at a byte, and its whole log again and again is
 * too much */
struct call *
nomadlog(const char *alloc, int64_t from, int error)
{
	/* it would post what is on its standard input, be it nothing */
	const char *argv[] = { "nomad", "operator", "api", "-verbose", "-X",
	    "GET", NULL, NULL };
	struct call *c;
	char *path;

	path = xasprintf("/v1/client/fs/logs/%s?task=build&type=std%s&plain=true"
	    "&origin=start&offset=%lld", alloc, error ? "err" : "out",
	    (long long)from);
	argv[6] = path;
	c = start(argv, "", 0, LOGMAX);
	free(path);
	return c;
}

/* the last line that says something */
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
nomadfailed(const struct call *c, struct buf *out, struct buf *err)
{
	char *line;

	if (calloutput(c, out, err) < 0)
		return xasprintf("nomad: %s", errno == EFBIG ?
		    "says too much" : strerror(errno));
	switch (callcode(c)) {
	case 0:
		return NULL;
	case CALL_HUNG:
		return xasprintf("nomad: no answer for %d s", seconds());
	case CALL_OVER:
		return xstrdup("nomad: ended by a signal, or says too much");
	default:
		line = lastline(err->s);
		if (!*line) {
			free(line);
			line = xasprintf("nomad: exit %d", callcode(c));
		}
		return line;
	}
}

/* the program ends with 0 whatever the server says */
int
nomadisloggood(const char *err)
{
	const char *line;

	line = strstr(err, "\n< HTTP/");
	line = line ? strchr(line + 3, ' ') : NULL;
	return line && strncmp(line, " 200 ", 5) == 0;
}

int
nomadnothingsent(const char *why)
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
