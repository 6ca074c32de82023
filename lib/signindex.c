#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "index.h"
#include "plist.h"
#include "repodata.h"
#include "sign.h"
#include "x.h"

static int
same(const struct plist *a, const struct plist *b)
{
	struct buf x = { 0 }, y = { 0 };
	int r;

	if (!a || !b)
		return a == b;
	plistwrite(&x, a);
	plistwrite(&y, b);
	r = x.len == y.len && memcmp(x.s, y.s, x.len) == 0;
	buffree(&x);
	buffree(&y);
	return r;
}

struct files {
	char **list;
	size_t n;
};

static void
collect(struct files *f, const struct index *ix, const struct plist *dict, int all)
{
	char *file;
	uint32_t i;

	for (i = 0; i < dict->len; i++) {
		file = indexfile(ix, &dict->u.kids[i]);
		if (!file || access(file, R_OK) < 0 ||
		    (!all && signedalready(file))) {
			free(file);
			continue;
		}
		f->list = xgrow(f->list, f->n, sizeof *f->list);
		f->list[f->n++] = file;
	}
}

int
signindex(const struct signer *s, struct index *ix)
{
	struct files f = { 0 };
	size_t i;
	int r, rekey;

	if (!s->on || same(s->meta, ix->rd->meta))
		return 0;
	/* signatures of another key are no good now */
	rekey = ix->rd->meta != NULL;
	collect(&f, ix, ix->rd->index, rekey);
	collect(&f, ix, ix->rd->stage, rekey);
	r = signfiles(s, f.list, f.n);
	for (i = 0; i < f.n; i++)
		free(f.list[i]);
	free(f.list);
	if (r < 0)
		return -1;
	ix->rd->meta = s->meta;
	ix->changed = 1;
	return 0;
}
