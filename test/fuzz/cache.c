/* Fuzzes what is remembered of templates: any texts in a cache file, of this tree and of
 * another, whose sums are right; and what is written after that is read again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tree/tmplcache.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static char key[] = "spiff templates\nhost x\n";

static int
keep(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return 1;
}

static struct tmplcache *
mkcache(void)
{
	struct tmplcache *c;

	c = xcalloc(1, sizeof *c);
	c->arena = mkarena();
	c->own.byname = mktable();
	c->dir = "";
	c->key = xstrdup(key);
	c->sought = 1;
	c->state.contents = 7;
	return c;
}

/* reads the bytes of a file as texts of these */
static void
take(struct tmplcache *c, struct texts *t)
{
	struct origin was;
	char *s;

	s = readhead(c, &t->file, &was);
	if (!s || was.status != 5 || was.contents != 7)
		abort();
	readtexts(c, t, s);
}

/* makes the file that has the input for its texts */
static void
mkfile(struct buf *b, const uint8_t *data, size_t n)
{
	buffmt(b, "%sstate %016x %016x\n\n", key, 5, 7);
	bufadd(b, data, n);
}

/* looks at every text that the input may have */
static void
get(struct tmplcache *c, const char *name)
{
	struct origin from;
	const char *s;
	size_t i;

	s = tmplcacheget(c, name, &from);
	if (s && *s && s[strlen(s) - 1] != '\n')
		abort();
	for (i = 0; i <= tmplcacheothers(c); i++) {
		s = tmplcacheother(c, name, i, &from);
		if (s && *s && s[strlen(s) - 1] != '\n')
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct origin from = { 1, 2 };
	struct tmplcache *c, *again;
	struct origin got;
	const char *s;

	c = mkcache();
	c->state.status = 5;
	mkfile(&c->own.file, data, n);
	take(c, &c->own);
	c->others[0].byname = mktable();
	c->nothers = 1;
	mkfile(&c->others[0].file, data, n);
	take(c, &c->others[0]);
	get(c, "x");
	get(c, "");
	tmplcacheput(c, "y", &from, "v 1\n");
	tmplcachetouch(c, "y", 3);

	again = mkcache();
	writetexts(c, keep, NULL, &again->own.file);
	take(again, &again->own);
	s = tmplcacheget(again, "y", &got);
	/* a name of the input may end the texts early, and hide those behind */
	if (s && (strcmp(s, "v 1\n") != 0 || got.status != 3 || got.contents != 2) &&
	    !memchr(data, 'y', n))
		abort();
	tmplcacheclose(c, keep, NULL);
	tmplcacheclose(again, keep, NULL);
	return 0;
}
