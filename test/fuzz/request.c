/* Fuzzes the reader of requests: what it takes is the name of a package, or of what
 * packages hang on, and the words of a failure are one line. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "plan/operand.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int
option(const char *line)
{
	if (*line != '-' || strpbrk(line, "\t\n"))
		abort();
	return strcmp(line, "-f") == 0 ? 0 : -1;
}

static void
sound(const struct operand *o)
{
	if (o->kind == OPERAND_ALL)
		return;
	if (!*o->name || strpbrk(o->name, "/ \t\n"))
		abort();
	if (o->kind != OPERAND_NAME && !pkgvernameok(o->name))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct operands ops = { .option = option };
	struct buf b = {0};
	char *line;
	size_t i;

	bufadd(&b, data, n);
	line = textline(b.s ? b.s : "", b.len);
	if (strpbrk(line, "\n\033"))
		abort();
	free(line);
	addlines(&ops, &b);
	for (i = 0; i < ops.n; i++)
		sound(&ops.list[i]);
	operandfree(&ops);
	buffree(&b);
	return 0;
}
