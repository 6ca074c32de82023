/* Fuzzes what the program nomad says: its lists of jobs, allocations and blocked
 * evaluations one after the other, the ID of a dispatch, and handles. The first byte
 * chooses which, the second where the input is cut for the next list. */
#include "nomad/nomadlist.c"

#include <stdint.h>

#include "nomad/nomadbuild.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* what goes into arguments and into the job's file is one plain word */
static void
sound(const struct nomadchild *c)
{
	if (!idok(c->id))
		abort();
	if (c->alloc && strspn(c->alloc, "0123456789abcdef-") != 36)
		abort();
	if (c->lost && !c->ended)
		abort();
}

static void
lists(const uint8_t *data, size_t n, enum nomadwhich which)
{
	struct picture *p;
	struct buf b = {0};
	size_t cut, i;
	void *c;

	p = mkpicture();
	cut = n > 0 ? (size_t)data[0] * n / 256 : 0;
	bufadd(&b, data + (n > 0), cut);
	if (readlist(p, which, &b) == 0) {
		b.len = 0;
		bufadd(&b, data + (n > 0) + cut, n - cut - (n > 0));
		readlist(p, (which + 1) % 3, &b);
	}
	for (i = 0; tablenext(p->children, &i, &c);)
		sound(c);
	haswaiting(p);
	picturedel(p);
	buffree(&b);
}

static void
words(char *text)
{
	struct nomadbuild o = {0};
	struct buf b = { .s = text, .len = strlen(text) };
	char *s;

	s = nomadcliid(text);
	if (s && !idok(s))
		abort();
	free(s);
	s = nomadcliunexpected(&b);
	if (strchr(s, '\n'))
		abort();
	free(s);
	nomadclilogok(text);
	nomadclinothingsent(text);
	if (nomadbuildread(&o, text) == 0) {
		if (!o.parent || !o.prefix || !o.token)
			abort();
		free(o.parent);
		free(o.prefix);
		free(o.token);
		free(o.id);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text;

	if (n == 0)
		return 0;
	if (*data % 4 < 3) {
		lists(data + 1, n - 1, *data % 4);
		return 0;
	}
	text = xstrndup((const char *)data + 1, n - 1);
	words(text);
	free(text);
	return 0;
}
