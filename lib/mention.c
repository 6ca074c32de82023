#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mention.h"
#include "x.h"

/* what names of packages are made of */
#define NAMECHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
    "0123456789+-._@"

static int
has(const char *text, const char *const *words)
{
	for (; *words; words++) {
		if (strstr(text, *words))
			return 1;
	}
	return 0;
}

/* whether the word is where a command may begin */
static int
command(const char *text, const char *word)
{
	const char *s;
	size_t n;

	n = strlen(word);
	for (s = text; (s = strstr(s, word)); s++) {
		if ((s == text || strchr(" \t\n;&|(`!", s[-1])) &&
		    (s[n] == ' ' || s[n] == '\t'))
			return 1;
	}
	return 0;
}

/* what follows the name of the directory of all packages: /NAME/, or something
 * that only bash can know; a template read from there may read on */
static void
other(struct mention *m, const char *s)
{
	size_t n;

	s += strspn(s, "}\"'");
	n = *s == '/' ? strcspn(s + 1, "/") : 0;
	if (n == 0 || s[n + 1] != '/' ||
	    strspn(s + 1, NAMECHARS) < n || strncmp(s + n + 2, "template", 8) == 0) {
		m->any = 1;
		return;
	}
	m->others = xgrow(m->others, m->nothers, sizeof *m->others);
	m->others[m->nothers++] = xstrndup(s + 1, n);
}

static void
others(struct mention *m, const char *text, const char *word)
{
	const char *s;

	for (s = text; (s = strstr(s, word)); ) {
		s += strlen(word);
		other(m, s);
	}
}

static int
bystring(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* a function NAME_package is a subpackage; what it is called is there, unless
 * the name is put together */
static void
subs(struct mention *m, const char *text)
{
	static const char suffix[] = "_package";
	struct buf b = {0};
	const char *s, *start;
	char **names;
	size_t i, n;

	names = NULL;
	n = 0;
	for (s = text; (s = strstr(s, suffix)); s += sizeof suffix - 1) {
		for (start = s; start > text && strchr(NAMECHARS, start[-1]); )
			start--;
		if (start == s || (start > text && strchr("$}\"'`\\", start[-1])))
			m->eval = 1;
		names = xgrow(names, n, sizeof *names);
		names[n++] = xstrndup(start, (size_t)(s - start));
	}
	if (n > 0)
		qsort(names, n, sizeof *names, bystring);
	bufstr(&b, "");
	for (i = 0; i < n; i++) {
		if (i == 0 || strcmp(names[i], names[i - 1]) != 0)
			buffmt(&b, b.len ? " %s" : "%s", names[i]);
	}
	for (i = 0; i < n; i++)
		free(names[i]);
	free(names);
	m->subs = buftake(&b);
}

void
mention(const char *text, struct mention *m)
{
	static const char *const any[] = { "BASH_SOURCE", "DIR/../..",
	    "DIR}/../..", NULL };

	memset(m, 0, sizeof *m);
	m->eval = command(text, "eval") || command(text, "source") ||
	    command(text, ".");
	subs(m, text);
	m->files = strstr(text, "FILESDIR") != NULL;
	m->patches = strstr(text, "PATCHESDIR") != NULL;
	m->any = has(text, any);
	others(m, text, "SRCPKGDIR");
	others(m, text, "DISTDIR/srcpkgs");
	others(m, text, "DISTDIR}/srcpkgs");
}

void
mentionfree(struct mention *m)
{
	size_t i;

	for (i = 0; i < m->nothers; i++)
		free(m->others[i]);
	free(m->others);
	free(m->subs);
}
