#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/lock.h"
#include "base/loop.h"
#include "base/table.h"
#include "base/x.h"
#include "spool/job.h"
#include "spool/record.h"
#include "spool/spool.h"

enum {
	BLOCK = 1 << 20,	/* bytes that are read at a time */
	LINEMAX = 1 << 16,
	MOST = 366 * 86400,	/* seconds; no build takes that long */
	SYNC = 10000,		/* milliseconds between two syncs */
	TRIES = 3		/* to lock a file that others replace */
};

static struct table *records;	/* by NAME.ARCH */
static struct recordend *recent;
static size_t nrecent;
static struct stat seen;	/* the file that was read */
static off_t done;		/* up to here */
static int unsynced = -1;	/* a descriptor to sync, -1: none */
static int64_t synced;		/* when, in milliseconds of loopnow() */

/* splits a line of n bytes at its tabs; returns whether it is one of ours */
static int
split(char *s, size_t n, char *fields[RECORD_N])
{
	char *tab;
	int i;

	if (memchr(s, '\0', n))
		return 0;
	for (i = 0; i < RECORD_N; i++) {
		fields[i] = s;
		tab = memchr(s, '\t', n);
		if (!tab != (i == RECORD_N - 1))
			return 0;
		if (tab) {
			*tab = '\0';
			n -= (size_t)(tab + 1 - s);
			s = tab + 1;
		}
	}
	return *fields[RECORD_BASE] && *fields[RECORD_ENDED] >= '1' &&
	    *fields[RECORD_ENDED] <= '9';
}

/* a field that is a number, 0 to most; other when it is not known */
static int64_t
number(const char *s, int64_t most, int64_t other)
{
	char *end;
	int64_t n;

	n = strtoll(s, &end, 10);
	return end == s || n < 0 || n > most ? other : n;
}

static void
addrecent(int64_t ended, int built)
{
	recent = xgrow(recent, nrecent, sizeof *recent);
	recent[nrecent++] = (struct recordend){ ended, built };
}

/* takes a line of n bytes, which begins at that place of the file */
static void
takeline(char *s, size_t n, off_t at, int64_t since)
{
	char *fields[RECORD_N];
	struct record *r;
	int64_t memory;
	void **place;
	int built;

	s[n] = '\0';
	if (n > LINEMAX || !split(s, n, fields))
		return;
	place = tableput(records, fields[RECORD_BASE]);
	if (!*place) {
		*place = r = xcalloc(1, sizeof *r);
		r->secs = -1;
	}
	r = *place;
	r->ended = number(fields[RECORD_ENDED], INT64_MAX, 0);
	r->at = at;
	r->len = n;
	built = strcmp(fields[RECORD_OUTCOME], "built") == 0;
	if (r->ended >= since && strcmp(fields[RECORD_OUTCOME], "again") != 0)
		addrecent(r->ended, built);
	if (!built)
		return;
	r->secs = number(fields[RECORD_SECS], MOST, -1);
	memory = number(fields[RECORD_MEMORY], INT64_MAX, 0);
	if (memory > 0) {
		memmove(r->memory + 1, r->memory, sizeof r->memory - sizeof memory);
		r->memory[0] = memory;
	}
}

/* forgets all, as the file is another one, or was cut */
static void
forget(void)
{
	void *value;
	size_t i;

	if (records) {
		for (i = 0; tablenext(records, &i, &value);)
			free(value);
		tabledel(records);
	}
	records = mktable();
	free(recent);
	recent = NULL;
	nrecent = 0;
	done = 0;
}

/* reads whole lines from done on */
static int
readlines(int fd)
{
	int64_t since;
	char *block, *end, *s;
	size_t have;
	ssize_t n;

	since = (int64_t)time(NULL) - RECORDRECENT * 86400;
	block = xmalloc(BLOCK + 1);
	have = 0;
	while ((n = pread(fd, block + have, BLOCK - have, done + (off_t)have)) > 0) {
		have += (size_t)n;
		for (s = block; (end = memchr(s, '\n', have - (size_t)(s - block)));
		    s = end + 1)
			takeline(s, (size_t)(end - s), done + (s - block), since);
		/* a line that fills a block is none */
		if (s == block && have == BLOCK)
			s = block + have;
		done += s - block;
		have -= (size_t)(s - block);
		memmove(block, s, have);
	}
	free(block);
	return n < 0 ? -1 : 0;
}

int
recordread(void)
{
	const char *file = confget(CONF_HISTORY);
	struct stat now;
	int fd, r;

	if (!records)
		forget();
	if (!*file)
		return 0;
	fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT) {
		forget();
		return 0;
	}
	r = fd < 0 ? -1 : fstat(fd, &now);
	if (r == 0 && !S_ISREG(now.st_mode)) {
		errno = EINVAL;
		r = -1;
	}
	if (r == 0 && (now.st_ino != seen.st_ino || now.st_dev != seen.st_dev ||
	    now.st_size < done))
		forget();
	if (r == 0) {
		seen = now;
		r = readlines(fd);
	}
	if (r < 0)
		warn("%s", file);
	if (fd >= 0)
		close(fd);
	return r;
}

const struct record *
recordget(const char *base)
{
	return records ? tableget(records, base) : NULL;
}

const char *
recordnext(size_t *i)
{
	void *value;

	return records ? tablenext(records, i, &value) : NULL;
}

char *
recordfield(const char *base, int field)
{
	const struct record *r;
	char *fields[RECORD_N], *line, *value;
	int fd;

	r = recordget(base);
	fd = r ? open(confget(CONF_HISTORY), O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
	if (fd < 0)
		return xstrdup("");
	line = xcalloc(1, r->len + 1);
	value = pread(fd, line, r->len, r->at) == (ssize_t)r->len &&
	    split(line, r->len, fields) && strcmp(fields[field], "-") != 0 ?
	    xstrdup(fields[field]) : xstrdup("");
	free(line);
	close(fd);
	return value;
}

const struct recordend *
recordrecent(size_t *n)
{
	*n = nrecent;
	return recent;
}

static void
addnumber(struct buf *b, int64_t n)
{
	if (n > 0)
		buffmt(b, "\t%lld", (long long)n);
	else
		bufstr(b, "\t-");
}

static void
addtext(struct buf *b, const char *s)
{
	bufchar(b, '\t');
	if (!s || !*s)
		s = "-";
	for (; *s; s++)
		bufchar(b, *s == '\t' ? ' ' : *s);
}

/* opens the file and locks it; whoever shortens it replaces it under that lock */
static int
openlocked(const char *file)
{
	int fd, i;

	for (i = 0; i < TRIES; i++) {
		fd = open(file, O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK | O_CLOEXEC,
		    0644);
		if (fd < 0)
			return -1;
		if (lockbriefly(fd) == 0 && locknames(fd, AT_FDCWD, file))
			return fd;
		close(fd);
	}
	errno = EAGAIN;
	return -1;
}

int
recordadd(const struct job *j, const char *outcome)
{
	struct buf b = {0};
	char *base;
	int fd, r;

	if (!*confget(CONF_HISTORY))
		return 0;
	base = jobbase(j->name);
	buffmt(&b, "%lld\t%s\t%s\t%s", (long long)j->ended, base,
	    strrchr(j->pkgver, '-') + 1, outcome);
	if (j->started && j->ended >= j->started)
		buffmt(&b, "\t%lld", (long long)(j->ended - j->started));
	else
		bufstr(&b, "\t-");
	addnumber(&b, j->memory);
	addnumber(&b, j->cpu);
	addnumber(&b, j->jobs);
	addtext(&b, j->node);
	addtext(&b, j->inputs);
	bufchar(&b, '\n');
	fd = openlocked(confget(CONF_HISTORY));
	r = fd < 0 ? -1 : spoolappend(fd, &b);
	if (r < 0)
		warn("%s: the end of %s is not recorded", confget(CONF_HISTORY),
		    j->name);
	free(base);
	buffree(&b);
	if (unsynced >= 0)
		close(unsynced);
	unsynced = fd;
	if (loopnow() - synced >= SYNC)
		recordsync();
	return r;
}

void
recordsync(void)
{
	if (unsynced < 0)
		return;
	iosync(unsynced);
	close(unsynced);
	unsynced = -1;
	synced = loopnow();
}

/* Counts the builds of each package that succeeded when before is 0, and else counts
 * them down and says whether the line of n bytes is to stay. */
static int
stays(struct table *counts, const char *line, size_t n, int64_t before)
{
	char *copy, *fields[RECORD_N];
	void **place;
	int last, late;

	last = late = 0;
	copy = xstrndup(line, n);
	if (n <= LINEMAX && split(copy, n, fields)) {
		place = tableput(counts, fields[RECORD_BASE]);
		if (!*place)
			*place = xcalloc(1, sizeof(long));
		late = number(fields[RECORD_ENDED], INT64_MAX, 0) >= before;
		if (strcmp(fields[RECORD_OUTCOME], "built") == 0)
			last = before ? (*(long *)*place)-- <= RECORDLAST :
			    ++*(long *)*place > 0;
	}
	free(copy);
	return last || late;
}

/* copies those of the first left bytes' lines that stay to the file out, -1: only counts
 * them; returns the bytes of the others, -1 with errno */
static int64_t
copylines(FILE *in, off_t left, int out, struct table *counts, int64_t before)
{
	struct buf b = {0};
	int64_t gone;
	char *line;
	size_t size;
	ssize_t n;
	int r;

	line = NULL;
	gone = r = size = 0;
	rewind(in);
	for (; r == 0 && left > 0 && (n = getline(&line, &size, in)) > 0; left -= n) {
		if (n > left)
			n = left;
		if (!stays(counts, line, (size_t)n - (line[n - 1] == '\n'), before))
			gone += n;
		else if (out >= 0)
			bufadd(&b, line, (size_t)n);
		if (b.len >= BLOCK) {
			r = iowritefd(out, b.s, b.len);
			b.len = 0;
		}
	}
	if (r == 0 && b.len > 0)
		r = iowritefd(out, b.s, b.len);
	free(line);
	buffree(&b);
	return r < 0 || ferror(in) ? -1 : gone;
}

/* copies what was appended behind *at to the file out, and sets *at to the end: 1; 0
 * when there is nothing; -1 with errno */
static int
copyappended(int in, int out, off_t *at)
{
	char *block;
	ssize_t n;
	int any;

	any = 0;
	block = xmalloc(BLOCK);
	while ((n = pread(in, block, BLOCK, *at)) > 0 &&
	    iowritefd(out, block, (size_t)n) == 0) {
		*at += n;
		any = 1;
	}
	free(block);
	return n != 0 ? -1 : any;
}

/* Copies what is appended to the file behind at to its draft, until the draft has all and
 * the file is locked; -1 with errno. Builds that end do not wait long for that lock: it
 * is not held while the draft is synced, unless lines come each time. */
static int
catchup(const char *file, int in, off_t at, int draft)
{
	int i, r;

	r = 1;
	for (i = 0; r == 1 && i < TRIES; i++) {
		lockend(in);
		/* a lock begins where the descriptor is */
		if (iosync(draft) < 0 || lseek(in, 0, SEEK_SET) < 0 ||
		    lockbriefly(in) < 0)
			return -1;
		r = copyappended(in, draft, &at);
	}
	if (r >= 0 && !locknames(in, AT_FDCWD, file)) {
		errno = EAGAIN;
		r = -1;
	}
	return r < 0 ? -1 : 0;
}

/* puts the lines that stay into the place of the file, which had that status */
static int64_t
shrink(const char *file, FILE *in, const struct stat *st, struct table *counts,
    int64_t before)
{
	char tmp[PATH_MAX];
	int64_t gone;
	int fd;

	fd = iotemp(AT_FDCWD, file, tmp, sizeof tmp, st->st_mode & 0777);
	if (fd < 0)
		return -1;
	gone = copylines(in, st->st_size, fd, counts, before);
	if (gone > 0 && catchup(file, fileno(in), st->st_size, fd) == 0)
		return iocommit(AT_FDCWD, fd, tmp, file) < 0 ? -1 : gone;
	ioabandon(AT_FDCWD, fd, tmp);
	return gone > 0 ? -1 : gone;
}

int64_t
recordshrink(int64_t before, int dry)
{
	const char *file = confget(CONF_HISTORY);
	struct table *counts;
	struct stat st;
	int64_t gone;
	void *value;
	FILE *in;
	size_t i;
	int fd;

	if (!*file || access(file, F_OK) < 0)
		return 0;
	fd = openlocked(file);
	in = fd < 0 || fstat(fd, &st) < 0 ? NULL : fdopen(fd, "r");
	/* what it has now stays as it is without the lock */
	if (in)
		lockend(fd);
	counts = mktable();
	gone = in ? copylines(in, st.st_size, -1, counts, 0) : -1;
	if (gone >= 0)
		gone = dry ? copylines(in, st.st_size, -1, counts, before) :
		    shrink(file, in, &st, counts, before);
	if (gone < 0)
		warn("%s", file);
	for (i = 0; tablenext(counts, &i, &value);)
		free(value);
	tabledel(counts);
	if (in)
		fclose(in);
	else if (fd >= 0)
		close(fd);
	return gone;
}
