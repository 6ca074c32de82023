/* Makes N packages with metadata like that of real ones in the current
 * directory, for the benchmarks: the same ones each time. With a second operand
 * only those from that number on. */
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/x.h"
#include "pack.h"
#include "xbps/plist.h"
#include "xbps/tar.h"

static uint64_t state;

static unsigned
r(unsigned n)
{
	state = state * 6364136223846793005 + 1442695040888963407;
	return (unsigned)(state >> 33) % n;
}

static const char *
word(void)
{
	static const char *const words[] = {
		"library", "for", "the", "of", "X11", "a", "simple", "Python",
		"module", "GTK", "tools", "network", "and", "fast", "parser",
		"written", "in", "Rust", "daemon", "files", "development",
		"terminal", "based", "client", "server", "font", "audio",
	};

	return words[r(sizeof words / sizeof words[0])];
}

static const char *
name(unsigned i)
{
	static const char *const kinds[] = {
		"lib", "python3-mod", "perl-Mod-Sub", "font-", "prog",
		"devel-", "kde-part", "go-tool",
	};
	static char s[64];

	snprintf(s, sizeof s, "%s%u", kinds[i % 8], i);
	return s;
}

static const char *
soname(unsigned i)
{
	static char s[64];

	snprintf(s, sizeof s, "lib%u.so.%u", i / 8 * 8, i % 7);
	return s;
}

static void
addstr(struct arena *a, struct plist *array, const char *s)
{
	struct plist v = { 0 };

	/* an array is filled as a dictionary and called one afterwards */
	v.type = PLIST_STRING;
	v.len = (uint32_t)strlen(s);
	v.u.s = arenastr(a, s, v.len);
	plistset(a, array, v.u.s, &v);
}

static void
strings(struct arena *a, struct plist *p, const char *key, unsigned n, unsigned all,
    int sonames)
{
	struct plist *array;
	char s[128];

	array = mkplist(a);
	while (n-- > 0) {
		if (sonames)
			snprintf(s, sizeof s, "%s", soname(r(all)));
		else
			snprintf(s, sizeof s, "%s>=%u.%u.%u_%u", name(r(all)),
			    r(4), r(20), r(10), 1 + r(3));
		addstr(a, array, s);
	}
	array->type = PLIST_ARRAY;
	plistset(a, p, key, array);
}

static struct plist *
props(struct arena *a, unsigned i, unsigned all, const char *pkgver)
{
	struct buf b = { 0 };
	struct plist *p;
	unsigned k;

	p = mkplist(a);
	plistsetstr(a, p, "architecture", "x86_64");
	plistsetstr(a, p, "build-date", "2026-05-01 12:34 UTC");
	plistsetstr(a, p, "build-options", "~static lto");
	buffmt(&b, "https://www.example.org/%s/", name(i));
	plistsetstr(a, p, "homepage", b.s);
	plistsetnum(a, p, "installed_size", 1000 + r(10000000));
	plistsetstr(a, p, "license", "GPL-2.0-or-later, LGPL-2.1-or-later");
	plistsetstr(a, p, "maintainer", "Some One <some.one@example.org>");
	plistsetstr(a, p, "packaged-with", "xbps-create 0.60.7");
	plistsetstr(a, p, "pkgname", name(i));
	plistsetstr(a, p, "pkgver", pkgver);
	strings(a, p, "run_depends", 1 + r(10), all, 0);
	if (r(2))
		strings(a, p, "shlib-requires", 1 + r(14), all, 1);
	if (i % 8 == 0) {
		strings(a, p, "shlib-provides", 0, all, 1);
		plistget(p, "shlib-provides")->type = PLIST_DICT;
		addstr(a, plistget(p, "shlib-provides"), soname(i));
		plistget(p, "shlib-provides")->type = PLIST_ARRAY;
	}
	b.len = 0;
	for (k = 4 + r(6); k > 0; k--)
		buffmt(&b, "%s ", word());
	plistsetstr(a, p, "short_desc", b.s);
	b.len = 0;
	buffmt(&b, "%s:%08x%08x", name(i), r(1u << 31), r(1u << 31));
	plistsetstr(a, p, "source-revisions", b.s);
	plistsetstr(a, p, "version", strrchr(pkgver, '-') + 1);
	buffree(&b);
	return p;
}

static void
make(unsigned i, unsigned all)
{
	struct buf b = { 0 }, text = { 0 };
	struct arena *a;
	struct tar t;
	char file[128], noise[2000], pkgver[96];
	size_t k;

	state = i * 77 + 1;
	a = mkarena();
	snprintf(pkgver, sizeof pkgver, "%s-%u.%u.%u_%u", name(i), r(4), r(20),
	    r(10), 1 + r(3));
	snprintf(file, sizeof file, "%s.x86_64.xbps", pkgver);
	plistwrite(&b, props(a, i, all, pkgver));
	for (k = 0; k < sizeof noise; k++)
		noise[k] = (char)r(256);
	if (tarcreate(&t, &text) < 0 ||
	    taradd(&t, "./props.plist", b.s, b.len) < 0 ||
	    taradd(&t, "./files.plist", b.s, b.len) < 0 ||
	    taradd(&t, "./usr/share/noise", noise, sizeof noise) < 0 ||
	    tarfinish(&t, 0) < 0)
		errx(111, "%s: %s", file, t.why);
	packwrite(AT_FDCWD, file, &text, 3);
	buffree(&b);
	arenadel(a);
}

int
main(int argc, char **argv)
{
	unsigned i, n;

	if (argc < 2)
		errx(2, "usage: mkpkgs n [first]");
	n = (unsigned)atoi(argv[1]);
	for (i = argc > 2 ? (unsigned)atoi(argv[2]) : 0; i < n; i++)
		make(i, n);
	return 0;
}
