/* Fuzzes what is remembered of templates: any texts in a cache file, of this tree and of
 * another, whose sums are right. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "tree/fingerprint.h"
#include "tree/tmplcache.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char key[] = "spiff templates\nhost x\n";

static uint64_t
state(const void *arg, int deep)
{
	(void)arg;
	return deep ? 7 : 5;
}

static int
keep(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return 1;
}

/* writes the file for these trees */
static void
mkfile(const char *id, const uint8_t *data, size_t n)
{
	struct buf b = {0}, path = {0};
	int fd;

	buffmt(&b, "%sstate %016x %016x\n\n", key, 5, 7);
	bufadd(&b, data, n);
	buffmt(&b, "end %016" PRIx64 "\n", fingerprinttext(b.s, b.len));
	buffmt(&path, "cache/templates-%016" PRIx64, fingerprinttext(id, strlen(id)));
	fd = open(path.s, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || iowritefd(fd, b.s, b.len) < 0)
		abort();
	close(fd);
	buffree(&b);
	buffree(&path);
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
	struct tmplcache *c;
	struct origin got;
	const char *s;

	mkdir("cache", 0700);
	mkfile("mine\n", data, n);
	mkfile("other\n", data, n);
	c = tmplcacheopen("cache", "mine\n", key, state, NULL);
	get(c, "x");
	get(c, "");
	tmplcacheput(c, "y", &from, "v 1\n");
	tmplcachetouch(c, "y", 3);
	tmplcacheclose(c, keep, NULL);
	c = tmplcacheopen("cache", "mine\n", key, state, NULL);
	s = tmplcacheget(c, "y", &got);
	/* a name of the input may end the texts early, and hide those behind */
	if (s && (strcmp(s, "v 1\n") != 0 || got.status != 3 || got.contents != 2) &&
	    !memchr(data, 'y', n))
		abort();
	tmplcacheclose(c, keep, NULL);
	return 0;
}
