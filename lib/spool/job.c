#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/x.h"
#include "spool/job.h"
#include "xbps/pkgver.h"

enum { NAMELEN = 200, TRYLEN = 40, COMMITMIN = 40, COMMITMAX = 64 };

static const long long most = 1000000000000000;	/* of any number in a job */

int
jobnameok(const char *name)
{
	const char *arch;
	size_t len;

	return strlen(name) <= NAMELEN && *name != '.' && *name != '-' &&
	    pkgverfile(name, &arch, &len) > 0 && arch[len] == '\0';
}

/* returns the length of the package's name in a job's */
static size_t
namelen(const char *name)
{
	char *pkgver;
	size_t n;

	pkgver = xstrndup(name, (size_t)(strrchr(name, '.') - name));
	n = pkgvername(pkgver);
	free(pkgver);
	return n;
}

char *
jobbase(const char *name)
{
	return xasprintf("%.*s%s", (int)namelen(name), name,
	    strrchr(name, '.'));
}

int
jobsame(const char *a, const char *b)
{
	char *x, *y;
	int same;

	x = jobbase(a);
	y = jobbase(b);
	same = strcmp(x, y) == 0;
	free(x);
	free(y);
	return same;
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

static void
settext(char **place, const char *value)
{
	free(*place);
	*place = *value ? xstrdup(value) : NULL;
}

static int
setattr(struct job *j, const struct attr *a, const char *value)
{
	char *place = (char *)j + a->offset;
	const char *why;
	long long n;

	if (a->type == TEXT) {
		settext((char **)(void *)place, value);
		return 0;
	}
	if (a->type == NUMBER)
		n = strtonum(value, 0, most, &why);
	else
		n = strtonum(value, -1000000, 1000000, &why);
	if (why)
		return -1;
	if (a->type == NUMBER)
		*(int64_t *)(void *)place = n;
	else
		*(int *)(void *)place = (int)n;
	return 0;
}

static void
appendtext(char ***list, size_t *n, const char *value)
{
	*list = xgrow(*list, *n, sizeof **list);
	(*list)[(*n)++] = xstrdup(value);
}

static void
cleartexts(char ***list, size_t *n)
{
	while (*n > 0)
		free((*list)[--*n]);
	free(*list);
	*list = NULL;
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
setlist(char ***list, size_t *n, const char *value, int (*good)(const char *))
{
	if (!*value)
		cleartexts(list, n);
	else if (!good(value))
		return -1;
	else
		appendtext(list, n, value);
	return 0;
}

/* sets a value; -1 if its name cannot have it */
static int
setvalue(struct job *j, const char *name, const char *value)
{
	size_t i;

	if (strcmp(name, "needs") == 0)
		return setlist(&j->needs, &j->nneeds, value, jobnameok);
	if (strcmp(name, "makes") == 0)
		return setlist(&j->makes, &j->nmakes, value, pkgvernameok);
	if (strcmp(name, "commit") == 0)
		return setlist(&j->commits, &j->ncommits, value, commitok);
	if (strcmp(name, "reason") == 0 && jobstarved(value) && j->jobs > 0)
		j->most = jobfewer(j->jobs);
	if (strcmp(name, "try") == 0 && *value && !jobtryok(value))
		return -1;
	for (i = 0; i < NATTRS; i++) {
		if (strcmp(name, attrs[i].name) == 0)
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
		j->arch = xstrdup(dot + 1);
	if (strcmp(j->arch, dot + 1) != 0) {
		*why = xasprintf("arch is not the name's: %s", j->arch);
		return -1;
	}
	if (!j->host)
		j->host = xstrdup(j->arch);
	if (!j->try)
		j->try = xasprintf("%d", j->tries);
	if (!pkgverarchok(j->host)) {
		*why = xasprintf("host is not an architecture: %s", j->host);
		return -1;
	}
	j->pkgname = xstrndup(j->pkgver, pkgvername(j->pkgver));
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
	char *copy;
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
	j->name = xstrdup(name);
	copy = xstrndup(text, len);
	r = readlines(j, copy, why);
	if (r == 0)
		r = checkname(j, why);
	free(copy);
	if (r < 0)
		jobfree(j);
	return r;
}

void
jobfree(struct job *j)
{
	size_t i;

	for (i = 0; i < NATTRS; i++) {
		if (attrs[i].type == TEXT)
			free(*(char **)(void *)((char *)j + attrs[i].offset));
	}
	cleartexts(&j->needs, &j->nneeds);
	cleartexts(&j->makes, &j->nmakes);
	cleartexts(&j->commits, &j->ncommits);
	free(j->name);
	free(j->pkgname);
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
	buffmt(b, "%s %lld\n", name, value);
}
