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
#include "status/status.h"
#include "web/dir.h"
#include "web/html.h"
#include "web/web.h"

enum {
	LOGMAX = 1 << 20,	/* bytes of a log that are shown, from its end */
	AROUND = 3,		/* lines on each side of the one that shows a failure */
	CAUSEMAX = 500		/* columns of a line elsewhere than in the log */
};

/* the log of a failed build, for a page */
struct logpage {
	struct buf text;	/* its end */
	size_t before;		/* lines before that */
	size_t fault;		/* offset of the line that shows the failure */
};

static char *
logurl(const char *job, const char *suffix)
{
	struct buf b = {0};

	bufstr(&b, "log/");
	htmlurl(&b, job);
	bufstr(&b, suffix);
	return buftake(&b);
}

/* appends the lines with their numbers; ends each line of p->text with a NUL */
static void
numberedlines(struct buf *b, struct logpage *p)
{
	char *line, *next;
	size_t n;

	n = p->before;
	for (line = p->text.s; *line; line = next) {
		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		n++;
		buffmt(b, "<a id=\"L%zu\" href=\"#L%zu\">%zu</a> ", n, n, n);
		if ((size_t)(line - p->text.s) == p->fault) {
			bufstr(b, "<mark id=\"fault\">");
			htmltext(b, line);
			bufstr(b, "</mark>\n");
		} else {
			htmltext(b, line);
			bufchar(b, '\n');
		}
	}
}

/* returns the line that shows the failure and those around it for webshown: each begins
 * with ! or a space, ! for the line itself, and tabs separate them */
static char *
failurelines(const struct logpage *p)
{
	const char *fault = p->text.s + p->fault, *s;
	struct buf b = {0};
	char *line;
	size_t len;
	int i;

	s = fault;
	for (i = 0; i < AROUND && s > p->text.s; i++) {
		for (s--; s > p->text.s && s[-1] != '\n'; s--)
			;
	}
	for (i = 0; *s && i < AROUND; s += len + (s[len] == '\n')) {
		len = strcspn(s, "\n");
		i += s > fault;
		line = xstrndup(s, len);
		bufstr(&b, b.len ? "\t" : "");
		bufchar(&b, s == fault ? '!' : ' ');
		textcut(&b, line, CAUSEMAX);
		free(line);
	}
	bufadd(&b, "", 0);
	return buftake(&b);
}

/* returns the offset of a line, numbered from 1 in the whole log; that of the last line
 * if p has no such line */
static size_t
failureoffset(const struct logpage *p, int64_t line)
{
	const char *s;
	size_t n;

	if (line > (int64_t)p->before) {
		s = p->text.s;
		for (n = (size_t)line - p->before - 1; n > 0 && s; n--) {
			s = strchr(s, '\n');
			s = s ? s + 1 : NULL;
		}
		if (s && *s)
			return (size_t)(s - p->text.s);
	}
	for (s = p->text.s + p->text.len; s > p->text.s && s[-1] == '\n'; s--)
		;
	for (; s > p->text.s && s[-1] != '\n'; s--)
		;
	return (size_t)(s - p->text.s);
}

/* reads the end of a log, and replaces its NULs */
static void
readlogend(const struct site *s, const struct sjob *j, struct logpage *p)
{
	size_t i;

	memset(p, 0, sizeof *p);
	if (buildlogtail(s->sp, j->name, LOGMAX, &p->text, &p->before) < 0)
		warn("%s/log/%s", s->sp->path, j->name);
	bufadd(&p->text, "", 0);
	for (i = 0; i < p->text.len; i++) {
		if (p->text.s[i] == '\0')
			p->text.s[i] = '?';
	}
	p->fault = failureoffset(p, j->job.logline);
}

static void
loghead(const struct site *s, struct buf *b, const struct sjob *j,
    const struct logpage *p, const char *whole)
{
	webhead(b, "../", NULL, j->name);
	bufstr(b, "<p>The log of a build of ");
	webjob(s, b, "../", j->name);
	bufstr(b, " that failed");
	if (p->before > 0)
		buffmt(b, ", from line %zu on", p->before + 1);
	buffmt(b, ". <a href=\"#fault\">Go to the line that shows the failure</a>,"
	    " or read <a href=\"../%s\">the whole log</a>.</p>\n"
	    "<pre class=\"log\" tabindex=\"0\" role=\"region\" "
	    "aria-label=\"Log\">", whole);
}

/* writes the page of a failed build's log, unless log and line are as they were when it
 * was written */
static int
writelogpage(struct site *s, const struct sjob *j, const struct stat *log,
    const char *whole, char **shown)
{
	struct logpage p;
	struct buf b = {0};
	const char *known;
	uint64_t hash;
	char *name;
	int r;

	name = xasprintf("log/%s.html", j->name);
	hash = dirhash(0, &log->st_size, sizeof log->st_size);
	hash = dirhash(hash, &log->st_mtim.tv_sec, sizeof log->st_mtim.tv_sec);
	hash = dirhash(hash, &log->st_mtim.tv_nsec,
	    sizeof log->st_mtim.tv_nsec);
	hash = dirhash(hash, &j->job.logline, sizeof j->job.logline);
	r = 0;
	if (dirkeep(s->dir, name, hash, &known)) {
		*shown = xstrdup(known);
	} else {
		readlogend(s, j, &p);
		*shown = failurelines(&p);
		loghead(s, &b, j, &p, whole);
		numberedlines(&b, &p);
		bufstr(&b, "</pre>\n");
		webfoot(&b);
		r = dirputas(s->dir, name, &b, hash, *shown);
		buffree(&p.text);
	}
	buffree(&b);
	free(name);
	return r;
}

static int
addlogname(const char *name, void *arg)
{
	struct site *s = arg;

	*tableput(s->logs, name) = s;
	return 0;
}

void
weblogs(struct site *s)
{
	s->logs = mktable();
	if (iolist(s->sp->log, addlogname, s) < 0)
		warn("%s/log", s->sp->path);
}

/* whether log/ has the name; the table saves a system call for most jobs */
static int
haslog(const struct site *s, const char *name, struct stat *st)
{
	return tableget(s->logs, name) &&
	    fstatat(s->sp->log, name, st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* links the log, packed or not, into the site; returns its URL, NULL if there is none;
 * st becomes its status */
static char *
linklog(struct site *s, const struct sjob *j, struct stat *st)
{
	char *from, *to;
	int packed, there;

	from = xasprintf("%s.log.gz", j->name);
	packed = there = haslog(s, from, st);
	if (!packed) {
		free(from);
		from = xasprintf("%s.log", j->name);
		there = haslog(s, from, st);
	}
	if (there) {
		/* servers know the type of .txt, but not of .log */
		to = xasprintf(packed ? "log/%s.log.gz" : "log/%s.txt", j->name);
		there = dirlink(s->dir, to, s->sp->log, from) == 0;
		free(to);
	}
	free(from);
	return there ? logurl(j->name, packed ? ".log.gz" : ".txt") : NULL;
}

char *
weblog(struct site *s, const struct sjob *j, char **shown)
{
	struct stat st;
	char *to;
	int r;

	*shown = NULL;
	to = linklog(s, j, &st);
	if (to && j->state == FAIL) {
		r = writelogpage(s, j, &st, to, shown);
		free(to);
		to = r == 0 ? logurl(j->name, ".html") : NULL;
	}
	return to;
}

void
webshown(struct buf *b, const char *shown, int all)
{
	char *line;
	size_t len;

	for (; *shown; shown += len + (shown[len] == '\t')) {
		len = strcspn(shown, "\t");
		if (!all && *shown != '!')
			continue;
		line = xstrndup(shown + 1, len - 1);
		bufstr(b, all && *shown == '!' ? "<mark>" : "");
		htmltext(b, line);
		bufstr(b, all && *shown == '!' ? "</mark>" : "");
		bufstr(b, all ? "\n" : "");
		free(line);
	}
}
