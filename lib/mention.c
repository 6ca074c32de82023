#include <stdlib.h>
#include <string.h>

#include "mention.h"
#include "x.h"

static int
has(const char *text, const char *const *words)
{
	for (; *words; words++) {
		if (strstr(text, *words))
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
	    strspn(s + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789+-._@") < n || strncmp(s + n + 2, "template", 8) == 0) {
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

void
mention(const char *text, struct mention *m)
{
	static const char *const code[] = { "_package", "eval", "source",
	    "\n. ", "\t. ", " . ", ";. ", NULL };
	static const char *const any[] = { "BASH_SOURCE", "DIR/../..",
	    "DIR}/../..", NULL };

	memset(m, 0, sizeof *m);
	m->subs = has(text, code);
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
}
