/* Makes in a directory, for each job that standard input names, what its first try would
 * deliver to a spool whose lock has the epoch 1: packages with nothing in them, and the
 * manifest. A line has a job, and the names of the subpackages that it makes besides. */
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

/* makes a package, and its line of the manifest */
static void
deliverone(int dir, FILE *manifest, const char *pkgver, const char *arch)
{
	char hash[PKGHASH], *file;
	uint64_t size;
	int in;

	file = xasprintf("%s.%s.xbps", pkgver, arch);
	package(dir, file, pkgver, arch);
	in = openat(dir, file, O_RDONLY);
	if (in < 0 || pkgfilehash(in, hash, &size) < 0 ||
	    fprintf(manifest, "package %s %" PRIu64 " %s\n", hash, size, file) < 0)
		err(111, "%s", file);
	close(in);
	free(file);
}

static void
deliver(int ready, char *line)
{
	char *arch, *job, *name, *pkgver;
	FILE *manifest;
	int dir, fd;

	job = strtok(line, " ");
	arch = job ? strrchr(job, '.') : NULL;
	if (!arch)
		errx(2, "%s: no job", line);
	if (mkdirat(ready, job, 0777) < 0)
		err(111, "%s", job);
	dir = openat(ready, job, O_RDONLY | O_DIRECTORY);
	fd = openat(dir, "manifest", O_WRONLY | O_CREAT | O_TRUNC, 0644);
	manifest = fd < 0 ? NULL : fdopen(fd, "w");
	if (!manifest || fprintf(manifest, "job %s\ntry 2.1\n", job) < 0)
		err(111, "%s/manifest", job);
	*arch++ = '\0';
	deliverone(dir, manifest, job, arch);
	while ((name = strtok(NULL, " "))) {
		pkgver = xasprintf("%s-%s", name, pkgverversion(job));
		deliverone(dir, manifest, pkgver, arch);
		free(pkgver);
	}
	if (fputs("end\n", manifest) == EOF || fclose(manifest) != 0)
		err(111, "%s/manifest", job);
	close(dir);
}

int
main(int argc, char **argv)
{
	char *line;
	size_t cap;
	int ready;

	ready = argc == 2 ? open(argv[1], O_RDONLY | O_DIRECTORY) : -1;
	if (ready < 0)
		err(2, "usage: mkready directory");
	line = NULL;
	cap = 0;
	while (getline(&line, &cap, stdin) > 0) {
		line[strcspn(line, "\n")] = '\0';
		deliver(ready, line);
	}
	return 0;
}
