/* Makes in a directory, for each job that standard input names, what its first
 * try would deliver: a package with nothing in it, and the manifest. */
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/x.h"
#include "pack.h"
#include "xbps/pkgfile.h"
#include "xbps/pkgver.h"
#include "xbps/tar.h"

static void
package(int dir, const char *file, const char *pkgver, const char *arch)
{
	static const char files[] = "<plist version=\"1.0\"><dict></dict></plist>";
	struct buf b = { 0 }, text = { 0 };
	struct tar t;

	buffmt(&b, "<plist version=\"1.0\"><dict>\n"
	    "<key>architecture</key><string>%s</string>\n"
	    "<key>installed_size</key><integer>0</integer>\n"
	    "<key>pkgname</key><string>%.*s</string>\n"
	    "<key>pkgver</key><string>%s</string>\n"
	    "<key>short_desc</key><string>Nothing</string>\n"
	    "<key>version</key><string>%s</string>\n"
	    "</dict></plist>\n", arch, (int)pkgvername(pkgver), pkgver, pkgver,
	    pkgverversion(pkgver));
	if (tarcreate(&t, &text) < 0 ||
	    taradd(&t, "./props.plist", b.s, b.len) < 0 ||
	    taradd(&t, "./files.plist", files, strlen(files)) < 0 ||
	    tarfinish(&t, 0) < 0)
		errx(111, "%s: %s", file, t.why);
	packwrite(dir, file, &text, 1);
	buffree(&b);
}

static void
manifest(int dir, const char *job, const char *file)
{
	char hash[PKGHASH];
	uint64_t size;
	FILE *f;
	int fd, in;

	in = openat(dir, file, O_RDONLY);
	fd = openat(dir, "manifest", O_WRONLY | O_CREAT | O_TRUNC, 0644);
	f = fd < 0 ? NULL : fdopen(fd, "w");
	if (in < 0 || !f || pkgfilehash(in, hash, &size) < 0 ||
	    fprintf(f, "job %s\ntry 1\npackage %s %" PRIu64 " %s\nend\n", job,
	    hash, size, file) < 0 || fclose(f) != 0)
		err(111, "%s/manifest", job);
	close(in);
}

static void
deliver(int ready, const char *job)
{
	char *arch, *pkgver;
	struct buf file = { 0 };
	int dir;

	buffmt(&file, "%s.xbps", job);
	pkgver = xstrdup(job);
	arch = strrchr(pkgver, '.');
	if (!arch)
		errx(2, "%s: no job", job);
	*arch++ = '\0';
	if (mkdirat(ready, job, 0777) < 0)
		err(111, "%s", job);
	dir = openat(ready, job, O_RDONLY | O_DIRECTORY);
	package(dir, file.s, pkgver, arch);
	manifest(dir, job, file.s);
	close(dir);
	free(pkgver);
	buffree(&file);
}

int
main(int argc, char **argv)
{
	char *job;
	size_t cap;
	int ready;

	ready = argc == 2 ? open(argv[1], O_RDONLY | O_DIRECTORY) : -1;
	if (ready < 0)
		err(2, "usage: mkready directory");
	job = NULL;
	cap = 0;
	while (getline(&job, &cap, stdin) > 0) {
		job[strcspn(job, "\n")] = '\0';
		deliver(ready, job);
	}
	return 0;
}
