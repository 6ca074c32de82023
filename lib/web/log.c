#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/table.h"
#include "base/text.h"
#include "base/x.h"
#include "spool/buildlog.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/logcause.h"
#include "status/status.h"
#include "web/dir.h"
#include "web/html.h"
#include "web/web.h"

enum {
	LOGMAX = 1 << 20,	/* bytes of a log that are shown, from its end */
	CAUSEMAX = 500		/* columns of the line that shows the failure */
};

static char *
url(const char *job, const char *suffix)
{
	struct buf b = {0};

	bufstr(&b, "log/");
	htmlurl(&b, job);
	bufstr(&b, suffix);
	return buftake(&b);
}

static void
lines(struct buf *b, char *text, size_t fault)
{
	char *line, *next;

	for (line = text; *line; line = next) {
		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		if ((size_t)(line - text) == fault) {
			bufstr(b, "<mark id=\"fault\">");
			htmltext(b, line);
			bufstr(b, "</mark>\n");
		} else {
			htmltext(b, line);
			bufchar(b, '\n');
		}
	}
}

/* makes a page of the log of a build that failed; its text depends on nothing but
 * the log, so it is read again only when that has changed */
static int
page(struct site *s, const struct sjob *j, const struct stat *log, char **line)
{
	struct buf b = {0}, text = {0}, note = {0};
	const char *known;
	uint64_t hash;
	size_t fault, i, n;
	char *name;
	int r;

	name = xasprintf("log/%s.html", j->name);
	hash = pageshash(0, &log->st_size, sizeof log->st_size);
	hash = pageshash(hash, &log->st_mtim.tv_sec, sizeof log->st_mtim.tv_sec);
	hash = pageshash(hash, &log->st_mtim.tv_nsec,
	    sizeof log->st_mtim.tv_nsec);
	if (pageskeep(s->pages, name, hash, &known)) {
		*line = xstrdup(known);
		free(name);
		return 0;
	}
	if (logtail(s->sp, j->name, LOGMAX, &text) < 0)
		warn("%s/log/%s", s->sp->path, j->name);
	bufadd(&text, "", 0);
	for (i = 0; i < text.len; i++) {
		if (text.s[i] == '\0')
			text.s[i] = '?';
	}
	fault = faultline(text.s, &n);
	sitehead(&b, "../", NULL, j->name);
	bufstr(&b, "<p>The log of a build of ");
	sitejob(s, &b, "../", j->name);
	bufstr(&b, " that failed.");
	if (text.len >= LOGMAX)
		bufstr(&b, " This is its end.");
	bufstr(&b, " <a href=\"#fault\">Marked in it</a> is what is likely the "
	    "cause:</p>\n<pre class=\"cause\">");
	*line = xstrndup(text.s + fault, n);
	textcut(&note, *line, CAUSEMAX);
	free(*line);
	*line = xstrdup(note.s);
	htmltext(&b, note.s);
	bufstr(&b, "</pre>\n<pre tabindex=\"0\" role=\"region\" "
	    "aria-label=\"Log\">");
	lines(&b, text.s, fault);
	bufstr(&b, "</pre>\n");
	sitefoot(&b);
	r = pagesputas(s->pages, name, &b, hash, note.s);
	buffree(&b);
	buffree(&text);
	buffree(&note);
	free(name);
	return r;
}

static int
noteone(const char *name, void *arg)
{
	struct site *s = arg;

	*tabput(s->logs, name) = s;
	return 0;
}

void
sitelogs(struct site *s)
{
	s->logs = mktab();
	if (iolist(s->sp->log, noteone, s) < 0)
		warn("%s/log", s->sp->path);
}

/* whether there is such a log; most jobs have none */
static int
find(const struct site *s, const char *name, struct stat *st)
{
	return tabget(s->logs, name) &&
	    fstatat(s->sp->log, name, st, AT_SYMLINK_NOFOLLOW) == 0;
}

char *
sitelog(struct site *s, const struct sjob *j, char **line)
{
	struct stat st;
	char *from, *to;
	int packed, there;

	*line = NULL;
	from = xasprintf("%s.log.gz", j->name);
	packed = there = find(s, from, &st);
	if (!packed) {
		free(from);
		from = xasprintf("%s.log", j->name);
		there = find(s, from, &st);
	}
	to = NULL;
	if (there && j->state == FAIL) {
		if (page(s, j, &st, line) == 0)
			to = url(j->name, ".html");
	} else if (there) {
		/* every server knows what .txt is; for .log.gz it must be told */
		to = xasprintf(packed ? "log/%s.log.gz" : "log/%s.txt", j->name);
		there = pageslink(s->pages, to, s->sp->log, from) == 0;
		free(to);
		to = there ? url(j->name, packed ? ".log.gz" : ".txt") : NULL;
	}
	free(from);
	return to;
}
