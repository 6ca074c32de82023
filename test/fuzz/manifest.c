/* Fuzzes the reader of manifests: what they name stays where it belongs. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "spool/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct manifest m;
	struct mfile *f;
	char *text, *why;

	text = malloc(n + 1);
	memcpy(text, data, n);
	text[n] = '\0';
	if (manifestparse(&m, text, n, &why) < 0) {
		if (!why)
			abort();
		free(why);
	} else {
		for (f = m.files; f < m.files + m.n; f++) {
			if (*f->path == '/' || strstr(f->path, "..") == f->path ||
			    strstr(f->path, "/.") || strlen(f->sha256) != 64)
				abort();
		}
		manifestfree(&m);
	}
	free(text);
	return 0;
}
