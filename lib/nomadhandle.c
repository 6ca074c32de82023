#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "buf.h"
#include "conf.h"
#include "io.h"
#include "job.h"
#include "nomadhandle.h"
#include "nomadtext.h"
#include "spool.h"
#include "x.h"

enum { MARK = 8, FILEMAX = 4096, NAMEMAX = 80, PARENTMAX = 128 };

static const char file[] = "nomad";

char *
nomadmark(const struct spool *sp, const char *old)
{
	struct buf b = {0};

	if (ioread(sp->dir, file, FILEMAX, &b) == 0) {
		if (b.len == MARK + 1 && b.s[MARK] == '\n' &&
		    strspn(b.s, "0123456789abcdef") == MARK) {
			b.s[MARK] = '\0';
			return buftake(&b);
		}
		warnx("%s/%s: not a mark: 8 hexadecimal digits", sp->path, file);
		buffree(&b);
		return NULL;
	}
	if (errno != ENOENT) {
		warn("%s/%s", sp->path, file);
		return NULL;
	}
	/* a spool that was removed while we ran is still the same to Nomad */
	if (old)
		buffmt(&b, "%s\n", old);
	else
		buffmt(&b, "%08lx\n", (unsigned long)arc4random());
	if (ioreplace(sp->dir, file, b.s, b.len, 0644) < 0) {
		warn("%s/%s", sp->path, file);
		buffree(&b);
		return NULL;
	}
	b.s[MARK] = '\0';
	return buftake(&b);
}

/* SPIFF_NOMAD: one name, or one for each architecture that builds */
static char *
parentfor(const char *arch)
{
	char *copy, *eq, *p, *r;

	copy = xstrdup(confget(CONF_NOMAD));
	r = NULL;
	for (p = strtok(copy, ","); p && !r; p = strtok(NULL, ",")) {
		eq = strchr(p, '=');
		if (eq)
			*eq = '\0';
		if (!eq || strcmp(p, arch) == 0)
			r = xstrdup(eq ? eq + 1 : p);
	}
	free(copy);
	return r;
}

static int
parentok(const char *s)
{
	return *s && *s != '-' && strlen(s) <= PARENTMAX &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789._-") == strlen(s);
}

int
nomadhandle(struct nomadhandle *h, const char *mark, const struct job *j,
    int try)
{
	struct buf b = {0};

	memset(h, 0, sizeof *h);
	h->parent = parentfor(j->host);
	if (!h->parent || !parentok(h->parent)) {
		warnx("%s: SPIFF_NOMAD names no job for %s", j->name, j->host);
		nomadhandlefree(h);
		return -1;
	}
	buffmt(&b, "%s-", mark);
	nomadname(&b, j->name, NAMEMAX);
	buffmt(&b, "-%d", try);
	h->prefix = buftake(&b);
	/* Nothing that could be told again: a job of this name may have been
	 * here before with the same count, and been collected, wiped or begun
	 * from another tree, and its child would be taken for this one's. */
	h->token = xasprintf("%s:%s:%d:%08lx%08lx", mark, j->name, try,
	    (unsigned long)arc4random(), (unsigned long)arc4random());
	return 0;
}

int
nomadhandleread(struct nomadhandle *h, const char *text)
{
	char **fields[] = { &h->parent, &h->prefix, &h->token, &h->id };
	char *copy, *p, *want;
	size_t i;
	int ok;

	memset(h, 0, sizeof *h);
	copy = xstrdup(text);
	p = strtok(copy, " ");
	ok = p && strcmp(p, "nomad") == 0;
	for (i = 0; ok && i < 4 && (p = strtok(NULL, " ")); i++)
		*fields[i] = xstrdup(p);
	ok = ok && i >= 3 && !strtok(NULL, " ") && parentok(h->parent) &&
	    parentok(h->prefix);
	if (ok && h->id) {
		want = xasprintf("%s/dispatch-%s-", h->parent, h->prefix);
		ok = strncmp(h->id, want, strlen(want)) == 0;
		free(want);
	}
	free(copy);
	if (!ok)
		nomadhandlefree(h);
	return ok ? 0 : -1;
}

void
nomadhandleline(struct buf *b, const struct nomadhandle *h)
{
	char *line;

	line = xasprintf("nomad %s %s %s%s%s", h->parent, h->prefix, h->token,
	    h->id ? " " : "", h->id ? h->id : "");
	jobline(b, "handle", line);
	free(line);
}

void
nomadhandlefree(struct nomadhandle *h)
{
	free(h->parent);
	free(h->prefix);
	free(h->token);
	free(h->id);
	memset(h, 0, sizeof *h);
}
