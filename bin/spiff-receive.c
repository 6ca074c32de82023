/* spiff-receive: puts a delivery from standard input into the spool's incoming/, all or
 * nothing: the manifest, the files in its order, and the build's log. The input may be
 * hostile, and nothing of it is executed. */

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/flags.h"
#include "base/io.h"
#include "base/sha.h"
#include "base/x.h"
#include "spool/job.h"
#include "spool/manifest.h"
#include "spool/spool.h"

enum { REFUSED = 1, USAGE = 2, SYSFAIL = 111 };

/* bytes; RESERVE of the disk stay free for the scheduler */
enum { BLOCK = 1 << 18, RESERVE = 64 << 20, LOGMAX = 256 << 20 };

enum { PATIENCE = 60 };	/* seconds for the job's file to name its machine */

static struct spool spool;
static const char *machine, *archs;	/* bounds of the sender, or NULL */
static const char *job;
static char *try;
static char *tmp;			/* in incoming/, NULL once it has its name */
static struct buf text;			/* of the manifest */
static struct buf ahead;		/* what was read behind the manifest */
static size_t used;			/* of that */

static const struct flag flags[] = {
	{ 'a', "arch", "refuse jobs for other architectures" },
	{ 'n', "machine", "refuse jobs that another machine builds" },
	{ 'p', "directory", "the delivery lies in incoming/ under this name" },
	{ 0 }
};
static const struct usage usage = {
	"spiff-receive [-a arch[,arch]...] [-n machine] job try\n"
	"spiff-receive -p directory job try",
	flags, 0
};

/* ends the program, and removes what has come so far */
static _Noreturn void
cleanexit(int status)
{
	if (tmp && ioremove(spool.incoming, tmp) < 0)
		warn("%s/incoming/%s", spool.path, tmp);
	exit(status);
}

static _Noreturn void
failexit(const char *what)
{
	warn("%s/incoming/%s", spool.path, what);
	cleanexit(SYSFAIL);
}

/* whether the comma-separated list has the word */
static int
listed(const char *list, const char *word)
{
	size_t n;

	for (; *list; list += n + (list[n] == ',')) {
		n = strcspn(list, ",");
		if (strlen(word) == n && strncmp(list, word, n) == 0)
			return 1;
	}
	return 0;
}

/* whether the sender may build the job: 1, 0 after a message, -1 if the job's file does
 * not name its machine yet */
static int
isgiven(const struct job *j)
{
	if (archs && !listed(archs, j->arch)) {
		warnx("%s: is for %s, not %s", job, j->arch, archs);
		return 0;
	}
	if (!machine)
		return 1;
	if (!j->node || !*j->node)
		return -1;
	if (strcmp(j->node, machine) == 0)
		return 1;
	warnx("%s: is built by %s, not %s", job, j->node, machine);
	return 0;
}

/* whether the job is in run/ and this is its try, as isgiven */
static int
iscurrent(void)
{
	struct job j;
	char *why;
	int r;

	r = spoolread(&spool, RUN, job, &j, &why);
	if (r == 0) {
		warnx("%s: nobody builds it", job);
		return 0;
	}
	if (r < 0) {
		warnx("%s: %s", job, why);
		cleanexit(r == -2 ? SYSFAIL : REFUSED);
	}
	r = strcmp(j.try, try) == 0;
	if (!r)
		warnx("%s: try %s is not wanted: it is at try %s", job, try, j.try);
	else
		r = isgiven(&j);
	jobfree(&j);
	return r;
}

static void
checkcurrent(void)
{
	static const int patience = PATIENCE;
	int i, r;

	for (i = 0; (r = iscurrent()) < 0 && i < patience; i++)
		sleep(1);
	if (r < 0)
		warnx("%s: the spool does not say who builds it", job);
	if (r <= 0)
		cleanexit(r < 0 ? SYSFAIL : REFUSED);
}

/* returns the text behind the first line `end' at or after s, NULL if there is none */
static char *
behindend(char *s, const char *stop)
{
	while ((s = memchr(s, '\n', (size_t)(stop - s)))) {
		s++;
		if (stop - s >= 4 && memcmp(s, "end\n", 4) == 0)
			return s + 4;
	}
	return NULL;
}

static void
readmanifest(struct manifest *m)
{
	struct buf b = { 0 };
	char *end, *why;
	size_t from, n;
	ssize_t r;

	for (from = 0, end = NULL; !end;) {
		if (b.len > MANIFESTMAX) {
			warnx("%s: the manifest is too large", job);
			cleanexit(REFUSED);
		}
		r = read(STDIN_FILENO, bufroom(&b, BLOCK), BLOCK);
		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0) {
			warnx("%s: no whole manifest", job);
			cleanexit(REFUSED);
		}
		b.len += (size_t)r;
		bufadd(&b, "", 0);
		end = behindend(b.s + from, b.s + b.len);
		from = b.len > 4 ? b.len - 4 : 0;
	}
	n = (size_t)(end - b.s);
	if (manifestparse(m, b.s, n, &why) < 0) {
		warnx("%s: %s", job, why);
		cleanexit(REFUSED);
	}
	bufadd(&text, b.s, n);
	bufadd(&ahead, b.s + n, b.len - n);
	buffree(&b);
}

/* refuses a delivery that is larger than SPIFF_DELIVERMAX or the room on the disk */
static void
checksize(const struct manifest *m)
{
	struct statvfs fs;
	uint64_t sum;
	int64_t most;
	size_t i;

	for (i = 0, sum = 0; i < m->n; i++) {
		/* none of them is above INT64_MAX */
		sum += m->files[i].size;
		if (sum > INT64_MAX)
			sum = INT64_MAX;
	}
	if (dehumanize_number(confget(CONF_DELIVERMAX), &most) < 0 ||
	    sum > (uint64_t)most) {
		warnx("%s: %" PRIu64 " bytes are more than %s=%s", job, sum,
		    confname(CONF_DELIVERMAX), confget(CONF_DELIVERMAX));
		cleanexit(REFUSED);
	}
	if (fstatvfs(spool.incoming, &fs) < 0)
		failexit("");
	if (sum + RESERVE > (uint64_t)fs.f_bavail * fs.f_frsize) {
		warnx("%s: no room for %" PRIu64 " bytes in %s/incoming", job, sum,
		    spool.path);
		cleanexit(SYSFAIL);
	}
}

/* makes the directories of a file below dir */
static void
mkdirs(int dir, const char *path)
{
	const char *slash;
	char *part;

	for (slash = path; (slash = strchr(slash, '/')); slash++) {
		part = xstrndup(path, (size_t)(slash - path));
		if (mkdirat(dir, part, 0755) < 0 && errno != EEXIST)
			failexit(path);
		free(part);
	}
}

/* reads at most n bytes behind the manifest; returns how many, 0 at the end */
static size_t
readinput(char *to, size_t n)
{
	ssize_t r;

	if (used < ahead.len) {
		n = n < ahead.len - used ? n : ahead.len - used;
		memcpy(to, ahead.s + used, n);
		used += n;
		return n;
	}
	do
		r = read(STDIN_FILENO, to, n);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		failexit("standard input");
	return (size_t)r;
}

static void
receivefile(int dir, const struct mfile *f)
{
	static char block[BLOCK];
	char hash[SHAHEX];
	struct sha sha;
	uint64_t left;
	size_t n;
	int fd;

	mkdirs(dir, f->path);
	fd = openat(dir, f->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		failexit(f->path);
	shainit(&sha);
	for (left = f->size; left > 0; left -= n) {
		n = readinput(block, left < BLOCK ? (size_t)left : BLOCK);
		if (n == 0)
			break;
		shaadd(&sha, block, n);
		if (iowritefd(fd, block, n) < 0)
			failexit(f->path);
	}
	if (iosettle(fd) < 0)
		failexit(f->path);
	shaend(&sha, hash);
	if (left > 0 || strcmp(hash, f->sha256) != 0) {
		warnx("%s: is not what the manifest says", f->path);
		cleanexit(REFUSED);
	}
}

/* reads the rest as the log, of which only LOGMAX bytes are kept */
static void
receivelog(int dir)
{
	static char block[BLOCK];
	uint64_t sum;
	size_t n;
	int fd;

	fd = -1;
	for (sum = 0; (n = readinput(block, sizeof block)) > 0; sum += n) {
		if (fd < 0)
			fd = openat(dir, "log", O_WRONLY | O_CREAT | O_EXCL |
			    O_CLOEXEC, 0644);
		if (fd < 0 ||
		    (sum < LOGMAX && iowritefd(fd, block, n) < 0))
			failexit("log");
	}
	if (fd >= 0 && iosettle(fd) < 0)
		failexit("log");
}

/* makes the delivery's temporary directory */
static int
mktmp(void)
{
	int fd, i;

	for (i = 0; i < 100; i++) {
		tmp = xasprintf(".%s.%s.%08lx.tmp", job, try,
		    (unsigned long)arc4random());
		if (mkdirat(spool.incoming, tmp, 0755) == 0)
			break;
		if (errno != EEXIST)
			failexit(tmp);
		free(tmp);
		tmp = NULL;
	}
	if (!tmp)
		failexit(job);
	fd = ioopendir(spool.incoming, tmp, 0);
	if (fd < 0)
		failexit(tmp);
	return fd;
}

static void
receive(void)
{
	struct manifest m;
	size_t i;
	int dir, sub;

	readmanifest(&m);
	if (strcmp(m.job, job) != 0 || strcmp(m.try, try) != 0) {
		warnx("%s: no manifest of that job and try", job);
		cleanexit(REFUSED);
	}
	checksize(&m);
	dir = mktmp();
	for (i = 0; i < m.n; i++)
		receivefile(dir, &m.files[i]);
	receivelog(dir);
	for (i = 0; i < m.n; i++) {
		if (!*m.files[i].sub)
			continue;
		sub = ioopendir(dir, m.files[i].sub, 0);
		if (sub < 0 || iosyncdir(sub) < 0)
			failexit(m.files[i].path);
		close(sub);
	}
	/* it says that the delivery is whole, so it comes last */
	if (ioreplace(dir, "manifest", text.s, text.len, 0644) < 0)
		failexit(tmp);
	close(dir);
	manifestfree(&m);
}

/* removes a delivery of another try, which a build that was given up may have left */
static void
dropother(void)
{
	char *old;

	old = xasprintf(".%s.%08lx.done", job, (unsigned long)arc4random());
	if (iorename(spool.incoming, job, old) < 0 && errno != ENOENT)
		failexit(job);
	if (ioremove(spool.incoming, old) < 0)
		failexit(old);
	free(old);
}

/* gives the delivery its name, if the try is still the job's */
static void
placedelivery(void)
{
	int r;

	checkcurrent();
	while (iorename(spool.incoming, tmp, job) < 0) {
		if (errno != EEXIST && errno != ENOTEMPTY && errno != ENOTDIR)
			failexit(tmp);
		r = manifestdelivered(&spool, job, try);
		/* the same try has come before */
		if (r != 0)
			cleanexit(r < 0 ? SYSFAIL : 0);
		dropother();
	}
	free(tmp);
	tmp = NULL;
	if (iosyncdir(spool.incoming) < 0)
		failexit(job);
}

/* reads the operands: those of SSH_ORIGINAL_COMMAND if ssh runs this command for a key */
static void
readoperands(int argc, char **argv)
{
	static char *words[4];
	char *asked, *word;
	int n;

	asked = getenv("SSH_ORIGINAL_COMMAND");
	if (argc == 0 && asked) {
		asked = xstrdup(asked);
		for (n = 0, word = strtok(asked, " "); n < 4 && word;
		    word = strtok(NULL, " "))
			words[n++] = word;
		argv = words;
		argc = n;
		if (argc > 0 && strcmp(argv[0], "spiff-receive") == 0) {
			argv++;
			argc--;
		}
	}
	if (argc != 2)
		flagswrong(&usage, "expected the name of a job, and the try");
	job = argv[0];
	try = argv[1];
	if (!jobnameok(job) || !jobtryok(try)) {
		warnx("not a job's name, or not a try");
		exit(USAGE);
	}
}

/* accepts a delivery in a directory of incoming/, which must have the temporary name of
 * this job and try */
static void
takeplaced(const char *name)
{
	char *prefix;

	prefix = xasprintf(".%s.%s.", job, try);
	if (strncmp(name, prefix, strlen(prefix)) != 0 || strchr(name, '/') ||
	    strlen(name) < strlen(prefix) + 4 ||
	    strcmp(name + strlen(name) - 4, ".tmp") != 0) {
		warnx("%s: expected a name %s*.tmp", name, prefix);
		exit(USAGE);
	}
	free(prefix);
	tmp = xstrdup(name);
}

int
main(int argc, char **argv)
{
	const char *placed;
	int c;

	placed = NULL;
	while ((c = flagsnext(&usage, argc, argv)) != -1) {
		switch (c) {
		case 'a':
			archs = optarg;
			break;
		case 'n':
			machine = optarg;
			break;
		case 'p':
			placed = optarg;
			break;
		default:
			flagswrong(&usage, NULL);
		}
	}
	readoperands(argc - optind, argv + optind);
	if (confload() < 0)
		return SYSFAIL;
	if (spoolopen(&spool, confget(CONF_SPOOL), 0) < 0)
		return SYSFAIL;
	checkcurrent();
	if (placed)
		takeplaced(placed);
	else
		receive();
	placedelivery();
	return 0;
}
