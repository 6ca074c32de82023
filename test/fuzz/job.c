/* Fuzzes the reader of jobs: whatever a file in the spool says, the names that a
 * job has are sound, and a line that is written is read back. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "spool/job.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
sound(const struct job *j)
{
	size_t i;

	if (!jobnameok(j->name) || j->tries < 0 || j->troubles < 0)
		abort();
	for (i = 0; i < j->nneeds; i++) {
		if (!jobnameok(j->needs[i]))
			abort();
	}
	for (i = 0; i < j->nmakes; i++) {
		if (!*j->makes[i] || strpbrk(j->makes[i], "/ \t\n"))
			abort();
	}
}

/* a reason of any bytes is one line, and does not become another attribute */
static void
again(const char *text)
{
	static const char name[] = "x-1_1.x86_64";
	struct buf b = {0};
	struct job j;
	char *why;

	bufstr(&b, "pkgver x-1_1\narch x86_64\nhost x86_64\n");
	jobline(&b, "reason", text);
	if (jobparse(&j, name, b.s, b.len, &why) < 0)
		abort();
	if (j.nneeds > 0 || j.priority != 0)
		abort();
	jobfree(&j);
	buffree(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char name[] = "x-1_1.x86_64";
	struct job j;
	char *text, *why;

	text = malloc(n + 1);
	memcpy(text, data, n);
	text[n] = '\0';
	jobis(text);
	jobnameok(text);
	if (jobparse(&j, name, text, n, &why) < 0) {
		if (!why)
			abort();
		free(why);
	} else {
		sound(&j);
		jobfree(&j);
	}
	again(text);
	free(text);
	return 0;
}
