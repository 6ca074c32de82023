/* Reads a property list from standard input and writes it back; with operands
 * it changes it before: KEY=VALUE sets a string, KEY=+NUMBER a number, -KEY
 * takes it out, ?KEY says what plistget and its kin find instead. */
#include <err.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/io.h"
#include "xbps/plist.h"
#include "xbps/plistread.h"

static void
say(const struct plist *p, const char *key)
{
	const char *s;
	uint64_t n;

	s = pliststr(p, key);
	printf("%s %d", key, plistget(p, key) != NULL);
	if (s)
		printf(" string %s", s);
	if (plistnum(p, key, &n) == 0)
		printf(" number %" PRIu64, n);
	if (pliststrs(p, key))
		printf(" strings %" PRIu32, pliststrs(p, key)->len);
	printf("\n");
}

int
main(int argc, char **argv)
{
	struct buf text = { 0 }, out = { 0 };
	struct plisterr e;
	struct arena *a;
	struct plist *p;
	char *value;
	int i, quiet;

	if (ioreadfd(0, INT_MAX, &text) < 0)
		err(111, "standard input");
	bufadd(&text, "", 0);
	a = mkarena();
	p = plistread(a, text.s, text.len, &e);
	if (!p)
		errx(1, "%zu: %s", e.line, e.why);
	quiet = 0;
	for (i = 1; i < argc; i++) {
		value = strchr(argv[i], '=');
		if (value)
			*value++ = '\0';
		if (argv[i][0] == '-') {
			plistdrop(p, argv[i] + 1);
		} else if (argv[i][0] == '?') {
			say(p, argv[i] + 1);
			quiet = 1;
		} else if (value && *value == '+')
			plistsetnum(a, p, argv[i], strtoull(value, NULL, 10));
		else if (value)
			plistsetstr(a, p, argv[i], value);
		else
			errx(2, "usage: plist [-key | key=value | ?key]... <file");
	}
	plistwrite(&out, p);
	if (!quiet && iowritefd(1, out.s, out.len) < 0)
		err(111, "standard output");
	arenadel(a);
	buffree(&text);
	buffree(&out);
	return 0;
}
