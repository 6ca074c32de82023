#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/text.h"
#include "base/x.h"
#include "spool/job.h"
#include "spool/limits.h"

enum { FILEMAX = 1 << 20, JOBSMAX = 65536 };

static const char blanks[] = " \t\r";

#define STYLE "style:"		/* before a pattern of build styles */

struct rule {
	char *pattern;
	char *held;		/* why its jobs wait, or NULL */
	int never;
	struct limit limit;	/* time and idle are -1 when not set */
};

struct limits {
	struct rule *rules;
	size_t n;
	int read;		/* the file was read, or could not be */
	struct stat seen;	/* of the file; zeros: there was none */
};

static void
clearlimits(struct limits *l)
{
	struct rule *r;

	for (r = l->rules; r < l->rules + l->n; r++) {
		free(r->pattern);
		free(r->held);
		free((char *)r->limit.alone);
		free((char *)r->limit.nomad);
	}
	free(l->rules);
	l->rules = NULL;
	l->n = 0;
}

struct limits *
mklimits(void)
{
	return xcalloc(1, sizeof(struct limits));
}

void
limitsdel(struct limits *l)
{
	if (l)
		clearlimits(l);
	free(l);
}

/* says what is wrong with a word of the file */
static int
badword(unsigned line, const char *word, const char *why)
{
	char *shown;

	shown = textline(word, strlen(word));
	warnx("%s:%u: %s: %s", confget(CONF_LIMITS), line, shown, why);
	free(shown);
	return -1;
}

static int
readspan(const char *value, int64_t *ms)
{
	int64_t seconds;

	seconds = textseconds(value);
	*ms = seconds * 1000;
	return seconds < 0 ? -1 : 0;
}

/* reads a limit, NAME=VALUE or a single word */
static int
readlimit(struct limit *lm, unsigned line, const char *word)
{
	const char *value, *why;
	size_t n;

	n = strcspn(word, "=");
	value = word[n] ? word + n + 1 : "";
	if (strncmp(word, "jobs=", 5) == 0) {
		lm->jobs = (int)strtonum(value, 1, JOBSMAX, &why);
		return why ? badword(line, word, "expected a number of processes") : 0;
	}
	if (strncmp(word, "memory=", 7) == 0)
		return dehumanize_number(value, &lm->memory) < 0 ||
		    lm->memory < 1 ? badword(line, word, "expected a size such as "
		    "24G") : 0;
	if (strncmp(word, "time=", 5) == 0 || strncmp(word, "idle=", 5) == 0)
		return readspan(value, *word == 't' ? &lm->time : &lm->idle) < 0 ?
		    badword(line, word, "expected a span of time such as 90s, 30m or "
		    "4h") : 0;
	if (strcmp(word, "alone") == 0 ||
	    (strncmp(word, "alone=", 6) == 0 && *value)) {
		free((char *)lm->alone);
		lm->alone = xstrdup(value);
		return 0;
	}
	if (strncmp(word, "nomad=", 6) == 0 && *value) {
		free((char *)lm->nomad);
		lm->nomad = xstrdup(value);
		return 0;
	}
	return badword(line, word, "expected jobs=N, memory=SIZE, time=SPAN, "
	    "idle=SPAN, alone, alone=MARK or nomad=JOB");
}

static struct rule *
addrule(struct limits *l, const char *pattern)
{
	struct rule *r;

	l->rules = xgrow(l->rules, l->n, sizeof *l->rules);
	r = &l->rules[l->n++];
	memset(r, 0, sizeof *r);
	r->pattern = xstrdup(pattern);
	r->limit.time = r->limit.idle = -1;
	return r;
}

static int
readhold(struct limits *l, unsigned line, const char *word, char **save)
{
	struct rule *r;
	char *pattern, *why;
	const char *what;
	int never;

	never = *word == 'n';
	pattern = strtok_r(NULL, blanks, save);
	if (!pattern)
		return badword(line, word, "expected a pattern of packages behind it");
	why = strtok_r(NULL, "", save);
	if (why)
		why += strspn(why, blanks);
	what = never ? "never to be built" : "held";
	r = addrule(l, pattern);
	r->never = never;
	r->held = why && *why ? xasprintf("%s: %s", what, why) : xstrdup(what);
	return 0;
}

static int
readline(struct limits *l, unsigned line, char *s)
{
	struct rule *r;
	char *save, *word;
	int bad;

	word = strtok_r(s, blanks, &save);
	if (!word || *word == '#')
		return 0;
	if (strcmp(word, "hold") == 0 || strcmp(word, "never") == 0)
		return readhold(l, line, word, &save);
	if (strchr(word, '='))
		return badword(line, word, "expected a pattern of packages first");
	r = addrule(l, word);
	bad = 0;
	while ((word = strtok_r(NULL, blanks, &save)))
		bad |= readlimit(&r->limit, line, word) < 0;
	return bad ? -1 : 0;
}

static int
readlines(struct limits *l, struct buf *b)
{
	char *rest, *s;
	unsigned line;
	int bad;

	bad = line = 0;
	bufadd(b, "", 0);
	if (strlen(b->s) != b->len) {
		warnx("%s: a NUL byte", confget(CONF_LIMITS));
		return -1;
	}
	for (rest = b->s; (s = textnext(&rest));)
		bad |= readline(l, ++line, s) < 0;
	return bad ? -1 : 0;
}

/* reads the file into l, which has nothing */
static int
readfile(struct limits *l)
{
	const char *file = confget(CONF_LIMITS);
	struct buf b = {0};
	int fd, r;

	r = -1;
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		warnx("%s=%s: %s: an empty one will do: touch %s",
		    confname(CONF_LIMITS), file, strerror(errno), file);
	else if (fd < 0 || fstat(fd, &l->seen) < 0 || ioreadfd(fd, FILEMAX, &b) < 0)
		warn("%s", file);
	else if (l->seen.st_mode & S_IWOTH)
		warnx("%s: everybody can write to it: chmod o-w", file);
	else
		r = readlines(l, &b);
	buffree(&b);
	ioclose(fd);
	return r;
}

/* whether two stats are of the same file with the same content and mode */
static int
issame(const struct stat *a, const struct stat *b)
{
	return iounchanged(a, b) && a->st_mode == b->st_mode;
}

int
limitsread(struct limits *l)
{
	/* the file whose faults were told last */
	static struct stat faulty;
	static int isfaulty;
	struct limits new = {0};
	struct stat now;

	if (!*confget(CONF_LIMITS))
		return 0;
	if (stat(confget(CONF_LIMITS), &now) < 0)
		memset(&now, 0, sizeof now);
	if (l->read && issame(&now, &l->seen))
		return 0;
	new.read = l->read = 1;
	if ((isfaulty && issame(&now, &faulty)) || readfile(&new) < 0) {
		clearlimits(&new);
		l->seen = faulty = now;
		isfaulty = 1;
		return -1;
	}
	isfaulty = 0;
	clearlimits(l);
	*l = new;
	return 1;
}

/* whether a pattern of sh(1) fits a job: its package, the package with a dot and the
 * architecture, or its build style */
static int
fitsjob(const char *pattern, const char *job, const char *style)
{
	char *base, *name;
	int r;

	if (strncmp(pattern, STYLE, strlen(STYLE)) == 0)
		return style && fnmatch(pattern + strlen(STYLE), style, 0) == 0;
	base = jobbase(job);
	name = xstrndup(base, (size_t)(strrchr(base, '.') - base));
	r = fnmatch(pattern, base, 0) == 0 || fnmatch(pattern, name, 0) == 0;
	free(base);
	free(name);
	return r;
}

void
limitsof(const struct limits *l, const char *job, const char *style,
    struct limit *lm)
{
	const struct rule *r;

	memset(lm, 0, sizeof *lm);
	lm->time = lm->idle = -1;
	for (r = l->rules; r < l->rules + l->n; r++) {
		if (!r->held && fitsjob(r->pattern, job, style)) {
			*lm = r->limit;
			break;
		}
	}
	if (lm->time < 0)
		lm->time = confspan(CONF_TIME);
	if (lm->idle < 0)
		lm->idle = confspan(CONF_IDLE);
	if (lm->memory == 0)
		lm->memory = confsize(CONF_MEMORY);
}

const char *
limitshold(const struct limits *l, const char *job, const char *style, int *never)
{
	const struct rule *r;

	for (r = l->rules; r < l->rules + l->n; r++) {
		if (!r->held || !fitsjob(r->pattern, job, style))
			continue;
		if (never)
			*never = r->never;
		return r->held;
	}
	return NULL;
}
