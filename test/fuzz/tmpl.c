/* Fuzzes what templates can say: any text as an answer of bash's, as what is
 * remembered of one, and as a template's own. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/buf.h"
#include "tree/tmpl.h"
#include "tree/tmplparse.h"
#include "tree/tmplscan.h"
#include "tree/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct tree *
mktree(void)
{
	static char name[] = ".";
	char *dirs[] = { name };

	mkdir("srcpkgs", 0700);
	return treeopen(dirs, 1);
}

static void
parse(struct tree *tree, const char *lines)
{
	struct arena *a;
	struct tmpl *t;
	size_t i;

	a = mkarena();
	t = tmplparse(a, tree, "x", lines);
	for (i = 0; i < t->ndeps; i++) {
		if (!t->deps[i].name || !t->deps[i].pattern ||
		    t->deps[i].of >= (t->nmakes ? t->nmakes : 1))
			abort();
	}
	if (!t->error && (!*t->version || !*t->revision || t->nmakes == 0))
		abort();
	arenadel(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct tree *tree;
	struct buf folded = { 0 }, text = { 0 };
	struct tmplscan m;

	if (!tree && !(tree = mktree()))
		abort();
	bufadd(&text, data, n);
	bufchar(&text, '\0');
	parse(tree, text.s);
	tmplparsefold(&folded, text.s);
	bufchar(&folded, '\0');
	parse(tree, folded.s);
	tmplscan(text.s, &m);
	tmplscanfree(&m);
	buffree(&folded);
	buffree(&text);
	return 0;
}
