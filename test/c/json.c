/* Prints the JSON of standard input as base/json has read it, each value on a line
 * behind its path:
 *
 *	json */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/io.h"
#include "base/json.h"

enum { MAX = 1 << 20 };

static void
show(const struct json *v, const char *path)
{
	static const char *const words[] = { "null", "false", "true", "number ",
	    "string ", "array", "object" };
	const struct json *e;
	struct buf b = {0};
	int i;

	printf("%s: %s%s\n", path, words[v->type], v->text);
	for (e = v->first, i = 0; e; e = e->next, i++) {
		b.len = 0;
		if (e->key)
			buffmt(&b, "%s/%s", path, e->key);
		else
			buffmt(&b, "%s/%d", path, i);
		show(e, b.s);
	}
	buffree(&b);
}

int
main(void)
{
	const struct json *v;
	struct buf b = {0};
	struct arena *a;

	if (ioreadfd(0, MAX, &b) < 0)
		err(111, "standard input");
	a = mkarena();
	v = jsonread(a, b.s ? b.s : "", b.len);
	if (v)
		show(v, "");
	else
		puts("none");
	arenadel(a);
	buffree(&b);
	return fflush(stdout) ? 1 : 0;
}
