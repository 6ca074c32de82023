/* A quick look at a template's text, before or instead of evaluating it: which files
 * it may read, so that the cache knows what an evaluation depends on, and which
 * subpackages it may define. It tells rather too much than too little. */

#include <stddef.h>

struct tmplscan {
	int eval;		/* it may define subpackages of any name */
	char *subs;		/* those it may define otherwise: words, sorted */
	int files;		/* it may read its files/ */
	int patches;		/* or its patches/ */
	int any;		/* it may read anything */
	int common;		/* it may read anything below common/ */
	char **others;		/* source packages whose directories it may read */
	size_t nothers;
	int quick;		/* it calls what lib/tree/tmpl.bash does without a fork */
	char *hints;		/* packages that it may need: words, a guess */
};

/* scans a text */
void tmplscan(const char *text, struct tmplscan *m);

/* frees what m has */
void tmplscanfree(struct tmplscan *m);
