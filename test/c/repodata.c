/* Says what an ARCH-repodata has: a line `index KEY PKGVER ARCH SIZE HASH' or
 * `stage ...' for each package, the hash cut to 16 digits; with -i, -m or -s
 * the property list of the index, the metadata, the stage instead. */
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "xbps/plist.h"
#include "xbps/repodata.h"

static const char *
or(const char *s)
{
	return s ? s : "-";
}

static void
say(const char *what, const struct plist *dict)
{
	const struct plist *p;
	uint64_t size;
	uint32_t i;

	for (i = 0; i < dict->len; i++) {
		p = &dict->u.kids[i];
		size = 0;
		plistnum(p, "filename-size", &size);
		printf("%s %s %s %s %llu %.16s\n", what, p->key,
		    or(pliststr(p, "pkgver")), or(pliststr(p, "architecture")),
		    (unsigned long long)size,
		    or(pliststr(p, "filename-sha256")));
	}
}

int
main(int argc, char **argv)
{
	struct buf b = { 0 };
	struct repodata rd;
	const struct plist *p;

	if (argc < 2 || argc > 3)
		errx(2, "usage: repodata [-i | -m | -s] file");
	if (repodataread(&rd, argv[argc - 1]) < 0)
		return 1;
	if (argc == 2) {
		say("index", rd.index);
		say("stage", rd.stage);
	} else {
		p = strcmp(argv[1], "-i") == 0 ? rd.index :
		    strcmp(argv[1], "-m") == 0 ? rd.meta : rd.stage;
		if (p)
			plistwrite(&b, p);
		if (b.len > 0)
			fwrite(b.s, 1, b.len, stdout);
		buffree(&b);
	}
	repodatafree(&rd);
	return fflush(stdout) ? 1 : 0;
}
