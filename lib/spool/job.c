#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/x.h"
#include "spool/job.h"
#include "xbps/pkgver.h"

enum { NAMELEN = 200, TRYLEN = 40, NUMBERLEN = 12, COMMITMIN = 40, COMMITMAX = 64 };

int
jobnameok(const char *name)
{
	const char *arch;
	size_t len;

	return strlen(name) <= NAMELEN && *name != '.' && *name != '-' &&
	    pkgverfile(name, &arch, &len) > 0 && arch[len] == '\0';
}

/* returns the length of the package's name in a good job's; a version has no - */
static size_t
namelen(const char *name)
{
	const char *p;

	for (p = strrchr(name, '.'); p > name && *p != '-'; p--)
		;
	return (size_t)(p - name);
}

char *
jobbase(const char *name)
{
	return xasprintf("%.*s%s", (int)namelen(name), name, strrchr(name, '.'));
}

int
jobsame(const char *a, const char *b)
{
	size_t n;

	n = namelen(a);
	return n == namelen(b) && memcmp(a, b, n) == 0 &&
	    strcmp(strrchr(a, '.'), strrchr(b, '.')) == 0;
}

int
jobtryok(const char *try)
{
	size_t n;

	n = strlen(try);
	return n > 0 && n <= TRYLEN && strspn(try, "0123456789.") == n &&
	    *try != '.' && try[n - 1] != '.';
}

/* the attributes that hold one value, and where it goes */
enum type { TEXT, NUMBER, COUNT };

static const struct attr {
	const char *name;
	enum type type;
	size_t offset;
} attrs[] = {
	{ "pkgver", TEXT, offsetof(struct job, pkgver) },
	{ "arch", TEXT, offsetof(struct job, arch) },
	{ "host", TEXT, offsetof(struct job, host) },
	{ "asked", NUMBER, offsetof(struct job, asked) },
	{ "started", NUMBER, offsetof(struct job, started) },
	{ "ended", NUMBER, offsetof(struct job, ended) },
	{ "memory", NUMBER, offsetof(struct job, memory) },
	{ "cpu", NUMBER, offsetof(struct job, cpu) },
	{ "guess", NUMBER, offsetof(struct job, guess) },
	{ "jobs", COUNT, offsetof(struct job, jobs) },
	{ "priority", COUNT, offsetof(struct job, priority) },
	{ "tries", COUNT, offsetof(struct job, tries) },
	{ "try", TEXT, offsetof(struct job, try) },
	{ "troubles", COUNT, offsetof(struct job, troubles) },
	{ "force", COUNT, offsetof(struct job, force) },
	{ "noarch", COUNT, offsetof(struct job, noarch) },
	{ "shared", TEXT, offsetof(struct job, shared) },
	{ "exit", TEXT, offsetof(struct job, exit) },
	{ "reason", TEXT, offsetof(struct job, reason) },
	{ "class", TEXT, offsetof(struct job, class) },
	{ "logline", NUMBER, offsetof(struct job, logline) },
	{ "by", TEXT, offsetof(struct job, by) },
	{ "style", TEXT, offsetof(struct job, style) },
	{ "inputs", TEXT, offsetof(struct job, inputs) },
	{ "with", TEXT, offsetof(struct job, with) },
	{ "against", TEXT, offsetof(struct job, against) },
	{ "settings", TEXT, offsetof(struct job, settings) },
	{ "node", TEXT, offsetof(struct job, node) },
	{ "handle", TEXT, offsetof(struct job, handle) },
	{ "sources", TEXT, offsetof(struct job, sources) },
	{ "waits", TEXT, offsetof(struct job, waits) },
};

enum { NATTRS = sizeof attrs / sizeof attrs[0] };

/* the least and the greatest value of a number; a COUNT may be negative */
static long long
least(enum type type)
{
	return type == COUNT ? -1000000 : 0;
}

static long long
most(enum type type)
{
	return type == COUNT ? 1000000 : 1000000000000000;
}

static int
setattr(struct job *j, const struct attr *a, char *value)
{
	char *place = (char *)j + a->offset;
	const char *why;
	long long n;

	if (a->type == TEXT) {
		*(char **)(void *)place = *value ? value : NULL;
		return 0;
	}
	n = strtonum(value, least(a->type), most(a->type), &why);
	if (why)
		return -1;
	if (a->type == NUMBER)
		*(int64_t *)(void *)place = n;
	else
		*(int *)(void *)place = (int)n;
	return 0;
}

int
jobcommit(struct jobcommit *c, const char *value)
{
	static const char dirty[] = "-dirty";
	const char *p;

	c->hash = value;
	c->len = strspn(value, "0123456789abcdef");
	p = value + c->len;
	c->dirty = strncmp(p, dirty, sizeof dirty - 1) == 0;
	if (c->dirty)
		p += sizeof dirty - 1;
	if (c->len == 0 && *p == '-')
		p++;
	else if (c->len < COMMITMIN || c->len > COMMITMAX)
		return -1;
	c->dir = p + 1;
	return *p == ' ' ? 0 : -1;
}

static int
commitok(const char *value)
{
	struct jobcommit c;

	return jobcommit(&c, value) == 0;
}

int
jobstarved(const char *reason)
{
	return strstr(reason, "out of memory") || strncmp(reason, "signal 9 ", 9) == 0;
}

int
jobfewer(int jobs)
{
	return jobs > 1 ? jobs / 2 : 1;
}

/* appends a value to a list, or clears the list for ""; -1 for a bad value */
static int
setlist(char ***list, size_t *n, char *value, int (*good)(const char *))
{
	if (!*value) {
		*n = 0;
		return 0;
	}
	if (!good(value))
		return -1;
	*list = xgrow(*list, *n, sizeof **list);
	(*list)[(*n)++] = value;
	return 0;
}

/* whether two names of lines are the same; most differ in the first letter, which spares
 * a call for each */
static int
named(const char *name, const char *other)
{
	return *name == *other && strcmp(name, other) == 0;
}

/* sets a value; -1 if its name cannot have it */
static int
setvalue(struct job *j, const char *name, char *value)
{
	size_t i;

	if (named(name, "needs"))
		return setlist(&j->needs, &j->nneeds, value, jobnameok);
	if (named(name, "makes"))
		return setlist(&j->makes, &j->nmakes, value, pkgvernameok);
	if (named(name, "commit"))
		return setlist(&j->commits, &j->ncommits, value, commitok);
	if (named(name, "reason") && jobstarved(value) && j->jobs > 0)
		j->most = jobfewer(j->jobs);
	if (named(name, "try") && *value && !jobtryok(value))
		return -1;
	for (i = 0; i < NATTRS; i++) {
		if (named(name, attrs[i].name))
			return setattr(j, &attrs[i], value);
	}
	return 0;
}

static int
readlines(struct job *j, char *text, char **why)
{
	char *s, *value;
	unsigned line;

	line = 0;
	while ((s = textnext(&text))) {
		line++;
		if (!*s)
			continue;
		value = strchr(s, ' ');
		if (!value || value == s) {
			*why = xasprintf("line %u: expected NAME VALUE", line);
			return -1;
		}
		*value++ = '\0';
		if (setvalue(j, s, value) < 0) {
			*why = xasprintf("line %u: no value for %s", line, s);
			return -1;
		}
	}
	return 0;
}

/* checks that the text agrees with the job's name, and sets what the text leaves out */
static int
checkname(struct job *j, char **why)
{
	const char *dot;
	size_t n;

	if (!j->pkgver) {
		*why = xstrdup("no pkgver");
		return -1;
	}
	dot = strrchr(j->name, '.');
	n = (size_t)(dot - j->name);
	if (strlen(j->pkgver) != n || memcmp(j->pkgver, j->name, n) != 0) {
		*why = xasprintf("pkgver is not the name's: %s", j->pkgver);
		return -1;
	}
	if (!j->arch)
		j->arch = j->name + n + 1;
	if (strcmp(j->arch, dot + 1) != 0) {
		*why = xasprintf("arch is not the name's: %s", j->arch);
		return -1;
	}
	if (!j->host)
		j->host = j->arch;
	if (!pkgverarchok(j->host)) {
		*why = xasprintf("host is not an architecture: %s", j->host);
		return -1;
	}
	n = pkgvername(j->pkgver);
	memcpy(j->pkgname, j->pkgver, n);
	j->pkgname[n] = '\0';
	if (!j->try) {
		j->try = j->pkgname + n + 1;
		snprintf(j->try, NUMBERLEN, "%d", j->tries);
	}
	return 0;
}

int
jobis(const char *text)
{
	return strncmp(text, "pkgver ", 7) == 0 ||
	    strstr(text, "\npkgver ") != NULL;
}

int
jobparse(struct job *j, const char *name, const char *text, size_t len,
    char **why)
{
	size_t n;
	int r;

	memset(j, 0, sizeof *j);
	if (!jobnameok(name)) {
		*why = xstrdup("not a job name: expected PKGVER.ARCH");
		return -1;
	}
	if (memchr(text, '\0', len)) {
		*why = xstrdup("a NUL byte");
		return -1;
	}
	/* the text, the name, the package's, and the number of tries */
	n = strlen(name) + 1;
	j->text = xmalloc(len + 1 + 2 * n + NUMBERLEN);
	memcpy(j->text, text, len);
	j->text[len] = '\0';
	j->name = j->text + len + 1;
	memcpy(j->name, name, n);
	j->pkgname = j->name + n;
	r = readlines(j, j->text, why);
	if (r == 0)
		r = checkname(j, why);
	if (r < 0)
		jobfree(j);
	return r;
}

void
jobfree(struct job *j)
{
	free(j->needs);
	free(j->makes);
	free(j->commits);
	free(j->text);
	memset(j, 0, sizeof *j);
}

void
jobline(struct buf *b, const char *name, const char *value)
{
	bufstr(b, name);
	bufchar(b, ' ');
	for (; *value; value++)
		bufchar(b, (unsigned char)*value < ' ' ? ' ' : *value);
	bufchar(b, '\n');
}

void
jobnumber(struct buf *b, const char *name, long long value)
{
	enum type type;
	size_t i;

	/* a number from a log or a clock must not make the job unreadable */
	type = NUMBER;
	for (i = 0; i < NATTRS; i++) {
		if (named(name, attrs[i].name))
			type = attrs[i].type;
	}
	value = value < least(type) ? least(type) : value;
	value = value > most(type) ? most(type) : value;
	buffmt(b, "%s %lld\n", name, value);
}
