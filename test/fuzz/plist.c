/* Fuzzes the reader and the writer of property lists: what can be read is
 * written so that it reads the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "xbps/plist.h"
#include "xbps/plistread.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct plist *
parse(struct arena *a, struct buf *b)
{
	struct plisterr e = { 0 };
	struct plist *p;

	p = plistread(a, b->s, b->len, &e);
	if (!p && (!e.why || !e.line))
		abort();
	return p;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf once = { 0 }, text = { 0 }, twice = { 0 };
	struct plist *p;
	struct arena *a;

	a = mkarena();
	bufadd(&text, data, n);
	p = parse(a, &text);
	if (p) {
		plistwrite(&once, p);
		text.len = 0;
		bufadd(&text, once.s, once.len);
		p = parse(a, &text);
		if (!p)
			abort();
		plistwrite(&twice, p);
		if (once.len != twice.len ||
		    memcmp(once.s, twice.s, once.len) != 0)
			abort();
	}
	arenadel(a);
	buffree(&text);
	buffree(&once);
	buffree(&twice);
	return 0;
}
