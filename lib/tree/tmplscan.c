#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/x.h"
#include "tree/tmplscan.h"

/* in names of packages */
#define NAMECHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
    "0123456789+-._@"

static int
hasany(const char *text, const char *const *words)
{
	for (; *words; words++) {
		if (strstr(text, *words))
			return 1;
	}
	return 0;
}

/* whether the word stands where a command may begin */
static int
iscommand(const char *text, const char *word)
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

/* adds the package in s, which follows the path of srcpkgs: /NAME/FILE. If only bash
 * can tell the name, or FILE is a template, which may read on, the template may read
 * anything. */
static void
addother(struct tmplscan *m, const char *s)
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
addothers(struct tmplscan *m, const char *text, const char *word)
{
	const char *s;

	for (s = text; (s = strstr(s, word)); ) {
		s += strlen(word);
		addother(m, s);
	}
}

/* finds the subpackages, functions NAME_package; sets eval if a name is made up of
 * variables */
static void
findsubs(struct tmplscan *m, const char *text)
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
		qsort(names, n, sizeof *names, textcompare);
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

/* appends the names of packages in the value that begins at s */
static void
addhints(struct buf *b, const char *s)
{
	const char *end;
	size_t n;

	end = s + (*s == '"' ? 1 + strcspn(s + 1, "\"") : strcspn(s, " \t\n;"));
	for (; s < end; s += n) {
		s += strcspn(s, NAMECHARS);
		n = strspn(s, NAMECHARS);
		if (s >= end || n == 0 || s[-1] == '$' || s[-1] == '{')
			continue;
		buffmt(b, b->len ? " %.*s" : "%.*s", (int)n, s);
		if (s[n] == '<' || s[n] == '>')
			n += strcspn(s + n, " \t\n\"");
	}
}

/* sets hints to the words that the text assigns to makedepends, depends and the like,
 * without variables: most of them are needed */
static void
findhints(struct tmplscan *m, const char *text)
{
	static const char word[] = "depends";
	struct buf b = {0};
	const char *s;

	for (s = text; (s = strstr(s, word)); ) {
		if (s - text >= 5 && strncmp(s - 5, "check", 5) == 0) {
			s += sizeof word - 1;
			continue;
		}
		s += sizeof word - 1;
		s += *s == '+';
		if (*s == '=')
			addhints(&b, s + 1);
	}
	bufstr(&b, "");
	m->hints = buftake(&b);
}

void
tmplscan(const char *text, struct tmplscan *m)
{
	static const char *const any[] = { "BASH_SOURCE", "DIR/../..",
	    "DIR}/../..", "TRIGGERSDIR", NULL };
	static const char *const common[] = { "COMMONDIR", "BUILDSTYLEDIR",
	    "BUILDHELPERDIR", "SHUTILSDIR", "CROSSPFDIR", "DISTDIR/common",
	    "DISTDIR}/common", NULL };

	memset(m, 0, sizeof *m);
	m->eval = iscommand(text, "eval") || iscommand(text, "source") ||
	    iscommand(text, ".");
	findsubs(m, text);
	findhints(m, text);
	m->files = strstr(text, "FILESDIR") != NULL;
	m->patches = strstr(text, "PATCHESDIR") != NULL;
	m->quick = strstr(text, "$(vopt_") || strstr(text, "UHELPER_CMD getpkgname");
	m->any = hasany(text, any);
	m->common = hasany(text, common);
	addothers(m, text, "SRCPKGDIR");
	addothers(m, text, "DISTDIR/srcpkgs");
	addothers(m, text, "DISTDIR}/srcpkgs");
}

void
tmplscanfree(struct tmplscan *m)
{
	size_t i;

	for (i = 0; i < m->nothers; i++)
		free(m->others[i]);
	free(m->others);
	free(m->subs);
	free(m->hints);
}
